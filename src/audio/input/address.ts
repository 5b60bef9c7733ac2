import { fileURLToPath } from "node:url";
import { WhisperVulkanError } from "../../errors.js";
import { nameForMessages } from "./names.js";

/**
 * Whether text names a recording by its address and not by its path. Addresses that cannot be read ("ftp://...") count,
 * so that they are called what they are; one letter is a drive of Windows.
 */
export function isAddress(text: string): boolean {
  return /^([a-z][a-z0-9+.-]+:\/\/|file:\/|(data|blob):)/i.test(text);
}

/** Error: `option-invalid` (none, or one of a kind that cannot be read). */
export function parseAddress(text: string): URL {
  const url = parse(text);
  if (!READABLE.has(url.protocol)) throw unreadableAddress(url);
  return url;
}

const READABLE = new Set(["http:", "https:", "file:", "data:"]);

/** The error for an address of a kind that cannot be read. */
export function unreadableAddress(url: URL): WhisperVulkanError {
  const message = `${nameForMessages(url.href)}: ${url.protocol} URLs cannot be read`;
  return new WhisperVulkanError("option-invalid", message, {
    hint: "Use a path or a file:, http:, https: or data: URL.",
  });
}

function parse(text: string): URL {
  try {
    return new URL(text);
  } catch {
    // No cause: its text contains the address, which may contain a password.
    throw new WhisperVulkanError("option-invalid", `${nameForMessages(text)}: not a valid URL`, {
      hint: "Check the address, or give the path of a file.",
    });
  }
}

/** The path a file: address stands for. Error: `option-invalid` (another host, an invalid escape). */
export function pathOfAddress(url: URL): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    const message = `${nameForMessages(url.href)}: does not name a file on this machine`;
    throw new WhisperVulkanError("option-invalid", message, {
      hint: "Give its path, or a URL like file:///home/me/talk.mp3",
      cause,
    });
  }
}

/** The bytes that a data: address holds. Error: `option-invalid`. */
export async function bytesOfDataAddress(url: URL): Promise<Uint8Array> {
  try {
    return new Uint8Array(await (await fetch(url)).arrayBuffer());
  } catch {
    throw new WhisperVulkanError("option-invalid", `${nameForMessages(url.href)}: not a valid data: URL`, {
      hint: "It should look like data:audio/wav;base64,...",
    });
  }
}
