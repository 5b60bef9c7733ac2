import { OpusDecoder } from "opus-decoder";
import { corrupt, type Pcm, quietly } from "./decoder.js";

/**
 * Opus decodes straight to the rate Whisper hears: speech is often coded at 16 kHz inside, and what a detour over 48 kHz
 * does to it changes words.
 */
export const OPUS_SAMPLE_RATE = 16000;
/** Positions and the pre-skip count samples at 48 kHz, whatever rate is decoded to. */
export const OPUS_POSITION_RATE = 48000;

/** The identification header of an Opus stream (RFC 7845, 5.1). */
export interface OpusHead {
  readonly nChannels: number;
  /** Decoded samples to drop at the start. */
  readonly preSkip: number;
  /** Factor for all samples. */
  readonly gain: number;
  readonly streamCount: number;
  readonly coupledStreamCount: number;
  readonly channelMappingTable: number[];
}

/** Reads an "OpusHead" packet. */
export function readOpusHead(packet: Uint8Array, name: string): OpusHead {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const nChannels = packet[9] ?? 0;
  const family = packet[18] ?? 0;
  const nBytes = family === 0 ? 19 : 21 + nChannels;
  if (packet.length < nBytes || nChannels === 0 || (family === 0 && nChannels > 2)) {
    throw corrupt(name, "Opus header");
  }
  return {
    nChannels,
    preSkip: opusSamples(view.getUint16(10, true)),
    gain: 10 ** (view.getInt16(16, true) / 256 / 20),
    streamCount: family === 0 ? 1 : packet[19]!,
    coupledStreamCount: family === 0 ? nChannels - 1 : packet[20]!,
    channelMappingTable: family === 0 ? [0, 1].slice(0, nChannels) : [...packet.subarray(21, nBytes)],
  };
}

/** How many decoded samples a position stands for. */
export function opusSamples(position: number): number {
  return Math.floor((position * OPUS_SAMPLE_RATE) / OPUS_POSITION_RATE);
}

/** Decodes Opus packets; the pre-skip is not yet cut off. */
export class OpusPackets {
  readonly #decoder: OpusDecoder<typeof OPUS_SAMPLE_RATE>;
  readonly #gain: number;
  nDamaged = 0;

  private constructor(decoder: OpusDecoder<typeof OPUS_SAMPLE_RATE>, gain: number) {
    this.#decoder = decoder;
    this.#gain = gain;
  }

  static async open(head: OpusHead): Promise<OpusPackets> {
    const { nChannels: channels, streamCount, coupledStreamCount, channelMappingTable } = head;
    const options = { channels, streamCount, coupledStreamCount, channelMappingTable };
    const decoder = new OpusDecoder({ ...options, sampleRate: OPUS_SAMPLE_RATE });
    await decoder.ready;
    return new OpusPackets(decoder, head.gain);
  }

  decode(packets: Uint8Array[]): Pcm {
    const whole = packets.filter((packet) => packet.length > 0);
    const { channelData, errors } = quietly(() => this.#decoder.decodeFrames(whole));
    this.nDamaged += errors.length;
    if (this.#gain !== 1) for (const channel of channelData) scale(channel, this.#gain);
    return { channels: channelData, sampleRate: OPUS_SAMPLE_RATE };
  }

  free(): void {
    this.#decoder.free();
  }
}

function scale(samples: Float32Array, factor: number): void {
  for (let i = 0; i < samples.length; i++) samples[i]! *= factor;
}

/** Samples `from` to `to` of each channel. */
export function cut(pcm: Pcm, from: number, to?: number): Pcm {
  return { ...pcm, channels: pcm.channels.map((channel) => channel.subarray(from, to)) };
}
