/** Parameter of the Kaiser-Bessel-derived windows (ISO/IEC 14496-3, 4.6.11.3.2): of long and of short ones. */
const ALPHA_LONG = 4;
const ALPHA_SHORT = 6;

/** Rising halves of the windows of one frame length, by window shape: 0 sine, 1 Kaiser-Bessel-derived. */
export interface Slopes {
  readonly long: readonly [Float64Array, Float64Array];
  readonly short: readonly [Float64Array, Float64Array];
}

export function slopesOf(frameLength: number): Slopes {
  const shortLength = frameLength / 8;
  return {
    long: [sine(frameLength), kaiserBesselDerived(frameLength, ALPHA_LONG)],
    short: [sine(shortLength), kaiserBesselDerived(shortLength, ALPHA_SHORT)],
  };
}

function sine(length: number): Float64Array {
  return Float64Array.from({ length }, (_, n) => Math.sin((Math.PI * (n + 0.5)) / (2 * length)));
}

/** The square root of a Kaiser window's running sum. */
function kaiserBesselDerived(length: number, alpha: number): Float64Array {
  const kaiser = Float64Array.from({ length: length + 1 }, (_, n) =>
    bessel0(Math.PI * alpha * Math.sqrt(1 - ((2 * n) / length - 1) ** 2)),
  );
  const total = kaiser.reduce((sum, value) => sum + value, 0);
  let sum = 0;
  return Float64Array.from({ length }, (_, n) => {
    sum += kaiser[n]!;
    return Math.sqrt(sum / total);
  });
}

/** The modified Bessel function of the first kind, order 0, by its power series. */
function bessel0(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= (x / 2 / k) ** 2;
    sum += term;
  }
  return sum;
}
