import { forEachBand } from "./bands-of-windows.js";
import { type ChannelStream, INTENSITY_BOOK_OUT_OF_PHASE, NOISE_BOOK } from "./channel-stream.js";

/** Which bands of a pair are coded as middle and side (ISO/IEC 14496-3, 4.6.8.1), or have their phase turned. */
export interface MidSideMask {
  /** By group * maxBand + band: 1 where it is used. */
  readonly used: Uint8Array;
  /** Whether the mask was sent band by band; only then it turns the phase of intensity bands (4.6.8.2.3). */
  readonly isExplicit: boolean;
}

/** Middle and side to left and right (4.6.8.1). */
export function applyMidSide(left: ChannelStream, right: ChannelStream, { used }: MidSideMask): void {
  const l = left.spectrum;
  const r = right.spectrum;
  forEachBand(left.info, left.shortLength, (index, start, end) => {
    if (used[index] !== 1 || left.codebooks[index]! >= NOISE_BOOK || right.codebooks[index]! >= NOISE_BOOK)
      return;
    for (let i = start; i < end; i++) {
      const middle = l[i]!;
      const side = r[i]!;
      l[i] = middle + side;
      r[i] = middle - side;
    }
  });
}

/** Intensity bands of the right channel, from the left one (4.6.8.2). */
export function applyIntensity(left: ChannelStream, right: ChannelStream, mask: MidSideMask): void {
  const l = left.spectrum;
  const r = right.spectrum;
  forEachBand(right.info, right.shortLength, (index, start, end) => {
    const book = right.codebooks[index]!;
    if (book < INTENSITY_BOOK_OUT_OF_PHASE) return;
    const isTurned = mask.used[index] === 1;
    const sign = (book === INTENSITY_BOOK_OUT_OF_PHASE) !== isTurned ? -1 : 1;
    const gain = sign * 0.5 ** (right.scaleFactors[index]! / 4);
    for (let i = start; i < end; i++) r[i] = l[i]! * gain;
  });
}
