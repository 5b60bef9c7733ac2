export type { ByteSource } from "./byte-source.js";
