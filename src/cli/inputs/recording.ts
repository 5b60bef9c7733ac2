import { basename } from "node:path";
import { isAddress, parseAddress, pathOfAddress } from "../../audio/index.js";

/** Something to transcribe. */
export interface Recording {
  /** A path, an address, or "-" for standard input. */
  readonly input: string;
  /** The name in messages: the same, without any password in an address. */
  readonly name: string;
  /** Its path within the folder or pattern that it was found by; otherwise its name. An output folder mirrors it. */
  readonly relativePath: string;
}

/**
 * Whether an input is a path. Standard input and downloads can be read only once, so nothing is known of them before
 * their turn.
 */
export function isFile(input: string): boolean {
  return input !== "-" && !isAddress(input);
}

/** Normalises an input: file: addresses become paths. Error: `option-invalid`. */
export function withoutFileAddress(input: string): string {
  if (!isAddress(input)) return input;
  const url = parseAddress(input);
  return url.protocol === "file:" ? pathOfAddress(url) : input;
}

/** An input that was named directly. */
export function namedRecording(input: string): Recording {
  if (input === "-") return { input, name: input, relativePath: "stdin" };
  if (isFile(input)) return { input, name: input, relativePath: basename(input) };
  const url = new URL(input);
  if (url.protocol === "data:") return { input, name: "data:", relativePath: "data" };
  url.username = "";
  url.password = "";
  return { input, name: url.href, relativePath: basename(url.pathname) || "download" };
}
