import { crc16 } from "../crc.js";
import type { Pcm, Speaker } from "../pcm.js";
import { speakersOfMask } from "../speaker-mask.js";
import { BitReader } from "./bit-reader.js";
import type { Codec, PacketDecoder } from "./codec.js";
import { maskOfHeader } from "./flac-comment.js";
import { type FlacFrameHeader, type FlacStreamInfo, flacFrameHeader, flacStreamInfo } from "./flac-frame.js";
import { DamagedFrame, decodeSubframe } from "./flac-subframe.js";

/** FLAC: packets are frames; the header is STREAMINFO, in any of the ways that containers store it, or empty. */
export const flac: Codec = {
  name: "flac",
  async open({ header, sampleRate, nChannels, speakers }) {
    const placed = speakers ?? speakersOfMask(maskOfHeader(header), nChannels);
    return new FlacDecoder(flacStreamInfo(header), sampleRate, placed);
  },
};

/** Speakers by the number of channels (RFC 9639, 9.1.3), where no channel mask says others. */
const SPEAKERS: readonly (readonly Speaker[])[] = [
  ["FC"],
  ["FL", "FR"],
  ["FL", "FR", "FC"],
  ["FL", "FR", "BL", "BR"],
  ["FL", "FR", "FC", "BL", "BR"],
  ["FL", "FR", "FC", "LFE", "BL", "BR"],
  ["FL", "FR", "FC", "LFE", "BC", "SL", "SR"],
  ["FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR"],
];

class FlacDecoder implements PacketDecoder {
  readonly #info: FlacStreamInfo | null;
  readonly #sampleRate: number;
  /** By the channel mask, null without one. */
  readonly #speakers: readonly Speaker[] | null;
  nDamaged = 0;

  constructor(info: FlacStreamInfo | null, sampleRate: number, speakers: readonly Speaker[] | null) {
    this.#speakers = speakers;
    this.#info = info;
    this.#sampleRate = sampleRate;
  }

  decode(data: Uint8Array): Pcm | null {
    const header = flacFrameHeader(data, 0);
    try {
      if (header !== null) return this.#decodeFrame(data, header);
    } catch (error) {
      if (!(error instanceof DamagedFrame)) throw error;
    }
    this.nDamaged += 1;
    return null;
  }

  #decodeFrame(data: Uint8Array, header: FlacFrameHeader): Pcm {
    const { nChannels, blockSize, stereo } = header;
    const bits = header.bits ?? this.#info?.bits;
    if (bits === undefined) throw new DamagedFrame();
    const reader = new BitReader(data, header.headerBytes);
    const channels = Array.from({ length: nChannels }, (_, channel) => {
      const samples = new Float64Array(blockSize);
      const isSide = stereo === "side-right" ? channel === 0 : stereo !== "independent" && channel === 1;
      decodeSubframe(reader, isSide ? bits + 1 : bits, samples);
      return samples;
    });
    const end = reader.align() + 2;
    if (end > data.length || crc16(data, 0, end) !== 0) throw new DamagedFrame();
    if (stereo !== "independent") toLeftAndRight(channels[0]!, channels[1]!, stereo);
    const scale = 2 ** (1 - bits);
    return {
      channels: channels.map((samples) => scaled(samples, scale)),
      sampleRate: header.sampleRate ?? this.#info?.sampleRate ?? this.#sampleRate,
      speakers: this.#speakers?.length === nChannels ? this.#speakers : SPEAKERS[nChannels - 1]!,
    };
  }

  free(): void {}
}

/** A loop: `from` with a function takes ten times as long. */
function scaled(samples: Float64Array, factor: number): Float32Array {
  const floats = new Float32Array(samples.length);
  for (let i = 0; i < floats.length; i++) floats[i] = samples[i]! * factor;
  return floats;
}

function toLeftAndRight(a: Float64Array, b: Float64Array, stereo: FlacFrameHeader["stereo"]): void {
  for (let i = 0; i < a.length; i++) {
    if (stereo === "left-side") b[i] = a[i]! - b[i]!;
    else if (stereo === "side-right") a[i]! += b[i]!;
    else {
      const [side, odd] = [b[i]!, Math.abs(b[i]!) % 2];
      const left = (2 * a[i]! + odd + side) / 2;
      a[i] = left;
      b[i] = left - side;
    }
  }
}
