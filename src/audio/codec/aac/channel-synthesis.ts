import { LONG_TERM_PREDICTION } from "./audio-specific-config.js";
import type { ChannelStream } from "./channel-stream.js";
import { type FilterBank, OverlapState } from "./filter-bank.js";
import { LongTermPredictor } from "./long-term-prediction.js";
import { applyTns } from "./tns.js";

/** Samples beyond (full scale is 1) come from damage: no encoder leaves the scale by 24 dB. */
const MAX_AMPLITUDE = 16;

/** The last steps of one channel, with what it keeps from frame to frame: long-term prediction, TNS, filter bank. */
export class ChannelSynthesis {
  readonly #filterBank: FilterBank;
  readonly #overlap: OverlapState;
  readonly #predictor: LongTermPredictor | null;

  constructor(objectType: number, frameLength: number, filterBank: FilterBank) {
    this.#filterBank = filterBank;
    this.#overlap = new OverlapState(frameLength);
    this.#predictor = objectType === LONG_TERM_PREDICTION ? new LongTermPredictor(frameLength) : null;
  }

  /** The frame's samples; null where they are invalid. */
  synthesise(stream: ChannelStream): Float32Array | null {
    this.#predictor?.apply(stream, this.#filterBank, this.#overlap);
    applyTns(stream, stream.spectrum);
    const samples = this.#filterBank.synthesise(stream.spectrum, stream.info, this.#overlap);
    if (!isPlausible(samples)) return null;
    this.#predictor?.update(samples, this.#overlap);
    return samples;
  }

  /** The output for a lost frame: the rest of the one before. */
  fadeOut(): Float32Array {
    const samples = this.#filterBank.fadeOut(this.#overlap);
    if (!isPlausible(samples)) samples.fill(0);
    this.#predictor?.update(samples, this.#overlap);
    return samples;
  }

  /** Forgets the frame before. */
  reset(): void {
    this.#overlap.reset();
    this.#predictor?.reset();
  }
}

/** False for NaN too. */
function isPlausible(samples: Float32Array): boolean {
  for (let i = 0; i < samples.length; i++) if (!(Math.abs(samples[i]!) <= MAX_AMPLITUDE)) return false;
  return true;
}
