import { OpusDecoder } from "opus-decoder";
import type { Pcm, Speaker } from "../pcm.js";
import type { Codec, PacketDecoder } from "./codec.js";
import { OPUS_POSITION_RATE, type OpusHead, opusDuration, readOpusHead } from "./opus-packet.js";
import { quietly } from "./quietly.js";
import { started } from "./started.js";
import { xiphSpeakers } from "./xiph-speakers.js";

/**
 * Opus decodes directly to 16 kHz: speech is often coded at that rate, and the artefacts of a detour over 48 kHz
 * change the words that are recognised.
 */
const SAMPLE_RATE = 16000;

/** Opus: the header is "OpusHead". The pre-skip is the demuxer's. */
export const opus: Codec = {
  name: "opus",
  async open({ header }, fileName) {
    const head = readOpusHead(header, fileName);
    const { nChannels: channels, streamCount, coupledStreamCount, channelMappingTable } = head;
    const options = { channels, streamCount, coupledStreamCount, channelMappingTable };
    return new Opus(await started(new OpusDecoder({ ...options, sampleRate: SAMPLE_RATE })), head);
  },
};

const [AMBISONIC, AMBISONIC_MATRIX, UNKNOWN] = [2, 3, 255];

class Opus implements PacketDecoder {
  readonly #decoder: OpusDecoder<typeof SAMPLE_RATE>;
  readonly #head: OpusHead;
  readonly #speakers: readonly Speaker[] | null;
  nDamaged = 0;

  constructor(decoder: OpusDecoder<typeof SAMPLE_RATE>, head: OpusHead) {
    this.#decoder = decoder;
    this.#head = head;
    this.#speakers = head.family === UNKNOWN ? null : xiphSpeakers(head.nChannels);
  }

  decode(data: Uint8Array): Pcm | null {
    if (data.length === 0) return null; // nothing was sent
    const decoded = this.#decode(data);
    if (decoded === null) {
      this.nDamaged += 1;
      const length = (opusDuration(data) * SAMPLE_RATE) / OPUS_POSITION_RATE;
      const channels = Array.from({ length: this.#head.nChannels }, () => new Float32Array(length));
      return { channels, sampleRate: SAMPLE_RATE, speakers: this.#speakers };
    }
    const { gain, family } = this.#head;
    if (gain !== 1)
      for (const channel of decoded) for (let i = 0; i < channel.length; i++) channel[i]! *= gain;
    // The first channel of ambisonics is what an omnidirectional microphone records.
    if (family === AMBISONIC || family === AMBISONIC_MATRIX) {
      return { channels: decoded.slice(0, 1), sampleRate: SAMPLE_RATE, speakers: ["FC"] };
    }
    return { channels: decoded, sampleRate: SAMPLE_RATE, speakers: this.#speakers };
  }

  #decode(data: Uint8Array): Float32Array[] | null {
    try {
      const { channelData, errors } = quietly(() => this.#decoder.decodeFrame(data));
      return errors.length > 0 ? null : channelData;
    } catch (error) {
      if (error instanceof RangeError) return null; // longer than any packet is
      throw error;
    }
  }

  free(): void {
    this.#decoder.free();
  }
}
