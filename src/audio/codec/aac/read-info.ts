import type { BitReader } from "../bit-reader.js";
import { LONG_TERM_PREDICTION, MAIN } from "./audio-specific-config.js";
import { BrokenFrame } from "./broken-frame.js";
import type { ChannelStream } from "./channel-stream.js";
import { readLongTermPrediction } from "./long-term-prediction-data.js";
import { readPrediction } from "./prediction-data.js";

/** Reads ics_info (ISO/IEC 14496-3, 4.4.2.1) for one channel, or for both of a pair that have it in common. */
export function readInfo(bits: BitReader, streams: readonly ChannelStream[], objectType: number): void {
  const [first, second] = streams;
  const { info } = first!;
  const hasPrediction = info.read(bits);
  second?.info.copyFrom(info);
  for (const stream of streams) {
    stream.prediction = null;
    stream.longTermPrediction = null;
  }
  if (!hasPrediction) return;
  if (objectType === MAIN) {
    const prediction = readPrediction(bits, info);
    for (const stream of streams) stream.prediction = prediction;
  } else if (objectType === LONG_TERM_PREDICTION) {
    for (const stream of streams) {
      stream.longTermPrediction = bits.flag() ? readLongTermPrediction(bits, info) : null;
    }
  } else {
    throw new BrokenFrame("prediction belongs to another profile");
  }
}
