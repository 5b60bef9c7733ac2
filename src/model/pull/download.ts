import { readFile, rm, writeFile } from "node:fs/promises";
import { systemErrorCode, WhisperVulkanError } from "../../errors.js";
import { sleep } from "../abort.js";
import { writingFailed } from "../cache/file-errors.js";
import { BrokenConnection, get } from "./http.js";
import type { PartFile } from "./part-file.js";

export interface DownloadTiming {
  /** A connection that delivers nothing for this long counts as broken. */
  readonly stallMs: number;
  /** Wait before the second try; doubles with each. */
  readonly backoffMs: number;
  /** How many tries in a row may deliver nothing. */
  readonly attempts: number;
}

const retriedStatuses: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * Fetches a file of known size into a part file, and continues after the bytes that it already has. If-Range
 * checks that the server's file is still the same; if not, the download starts over. Broken connections and temporary
 * server errors lead to another try.
 * @throws WhisperVulkanError "model-download-failed", "aborted", "disk-full", "cache-not-writable"
 */
export async function download(
  url: string,
  sizeBytes: number,
  part: PartFile,
  timing: DownloadTiming,
  onProgress: (doneBytes: number) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  let failures = 0;
  let reached = false;
  while (part.sizeBytes !== sizeBytes) {
    if (part.sizeBytes > sizeBytes) await part.restart();
    const before = part.sizeBytes;
    try {
      await fetchRest(url, sizeBytes, part, timing.stallMs, onProgress, signal);
    } catch (error) {
      if (!(error instanceof BrokenConnection)) throw error;
      const progressed = part.sizeBytes > before;
      reached ||= progressed || !error.unreachable;
      failures = progressed ? 1 : failures + 1;
      if (!reached || failures >= timing.attempts) throw failed(url, error.message, error.hint, error);
      await sleep(timing.backoffMs * 2 ** (failures - 1), signal);
    }
  }
}

async function fetchRest(
  url: string,
  sizeBytes: number,
  part: PartFile,
  stallMs: number,
  onProgress: (doneBytes: number) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (part.sizeBytes > 0) {
    headers.range = `bytes=${part.sizeBytes}-`;
    const validator = await recallValidator(part.path);
    if (validator !== null) headers["if-range"] = validator;
  }
  await get(url, headers, stallMs, signal, async (response, body) => {
    await acceptResponse(response, url, sizeBytes, part);
    onProgress(part.sizeBytes);
    for await (const piece of body) {
      if (part.sizeBytes + piece.byteLength > sizeBytes) {
        throw failed(url, `the server sent more than the ${sizeBytes} bytes of the official file`);
      }
      await part.append(piece);
      onProgress(part.sizeBytes);
    }
    if (part.sizeBytes < sizeBytes) throw new BrokenConnection("the connection ended early", false);
  });
}

/** Looks whether the answer continues the part file or starts over, and prepares the part file. */
async function acceptResponse(
  response: Response,
  url: string,
  sizeBytes: number,
  part: PartFile,
): Promise<void> {
  const { status, headers } = response;
  if (status === 416) {
    await part.restart();
    throw new BrokenConnection("the server has no more bytes than are here already", false);
  }
  if (retriedStatuses.has(status))
    throw new BrokenConnection(`HTTP status ${status}`, false, undefined, statusHint(status));
  if (status !== 200 && status !== 206) throw failed(url, `HTTP status ${status}`, statusHint(status));
  if (/^text\/html/i.test(headers.get("content-type") ?? ""))
    throw failed(url, "a web page came instead of the model", pageHint);
  let offered = headers.has("content-length") ? Number(headers.get("content-length")) : null;
  if (status === 206) {
    const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get("content-range") ?? "") ?? [];
    if (Number(start) !== part.sizeBytes) {
      await part.restart();
      throw new BrokenConnection("the server sent a different part from the one requested", false);
    }
    offered = total === undefined || total === "*" ? null : Number(total);
  } else if (part.sizeBytes > 0) {
    await part.restart();
  }
  if (offered !== null && offered !== sizeBytes) {
    throw failed(url, `the server has ${offered} bytes where the official file has ${sizeBytes}`);
  }
  // A weak tag does not guarantee the same bytes, so it cannot be used for If-Range.
  const tag = headers.get("etag");
  const validator = tag !== null && !tag.startsWith("W/") ? tag : headers.get("last-modified");
  if (validator === null) await forgetValidator(part.path);
  else await rememberValidator(part.path, validator);
}

/** Removes the note that says to which version of the server's file a part file belongs. */
export async function forgetValidator(partPath: string): Promise<void> {
  await rm(validatorPath(partPath), { force: true });
}

async function rememberValidator(partPath: string, validator: string): Promise<void> {
  await writeFile(validatorPath(partPath), validator).catch((error: unknown) => {
    throw writingFailed(validatorPath(partPath), error);
  });
}

async function recallValidator(partPath: string): Promise<string | null> {
  try {
    const validator = await readFile(validatorPath(partPath), "latin1");
    // An empty or incomplete note must not become a malformed header; in the end the SHA-1 decides.
    return /^[\x20-\x7e]+$/.test(validator) ? validator : null;
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return null;
    throw error;
  }
}

function validatorPath(partPath: string): string {
  return `${partPath}.etag`;
}

const pageHint =
  "Open any page in a browser: the network may want you to log in first, or a proxy may block the address.";

function statusHint(status: number): string {
  if (status === 429)
    return "The server has had too many requests from here: wait some minutes, and try again.";
  if (status >= 500) return "The server is in trouble: try again later; what is downloaded so far is kept.";
  const mirror = process.env.HF_ENDPOINT
    ? "HF_ENDPOINT names another server than Hugging Face's: check it, or unset it"
    : "";
  return `${mirror || "The server refuses to send the file: a proxy may be blocking it"}. Or give the path of a model file from elsewhere.`;
}

/** hint: null for the default hint. */
function failed(
  url: string,
  reason: string,
  hint: string | null = null,
  cause?: unknown,
): WhisperVulkanError {
  return new WhisperVulkanError("model-download-failed", `${url} could not be downloaded: ${reason}.`, {
    hint: hint ?? "Check the network connection and try again; what is downloaded so far is kept.",
    cause,
  });
}
