import { systemErrorCode, WhisperVulkanError } from "../../errors.js";

/**
 * Starts a download.
 *
 * @returns the body, not yet read
 * @throws WhisperVulkanError `file-not-found` (404, 410), `file-unreadable` (any other failure); the
 *   signal's reason when it fires
 */
export async function openHttp(url: URL, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
  let response: Response;
  try {
    response = await fetch(url, signal === undefined ? {} : { signal });
  } catch (error) {
    if (signal?.aborted) throw error;
    const cause = (error as Error).cause;
    const why = systemErrorCode(cause) ?? (cause instanceof Error ? cause.message : String(error));
    throw new WhisperVulkanError("file-unreadable", `${url.href}: cannot be fetched (${why})`, {
      hint: "Check the address and the network.",
      cause: error,
    });
  }
  if (response.ok && response.body !== null) return response.body as AsyncIterable<Uint8Array>;
  await response.body?.cancel();
  const missing = response.status === 404 || response.status === 410;
  throw new WhisperVulkanError(
    missing ? "file-not-found" : "file-unreadable",
    `${url.href}: the server answered ${response.status} ${response.statusText}`.trimEnd(),
    { hint: missing ? "Check the address." : "Try again later, or download the file and give its path." },
  );
}
