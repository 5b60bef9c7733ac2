import { readPackageFileSync } from "./package-files.js";

/** This package's version: "0.1.0". */
export const packageVersion: string = JSON.parse(
  readPackageFileSync(new URL("../package.json", import.meta.url)).toString("utf8"),
).version;
