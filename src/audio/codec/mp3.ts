import { MPEGDecoder } from "mpg123-decoder";
import type { Pcm } from "../pcm.js";
import type { Codec, PacketDecoder } from "./codec.js";
import { mp3FrameHeader } from "./mp3-frame.js";
import { quietly } from "./quietly.js";
import { started } from "./started.js";

/** MPEG audio, layers I to III: packets are frames, and each frame's header says its rate and channels. */
export const mp3: Codec = {
  name: "mp3",
  // Delay and padding are the demuxer's.
  open: async () => new Mp3Decoder(await started(new MPEGDecoder({ enableGapless: false }))),
};

class Mp3Decoder implements PacketDecoder {
  readonly #decoder: MPEGDecoder;
  nDamaged = 0;

  constructor(decoder: MPEGDecoder) {
    this.#decoder = decoder;
  }

  decode(data: Uint8Array): Pcm | null {
    const header = mp3FrameHeader(data, 0);
    const { channelData, samplesDecoded, errors } = quietly(() => this.#decoder.decode(data));
    if (errors.length > 0 || header === null) this.nDamaged += 1;
    if (header === null) return null;
    const { nChannels, sampleRate, samplesPerFrame } = header;
    // The decoder always gives two channels; of a mono frame both are the same.
    const channels = channelData.slice(0, nChannels);
    const speakers = nChannels === 1 ? (["FC"] as const) : (["FL", "FR"] as const);
    // A frame whose beginning was in a packet that is missing is silent.
    const isMissing = samplesDecoded < samplesPerFrame;
    return {
      channels: isMissing ? channels.map((channel) => padded(channel, samplesPerFrame)) : channels,
      sampleRate,
      speakers,
    };
  }

  free(): void {
    this.#decoder.free();
  }
}

function padded(samples: Float32Array, length: number): Float32Array {
  const all = new Float32Array(length);
  all.set(samples);
  return all;
}
