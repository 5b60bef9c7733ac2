import { forEachBand } from "./bands-of-windows.js";
import { type ChannelStream, INTENSITY_BOOK_OUT_OF_PHASE, NOISE_BOOK } from "./channel-stream.js";

/**
 * Middle and side to left and right (ISO/IEC 14496-3, 4.6.8.1).
 *
 * @param used by group * maxBand + band: 1 where a band is coded so
 */
export function applyMidSide(left: ChannelStream, right: ChannelStream, used: Uint8Array): void {
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

/**
 * Intensity bands of the right channel, from the left one (4.6.8.2). The mask of middle and side turns their phase. The
 * standard says so for a mask sent band by band; ffmpeg's encoder and decoder do it for a mask of all bands too, and no
 * other encoder was found that has such bands then.
 */
export function applyIntensity(left: ChannelStream, right: ChannelStream, used: Uint8Array): void {
  const l = left.spectrum;
  const r = right.spectrum;
  forEachBand(right.info, right.shortLength, (index, start, end) => {
    const book = right.codebooks[index]!;
    if (book < INTENSITY_BOOK_OUT_OF_PHASE) return;
    const sign = (book === INTENSITY_BOOK_OUT_OF_PHASE) !== (used[index] === 1) ? -1 : 1;
    const gain = sign * 0.5 ** (right.scaleFactors[index]! / 4);
    for (let i = start; i < end; i++) r[i] = l[i]! * gain;
  });
}
