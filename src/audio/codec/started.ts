import { WhisperVulkanError } from "../../errors.js";

/** Compiling takes some milliseconds; on a machine with too much to do, seconds. */
const PATIENCE_MS = 60_000;

/**
 * Waits until a WebAssembly decoder has started. These decoders never settle `ready` when their module cannot be
 * compiled or gets no memory, so waiting ends. The timer also keeps the event loop busy meanwhile: with nothing but a
 * compilation to wait for, Node blocks its main thread until V8's threads are done, which now and then never happens
 * (nodejs/node #54918).
 *
 * @throws WhisperVulkanError `internal`
 */
export async function started<T extends { readonly ready: Promise<unknown> }>(decoder: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new WhisperVulkanError("internal", "A WebAssembly decoder did not start.", {
      hint: "Check that there is enough memory, and that WebAssembly is allowed here.",
    });
    timer = setTimeout(() => reject(error), PATIENCE_MS);
  });
  try {
    await Promise.race([decoder.ready, late]);
    return decoder;
  } finally {
    clearTimeout(timer);
  }
}
