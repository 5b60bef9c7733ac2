import { IcsInfo } from "./ics-info.js";
import type { LongTermPredictionData } from "./long-term-prediction-data.js";
import type { PredictionData } from "./prediction-data.js";
import type { Bands } from "./scale-factor-bands.js";
import type { TnsFilter } from "./tns-data.js";

/** Codebooks for bands without coefficients (ISO/IEC 14496-3, 4.6.3). */
export const ZERO_BOOK = 0;
export const RESERVED_BOOK = 12;
export const NOISE_BOOK = 13;
/** Out of phase; 15: in phase. */
export const INTENSITY_BOOK_OUT_OF_PHASE = 14;

/** Most bands of all groups: 8 groups of 15 short bands. */
export const MAX_BANDS = 120;

/** An individual_channel_stream (4.4.2.7) and its spectrum: one channel of one frame. Used again for each frame. */
export class ChannelStream {
  readonly info: IcsInfo;
  readonly frameLength: number;
  globalGain = 0;
  /** By group * info.maxBand + band. */
  readonly codebooks = new Uint8Array(MAX_BANDS);
  /** Scale factor, noise energy or intensity position, as the codebook says. */
  readonly scaleFactors = new Int16Array(MAX_BANDS);
  /** Whole numbers as they were coded, at window * (frame length / 8) + coefficient. */
  readonly quantised: Int32Array;
  /** (frame length): the same places. */
  readonly spectrum: Float64Array;
  tnsFilters: readonly TnsFilter[] = [];
  /** Main profile; null where this frame sends nothing about it. */
  prediction: PredictionData | null = null;
  longTermPrediction: LongTermPredictionData | null = null;

  /** @param frameLength 1024 or 960 coefficients */
  constructor(bands: Bands, frameLength: number) {
    this.frameLength = frameLength;
    this.info = new IcsInfo(bands);
    this.quantised = new Int32Array(frameLength);
    this.spectrum = new Float64Array(frameLength);
  }

  /** Coefficients of one short window. */
  get shortLength(): number {
    return this.frameLength / 8;
  }
}
