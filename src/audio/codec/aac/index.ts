import { WhisperVulkanError } from "../../../errors.js";
import { corrupt } from "../../corrupt.js";
import { INSTALL_FFMPEG } from "../../install-ffmpeg.js";
import type { Track } from "../../packet.js";
import type { Codec } from "../codec.js";
import {
  type AudioSpecificConfig,
  LONG_TERM_PREDICTION,
  LOW_COMPLEXITY,
  MAIN,
  readAudioSpecificConfig,
} from "./audio-specific-config.js";
import { configurationFor, layoutOf } from "./channel-layouts.js";
import { AacDecoder } from "./decoder.js";

export { readAudioSpecificConfig, SAMPLE_RATES, writeAudioSpecificConfig } from "./audio-specific-config.js";

/** Audio object types that are met and not decoded here (ISO/IEC 14496-3, 1.5.1). */
const OBJECT_TYPES: Readonly<Record<number, string>> = {
  3: "AAC SSR",
  6: "AAC Scalable",
  17: "ER AAC LC",
  19: "ER AAC LTP",
  20: "ER AAC Scalable",
  22: "BSAC",
  23: "AAC LD",
  36: "ALS",
  39: "AAC ELD",
  42: "USAC (xHE-AAC)",
};

/**
 * AAC: the profiles Low Complexity, Main and LTP, and the core of HE-AAC at half its rate. `Track.header` is an
 * AudioSpecificConfig; where it is empty, the track's rate and channels describe a stream of Low Complexity. A packet
 * is one raw_data_block, or several back to back.
 *
 * `open` throws `audio-codec-unsupported` for other MPEG-4 audio.
 */
export const aac: Codec = {
  name: "aac",
  async open(track, fileName) {
    const config = track.header.length === 0 ? guessConfig(track) : readAudioSpecificConfig(track.header);
    if (config === null) throw corrupt(fileName, "AAC header");
    if (![MAIN, LOW_COMPLEXITY, LONG_TERM_PREDICTION].includes(config.objectType)) {
      const name = OBJECT_TYPES[config.objectType] ?? `MPEG-4 audio of object type ${config.objectType}`;
      throw new WhisperVulkanError(
        "audio-codec-unsupported",
        `${fileName}: ${name} cannot be decoded without ffmpeg`,
        {
          hint: INSTALL_FFMPEG,
        },
      );
    }
    return new AacDecoder(config);
  },
};

function guessConfig({ sampleRate, nChannels }: Track): AudioSpecificConfig | null {
  if (!(sampleRate > 0)) return null;
  const layout = layoutOf(configurationFor(nChannels));
  return { objectType: LOW_COMPLEXITY, sampleRate, frameLength: 1024, layout, lengthBits: 0 };
}
