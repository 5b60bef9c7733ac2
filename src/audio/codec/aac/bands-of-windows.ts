import type { IcsInfo } from "./ics-info.js";

/**
 * Calls `visit` for each coded band of each window: the band's index among codebooks and scale factors, and its
 * coefficients in the spectrum.
 *
 * @param shortLength coefficients of one short window
 */
export function forEachBand(
  info: IcsInfo,
  shortLength: number,
  visit: (index: number, start: number, end: number) => void,
): void {
  let firstWindow = 0;
  for (let group = 0; group < info.nGroups; group++) {
    const endWindow = firstWindow + info.groupWindows[group]!;
    for (let band = 0; band < info.maxBand; band++) {
      for (let window = firstWindow; window < endWindow; window++) {
        const at = window * shortLength;
        visit(group * info.maxBand + band, at + info.bandStarts[band]!, at + info.bandStarts[band + 1]!);
      }
    }
    firstWindow = endWindow;
  }
}
