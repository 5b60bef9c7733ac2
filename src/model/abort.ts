import { WhisperVulkanError } from "../errors.js";

/** The error to throw once a signal has fired. */
export function aborted(signal: AbortSignal): WhisperVulkanError {
  return new WhisperVulkanError("aborted", "Getting the model was stopped.", { cause: signal.reason });
}

/** Waits; rejects with "aborted" as soon as the signal fires. */
export function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(aborted(signal));
    const stop = () => {
      clearTimeout(timer);
      reject(aborted(signal!));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
