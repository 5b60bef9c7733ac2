import type { BitReader } from "../bit-reader.js";
import { BrokenFrame } from "./broken-frame.js";
import type { IcsInfo } from "./ics-info.js";

/** Predictors are reset in turn, in that many groups. */
export const RESET_GROUPS = 30;

/** What the Main profile says about prediction in ics_info (ISO/IEC 14496-3, 4.4.2.1). */
export interface PredictionData {
  /** 1 to 30: this group of predictors starts again after the frame; 0: none. */
  readonly resetGroup: number;
  /** By band: whether it was predicted. */
  readonly used: readonly boolean[];
}

export function readPrediction(bits: BitReader, info: IcsInfo): PredictionData {
  const isReset = bits.flag();
  const resetGroup = isReset ? bits.uint(5) : 0;
  if (isReset && (resetGroup < 1 || resetGroup > RESET_GROUPS))
    throw new BrokenFrame("no such group of predictors");
  const nBands = Math.min(info.maxBand, info.bands.predictionMax);
  return { resetGroup, used: Array.from({ length: nBands }, () => bits.flag()) };
}
