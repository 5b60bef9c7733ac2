/** The file that the engine's own process runs. Separate, so that tests can name a built one, or one that misbehaves. */
export const childEntry = new URL("./child.js", import.meta.url);
