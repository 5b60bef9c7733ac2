import { forEachBand } from "./bands-of-windows.js";
import { type ChannelStream, NOISE_BOOK } from "./channel-stream.js";

/** Perceptual noise substitution (ISO/IEC 14496-3, 4.6.13): bands of which only the energy was coded. */
export class NoiseSource {
  #state: number;

  /** The same seed gives the same noise. */
  constructor(seed = 1) {
    this.#state = seed;
  }

  fill(stream: ChannelStream): void {
    forEachBand(stream.info, stream.shortLength, (index, start, end) => {
      if (stream.codebooks[index] === NOISE_BOOK) this.#fillBand(stream, index, start, end);
    });
  }

  /** Fills a pair; where `sameBands` is 1 both channels have the same noise, each with its own energy. */
  fillPair(left: ChannelStream, right: ChannelStream, sameBands: Uint8Array): void {
    this.fill(left);
    forEachBand(right.info, right.shortLength, (index, start, end) => {
      if (right.codebooks[index] !== NOISE_BOOK) return;
      if (sameBands[index] === 1 && left.codebooks[index] === NOISE_BOOK) {
        const gain = 2 ** ((right.scaleFactors[index]! - left.scaleFactors[index]!) / 4);
        for (let i = start; i < end; i++) right.spectrum[i] = left.spectrum[i]! * gain;
      } else this.#fillBand(right, index, start, end);
    });
  }

  /** Random numbers whose squares add up to 2^(energy / 2). */
  #fillBand({ spectrum, scaleFactors }: ChannelStream, index: number, start: number, end: number): void {
    let power = 0;
    for (let i = start; i < end; i++) {
      const value = this.next();
      spectrum[i] = value;
      power += value * value;
    }
    const gain = 2 ** (scaleFactors[index]! / 4) / Math.sqrt(power);
    for (let i = start; i < end; i++) spectrum[i]! *= gain;
  }

  /** The next random number: a whole number of 32 bits with sign, never 0 (Marsaglia's xorshift32). */
  next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x;
  }
}
