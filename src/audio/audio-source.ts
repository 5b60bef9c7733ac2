/** The sample rate of Whisper's input, in Hz. */
export const WHISPER_SAMPLE_RATE = 16000;

/** A stretch without any sound: a gap in the file's timeline. Takes no memory, however long. */
export interface Silence {
  /** At the source's rate. */
  readonly nSilentSamples: number;
}

/** What decoding a recording yields, in order. */
export type SoundPiece = Float32Array | Silence;

/**
 * Mono audio in pieces of any length, values in about [-1, 1]. Whoever receives a piece must not write
 * to it: it may be a view of the caller's own samples.
 */
export interface AudioSource extends AsyncIterable<SoundPiece> {
  /** Samples per second. */
  readonly sampleRate: number;
  /** Whether it can be iterated again from the start, with the same samples. A pipe can't. */
  readonly isReplayable: boolean;
}
