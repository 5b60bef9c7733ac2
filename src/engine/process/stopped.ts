import { WhisperVulkanError } from "../../errors.js";

/** The error to throw once a signal has fired. */
export function stopped(signal: AbortSignal): WhisperVulkanError {
  return new WhisperVulkanError("aborted", "Stopped on request", { cause: signal.reason });
}

/** Waits for a promise; rejects with "aborted" as soon as the signal fires. */
export async function untilStopped<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(stopped(signal));
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
