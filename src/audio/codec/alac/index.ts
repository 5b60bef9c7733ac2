import { corrupt } from "../../corrupt.js";
import type { Pcm, Speaker } from "../../pcm.js";
import type { Codec } from "../codec.js";
import { alacConfig } from "./config.js";
import { AlacFrames } from "./frame.js";

/** Speakers by the number of channels, in the order of a packet's elements. */
const SPEAKERS: readonly (readonly Speaker[])[] = [
  ["FC"],
  ["FL", "FR"],
  ["FC", "FL", "FR"],
  ["FC", "FL", "FR", "BC"],
  ["FC", "FL", "FR", "BL", "BR"],
  ["FC", "FL", "FR", "BL", "BR", "LFE"],
  ["FC", "FL", "FR", "BL", "BR", "BC", "LFE"],
  ["FC", "FLC", "FRC", "FL", "FR", "BL", "BR", "LFE"],
];

/** Apple Lossless. Header: ALACSpecificConfig, as it is or in QuickTime's atoms. */
export const alac: Codec = {
  name: "alac",
  async open({ header, sampleRate }, fileName) {
    const config = alacConfig(header);
    if (config === null) throw corrupt(fileName, "ALAC header");
    const frames = new AlacFrames(config);
    const scale = 2 ** (1 - config.bitDepth);
    const speakers = SPEAKERS[config.nChannels - 1]!;
    const decoder = {
      nDamaged: 0,
      decode(data: Uint8Array): Pcm | null {
        const channels = frames.decode(data);
        if (channels === null) {
          decoder.nDamaged += 1;
          return null;
        }
        return {
          channels: channels.map((samples) => Float32Array.from(samples, (sample) => sample * scale)),
          sampleRate: config.sampleRate || sampleRate,
          speakers,
        };
      },
      free: () => {},
    };
    return decoder;
  },
};
