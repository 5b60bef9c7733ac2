import type { DecodedWindow } from "./decode-window.js";
import type { Segment } from "./result.js";
import { FRAMES_PER_SECOND, SAMPLES_PER_FRAME, SAMPLES_PER_SECOND, type Stretch } from "./timeline.js";
import type { Vocabulary } from "./vocabulary.js";

/** A timestamp step is 20 ms. */
const framesPerTimestamp = 2;

/**
 * Cuts a window's tokens into segments at pairs of timestamps, and returns how many frames to move on: to the last closed
 * pair, or past the whole window where it ends in a single timestamp or holds no pair.
 * Like OpenAI's, segments without length or words stay in the list, but empty. Unlike OpenAI's, none ends after the
 * sound, and those that would begin there are left out, since nothing was said there.
 */
export function segmentsOf(
  window: DecodedWindow,
  { seek, nFrames, end }: Stretch,
  vocabulary: Vocabulary,
): { readonly segments: readonly Omit<Segment, "id">[]; readonly advance: number } {
  const { tokens } = window;
  const { firstTimestamp, endOfText } = vocabulary.special;
  const isTimestamp = (i: number) => i >= 0 && tokens[i]! >= firstTimestamp;
  const endOfSound = end / SAMPLES_PER_SECOND;
  const segment = (start: number, end: number, part: readonly number[]): Omit<Segment, "id"> => {
    const text = vocabulary.tokenizer.decode(part.filter((token) => token < endOfText));
    const empty = start === end || text.trim() === "";
    return {
      seek,
      start,
      end: Math.min(end, endOfSound),
      text: empty ? "" : text,
      tokens: empty ? [] : part,
      temperature: window.temperature,
      avgLogprob: window.avgLogprob,
      compressionRatio: window.compressionRatio,
      noSpeechProb: window.noSpeechProb,
    };
  };
  const frameAt = (token: number) => seek + (token - firstTimestamp) * framesPerTimestamp;
  const secondsAt = (token: number) => frameAt(token) / FRAMES_PER_SECOND;
  const isHeard = (token: number) => frameAt(token) * SAMPLES_PER_FRAME < end;

  const cuts = tokens.flatMap((_, i) => (isTimestamp(i - 1) && isTimestamp(i) ? [i] : []));
  if (cuts.length === 0) {
    const last = tokens.findLast((token) => token >= firstTimestamp);
    const hasEnd = last !== undefined && last !== firstTimestamp;
    const end = hasEnd ? secondsAt(last) : (seek + nFrames) / FRAMES_PER_SECOND;
    return { segments: [segment(seek / FRAMES_PER_SECOND, end, tokens)], advance: nFrames };
  }
  // A single timestamp at the end: no speech after it.
  const endsInSingle = isTimestamp(tokens.length - 1) && !isTimestamp(tokens.length - 2);
  if (endsInSingle) cuts.push(tokens.length);
  const segments = cuts
    .map((cut, i) => tokens.slice(cuts[i - 1] ?? 0, cut))
    .filter((part) => isHeard(part[0]!))
    .map((part) => segment(secondsAt(part[0]!), secondsAt(part.at(-1)!), part));
  const lastFrame = frameAt(tokens[cuts.at(-1)! - 1]!);
  return { segments, advance: endsInSingle ? nFrames : lastFrame - seek };
}
