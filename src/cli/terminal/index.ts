export { styled } from "./colour.js";
export { StatusLine } from "./status-line.js";
