import { basename } from "node:path";
import { isAddress, parseAddress, pathOfAddress } from "../../audio/index.js";

/** Something to transcribe. */
export interface Recording {
  /** A path, an address, or "-" for standard input. */
  readonly input: string;
  /** Its path within the folder or pattern that it was found by; otherwise its name. An output folder mirrors it. */
  readonly relativePath: string;
}

/** Standard input and downloads can be read only once, so nothing is known of them before their turn. */
export function isFile(input: string): boolean {
  return input !== "-" && !/^https?:\/\//i.test(input);
}

/** An input as everything else here takes it: file: addresses as paths. Error: `option-invalid`. */
export function withoutFileAddress(input: string): string {
  if (!isAddress(input)) return input;
  const url = parseAddress(input);
  return url.protocol === "file:" ? pathOfAddress(url) : input;
}

/** An input that was named by itself. */
export function namedRecording(input: string): Recording {
  const path = isFile(input) ? input : input === "-" ? "stdin" : new URL(input).pathname;
  return { input, relativePath: basename(path) || "download" };
}
