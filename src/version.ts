/** This package's version, as package.json has it: a bundle keeps it, while files it would be read from stay behind. */
export const packageVersion = "0.1.0";
