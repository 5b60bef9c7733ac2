import type { BitReader } from "../bit-reader.js";
import type { IcsInfo } from "./ics-info.js";

/** Bands that long-term prediction may touch (ISO/IEC 14496-3, 4.6.7). */
const MAX_BANDS = 40;

/** Gains by their code (4.6.7.3). */
const GAINS = [0.570829, 0.696616, 0.813004, 0.911304, 0.9849, 1.067894, 1.194601, 1.369533];

/** ltp_data of a long window (4.4.2.1). */
export interface LongTermPredictionData {
  /** In samples. */
  readonly lag: number;
  readonly gain: number;
  /** By band: whether the prediction is added. */
  readonly used: readonly boolean[];
}

export function readLongTermPrediction(bits: BitReader, info: IcsInfo): LongTermPredictionData {
  const lag = bits.uint(11);
  const gain = GAINS[bits.uint(3)]!;
  const used = Array.from({ length: Math.min(info.maxBand, MAX_BANDS) }, () => bits.flag());
  return { lag, gain, used };
}
