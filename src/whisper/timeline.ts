export const SAMPLES_PER_SECOND = 16_000;
export const FRAMES_PER_SECOND = 100;
export const SAMPLES_PER_FRAME = SAMPLES_PER_SECOND / FRAMES_PER_SECOND;
/** Frames that the network processes at once: 30 s. */
export const WINDOW_FRAMES = 3000;

/**
 * A gap of this length ends a window's sound, as the end of the recording does, and the next window begins after it.
 * Tried with gaps of 1 to 10 s in twelve recordings (base). Left in the window, they are covered by a cue half of the
 * time, the words around them are up to 13 s off, and now and then a word is invented for them. Cut out, words are right
 * to 0.5 s; as many are recognised where the gap is between two sentences (164 of 185), 3 in 100 fewer where it parts a
 * word. So shorter ones stay in, where 2 s are what Whisper is off at pauses too, and where each cut costs a window.
 */
const LONG_GAP_SAMPLES = 2 * SAMPLES_PER_SECOND;

/** Less sound than this before a gap cannot be a word: 0.1 s. */
const SHORTEST_SOUND_SAMPLES = 1600;

/** A recording's length, and its gaps of a second and more in their order. In samples at 16 kHz. */
export interface Timeline {
  readonly nSamples: number;
  /** Where there is neither sound nor samples of silence: from the first sample to the one after the last. */
  readonly gaps: readonly { readonly start: number; readonly end: number }[];
}

/** A window to recognise. */
export interface Stretch {
  /** First mel frame. */
  readonly seek: number;
  /** Whole frames with sound, up to 3000. */
  readonly nFrames: number;
  /** Where the sound ends, in samples from the start of the recording: a gap, or the end. May be after the window. */
  readonly end: number;
}

/**
 * The window that begins at a frame, or after the gap that this frame is in: Whisper places the first word of a window
 * into its first second. Null where the recording ends.
 */
export function stretchFrom(frame: number, { nSamples, gaps }: Timeline): Stretch | null {
  let seek = frame;
  for (const { start, end } of gaps)
    if (start < seek * SAMPLES_PER_FRAME + SHORTEST_SOUND_SAMPLES && end > seek * SAMPLES_PER_FRAME)
      seek = Math.floor(end / SAMPLES_PER_FRAME);
  const first = gaps.find(
    ({ start, end }) => start >= seek * SAMPLES_PER_FRAME && end - start >= LONG_GAP_SAMPLES,
  );
  const end = first?.start ?? nSamples;
  const nFrames = Math.min(WINDOW_FRAMES, Math.floor(end / SAMPLES_PER_FRAME) - seek);
  return nFrames > 0 ? { seek, nFrames, end } : null;
}
