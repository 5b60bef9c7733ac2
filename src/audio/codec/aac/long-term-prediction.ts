import type { ChannelStream } from "./channel-stream.js";
import type { FilterBank, OverlapState } from "./filter-bank.js";
import { filterTns } from "./tns.js";

/** Long-term prediction (ISO/IEC 14496-3, 4.6.7): a frame's coefficients from the channel's own sound, a lag ago. */
export class LongTermPredictor {
  readonly #frameLength: number;
  /** (3 * frame length): two frames as they were played, and what overlaps the next one. */
  readonly #history: Float64Array;
  readonly #samples: Float64Array;
  readonly #spectrum: Float64Array;

  constructor(frameLength: number) {
    this.#frameLength = frameLength;
    this.#history = new Float64Array(3 * frameLength);
    this.#samples = new Float64Array(2 * frameLength);
    this.#spectrum = new Float64Array(frameLength);
  }

  /** Adds the prediction to the coefficients, before temporal noise shaping. */
  apply(stream: ChannelStream, filterBank: FilterBank, state: OverlapState): void {
    const { info, spectrum, longTermPrediction } = stream;
    if (longTermPrediction === null || info.isShort) return;
    const { lag, gain, used } = longTermPrediction;
    const n = this.#frameLength;
    const samples = this.#samples;
    // A short lag ends before the second frame is full.
    const nKnown = Math.min(lag + n, 2 * n);
    for (let i = 0; i < nKnown; i++) samples[i] = gain * this.#history[2 * n - lag + i]!;
    samples.fill(0, nKnown);
    filterBank.analyse(samples, info, state, this.#spectrum);
    filterTns(stream, this.#spectrum);
    used.forEach((isUsed, band) => {
      if (!isUsed) return;
      for (let k = info.bandStarts[band]!; k < info.bandStarts[band + 1]!; k++)
        spectrum[k]! += this.#spectrum[k]!;
    });
  }

  reset(): void {
    this.#history.fill(0);
  }

  /** Remembers what was played. */
  update(samples: Float32Array, state: OverlapState): void {
    const n = this.#frameLength;
    this.#history.copyWithin(0, n, 2 * n);
    this.#history.set(samples, n);
    this.#history.set(state.tail, 2 * n);
  }
}
