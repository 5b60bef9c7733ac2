export { hasColours, styled } from "./colour.js";
export { StatusLine } from "./status-line.js";
export { clock } from "./status-text.js";
