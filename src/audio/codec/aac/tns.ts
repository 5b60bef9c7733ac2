import type { ChannelStream } from "./channel-stream.js";

/** Temporal noise shaping (ISO/IEC 14496-3, 4.6.9): its all-pole filters run over the spectrum, in place. */
export function applyTns(stream: ChannelStream, spectrum: Float64Array): void {
  forEachRange(stream, (lpc, first, count, step) => {
    for (let n = 0; n < count; n++) {
      const at = first + n * step;
      let value = spectrum[at]!;
      const order = Math.min(n, lpc.length);
      for (let i = 1; i <= order; i++) value -= lpc[i - 1]! * spectrum[at - i * step]!;
      spectrum[at] = value;
    }
  });
}

/** The encoder's side, for what is predicted (4.6.7.3): the inverse filters, in place. */
export function filterTns(stream: ChannelStream, spectrum: Float64Array): void {
  forEachRange(stream, (lpc, first, count, step) => {
    // From the end on: each value needs the old ones before it.
    for (let n = count - 1; n > 0; n--) {
      const at = first + n * step;
      let value = spectrum[at]!;
      const order = Math.min(n, lpc.length);
      for (let i = 1; i <= order; i++) value += lpc[i - 1]! * spectrum[at - i * step]!;
      spectrum[at] = value;
    }
  });
}

/** Calls `filter` with the coefficients each filter covers: the first, how many, and the step from one to the next. */
function forEachRange(
  { info, shortLength, tnsFilters }: ChannelStream,
  filter: (lpc: Float64Array, first: number, count: number, step: number) => void,
): void {
  const lastBand = Math.min(info.maxBand, info.isShort ? info.bands.tnsShort : info.bands.tnsLong);
  for (const { window, startBand, endBand, isDownward, lpc } of tnsFilters) {
    const start = info.bandStarts[Math.min(startBand, lastBand)]!;
    const end = info.bandStarts[Math.min(endBand, lastBand)]!;
    const first = window * shortLength + (isDownward ? end - 1 : start);
    filter(lpc, first, end - start, isDownward ? -1 : 1);
  }
}
