import type { Speaker } from "../pcm.js";

/** Speakers by the number of channels, in the order of Vorbis and Opus (RFC 7845, 5.1.1.2). */
const SPEAKERS: readonly (readonly Speaker[])[] = [
  ["FC"],
  ["FL", "FR"],
  ["FL", "FC", "FR"],
  ["FL", "FR", "BL", "BR"],
  ["FL", "FC", "FR", "BL", "BR"],
  ["FL", "FC", "FR", "BL", "BR", "LFE"],
  ["FL", "FC", "FR", "SL", "SR", "BC", "LFE"],
  ["FL", "FC", "FR", "SL", "SR", "BL", "BR", "LFE"],
];

/** Speakers of `nChannels` channels; null for more than are named. */
export const xiphSpeakers = (nChannels: number): readonly Speaker[] | null => SPEAKERS[nChannels - 1] ?? null;
