import { WhisperVulkanError } from "../../errors.js";

/** A piece of decoded audio: one Float32Array a channel, all of the same length. */
export interface Pcm {
  readonly channels: readonly Float32Array[];
  /** Samples per second; it may change between pieces (chained streams). */
  readonly sampleRate: number;
}

/** A recording whose container and codec are understood. */
export interface Decoder {
  /** What the container says, null where it says nothing; may be an estimate. */
  readonly durationSeconds: number | null;
  /** Decodes from the start, each time it is called. */
  decode(): AsyncIterable<Pcm>;
}

/** Receives a line about damage that did not stop the decoding. */
export type Warn = (warning: string) => void;

/** The warning for a recording that stops before its end. */
export function warnTruncated(
  warn: Warn,
  name: string,
  readSeconds: number,
  wholeSeconds: number | null,
): void {
  const whole = wholeSeconds === null ? "" : ` of ${wholeSeconds.toFixed(1)} s`;
  warn(`${name}: is cut off; read as far as it goes (${readSeconds.toFixed(1)} s${whole})`);
}

/** The warning for damaged parts inside a recording. */
export function warnDamaged(warn: Warn, name: string, parts: number, unit: string): void {
  if (parts > 0) warn(`${name}: skipped ${parts} damaged ${unit}${parts === 1 ? "" : "s"}`);
}

/** The error for a file of a known form whose contents make no sense. */
export function corrupt(name: string, what: string, cause?: unknown): WhisperVulkanError {
  return new WhisperVulkanError("audio-corrupt", `${name}: damaged ${what}`, {
    hint: "Record, download or convert it again.",
    ...(cause === undefined ? {} : { cause }),
  });
}

/**
 * Runs a WebAssembly decoder without what it prints: these decoders report damage on the console as
 * well as in their result, and standard error belongs to the caller. Only for synchronous work.
 */
export function quietly<T>(decode: () => T): T {
  const { error } = console;
  console.error = () => {};
  try {
    return decode();
  } finally {
    console.error = error;
  }
}
