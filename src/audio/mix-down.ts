import type { Pcm, Speaker } from "./pcm.js";

const HALF_POWER = Math.SQRT1_2;

/**
 * How loud a speaker is in mono, before the sum is brought to 1: ITU-R BS.775's fold-down to stereo, then to mono. The
 * low frequency channel is left out, and so are speakers above the listener.
 */
const WEIGHTS: Record<Speaker, number> = {
  FL: HALF_POWER,
  FR: HALF_POWER,
  FC: 1,
  LFE: 0,
  BL: HALF_POWER * HALF_POWER,
  BR: HALF_POWER * HALF_POWER,
  SL: HALF_POWER * HALF_POWER,
  SR: HALF_POWER * HALF_POWER,
  BC: HALF_POWER * HALF_POWER,
  FLC: HALF_POWER,
  FRC: HALF_POWER,
  other: 0,
};

/** The usual layouts by number of channels, as ffmpeg assumes them where none is given. */
const USUAL: readonly (readonly Speaker[])[] = [
  [],
  ["FC"],
  ["FL", "FR"],
  ["FL", "FR", "LFE"],
  ["FL", "FR", "FC", "BC"],
  ["FL", "FR", "FC", "BL", "BR"],
  ["FL", "FR", "FC", "LFE", "BL", "BR"],
  ["FL", "FR", "FC", "LFE", "BC", "SL", "SR"],
  ["FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR"],
];

/** How much of each channel goes into mono; the sum is at most 1. */
export function monoWeights({ channels, speakers }: Pcm): number[] {
  const layout = speakers ?? USUAL[channels.length] ?? [];
  const weights = channels.map((_, i) => WEIGHTS[layout[i] ?? "other"]);
  const sum = weights.reduce((a, b) => a + b, 0);
  // Nothing known of any channel: they count the same.
  if (sum === 0) return channels.map(() => 1 / channels.length);
  return weights.map((weight) => weight / Math.max(1, sum));
}

/** Mixes channels to one. */
export function mix(channels: readonly Float32Array[], weights: readonly number[]): Float32Array {
  const mono = new Float32Array(channels[0]?.length ?? 0);
  channels.forEach((channel, c) => {
    const weight = weights[c]!;
    if (weight !== 0) for (let i = 0; i < mono.length; i++) mono[i]! += channel[i]! * weight;
  });
  return mono;
}

/** Index of the first sample that is NaN or infinite, -1 when there is none. */
export function firstNotFinite(samples: Float32Array): number {
  let sum = 0; // stays 0 until something is not finite
  for (let i = 0; i < samples.length; i++) sum += samples[i]! * 0;
  return sum === 0 ? -1 : samples.findIndex((sample) => !Number.isFinite(sample));
}
