import { melBins } from "../ggml/layout.js";

const sampleRateHz = 16_000;
const transformLength = 400;

/**
 * Triangular mel filters, (nMels, 201) row-major: Slaney's scale (linear below 1 kHz, logarithmic above) and
 * area normalisation, bit for bit as in the official files, where weights pass through f32 twice.
 */
export function melFilters(nMels: number): Float32Array {
  const corners = cornerFrequencies(nMels);
  const binWidthHz = sampleRateHz / transformLength;
  const filters = new Float32Array(nMels * melBins);
  for (let band = 0; band < nMels; band++) {
    const [low, centre, high] = [corners[band]!, corners[band + 1]!, corners[band + 2]!];
    for (let bin = 0; bin < melBins; bin++) {
      const frequency = bin * binWidthHz;
      const rising = (frequency - low) / (centre - low);
      const falling = (high - frequency) / (high - centre);
      const triangle = Math.fround(Math.max(0, Math.min(rising, falling)));
      filters[band * melBins + bin] = triangle * (2 / (high - low));
    }
  }
  return filters;
}

/** nMels + 2 frequencies in Hz, evenly spaced in mel from 0 to half the sample rate. */
function cornerFrequencies(nMels: number): number[] {
  const linearHzPerMel = 200 / 3;
  const logStart = { mel: 15, hz: 1000 };
  const logStep = Math.log(6.4) / 27;
  const top = logStart.mel + Math.log(sampleRateHz / 2 / logStart.hz) / logStep;
  const step = top / (nMels + 1);
  return Array.from({ length: nMels + 2 }, (_, index) => {
    const mel = index <= nMels ? index * step : top;
    return mel < logStart.mel ? mel * linearHzPerMel : logStart.hz * Math.exp(logStep * (mel - logStart.mel));
  });
}
