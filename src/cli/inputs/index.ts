export { checkRecordings } from "./check.js";
export { type Expanded, expandInputs } from "./expand.js";
export { isFile, type Recording } from "./recording.js";
