import type { Speaker } from "./pcm.js";

/** Speakers by the bits of Microsoft's channel mask; what follows is above the listener. */
const MASK: readonly Speaker[] = ["FL", "FR", "FC", "LFE", "BL", "BR", "FLC", "FRC", "BC", "SL", "SR"];

/** The speakers of `nChannels` channels by a channel mask, as WAV and FLAC store it; null where it says nothing. */
export function speakersOfMask(mask: number, nChannels: number): readonly Speaker[] | null {
  if (mask === 0) return null;
  const named = Array.from({ length: 32 }, (_, bit) => bit)
    .filter((bit) => (mask >>> bit) & 1)
    .map((bit) => MASK[bit] ?? "other");
  return Array.from({ length: nChannels }, (_, i) => named[i] ?? "other");
}
