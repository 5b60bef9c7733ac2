import { Buffer } from "node:buffer";
import { systemErrorCode, WhisperVulkanError } from "../../errors.js";
import { cut, reason } from "../../shown.js";
import { nameForMessages } from "./names.js";
import { StreamSource } from "./stream-source.js";

/**
 * Starts a download. A user name and password in the address go into an Authorization header.
 *
 * @returns the body, not yet read
 * @throws WhisperVulkanError `file-not-found` (404, 410), `file-unreadable` (any other failure); the
 *   signal's reason when it fires
 */
export async function openHttp(url: URL, signal?: AbortSignal): Promise<StreamSource> {
  const name = nameForMessages(url.href);
  let response: Response;
  try {
    response = await fetch(withoutCredentials(url), {
      headers: authorization(url),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    const cause = (error as Error).cause;
    const why = systemErrorCode(cause) ?? reason(error);
    throw new WhisperVulkanError("file-unreadable", `${name}: cannot be fetched (${why})`, {
      hint: "Check the address and the network.",
      cause: error,
    });
  }
  if (response.ok && response.body !== null) {
    return new StreamSource(response.body as AsyncIterable<Uint8Array>, {
      name,
      sizeBytes: bodyBytes(response),
      hint: "The download broke off. Try again, or download the file and give its path.",
    });
  }
  await response.body?.cancel();
  throw refused(name, response);
}

function refused(name: string, { status, statusText }: Response): WhisperVulkanError {
  const missing = status === 404 || status === 410;
  const locked = status === 401 || status === 403;
  const hint = missing
    ? "Check the address."
    : locked
      ? "Put the user name and password into the address: https://name:password@host/..."
      : "Try again later, or download the file and give its path.";
  const message = `${name}: the server answered ${status} ${cut(statusText)}`.trimEnd();
  return new WhisperVulkanError(missing ? "file-not-found" : "file-unreadable", message, { hint });
}

/** Size of the body as it will arrive; null where the server does not say, or says the compressed size. */
function bodyBytes({ headers }: Response): number | null {
  const length = headers.get("content-length");
  const isPacked = (headers.get("content-encoding") ?? "identity") !== "identity";
  return length === null || !/^\d+$/.test(length) || isPacked ? null : Number(length);
}

function withoutCredentials(url: URL): URL {
  const bare = new URL(url);
  bare.username = "";
  bare.password = "";
  return bare;
}

function authorization({ username, password }: URL): Record<string, string> {
  if (username === "" && password === "") return {};
  const text = `${unescaped(username)}:${unescaped(password)}`;
  return { authorization: `Basic ${Buffer.from(text).toString("base64")}` };
}

/** A "%" that begins no escape stands for itself, the escapes beside it count. */
function unescaped(text: string): string {
  return text.replace(/(%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes; // no UTF-8
    }
  });
}
