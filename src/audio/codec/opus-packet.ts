import { corrupt } from "../corrupt.js";

/** Positions, durations and the pre-skip count samples at 48 kHz, whatever rate is decoded to. */
export const OPUS_POSITION_RATE = 48000;

/** The identification header of an Opus stream (RFC 7845, 5.1). */
export interface OpusHead {
  readonly nChannels: number;
  /** Sound to drop at the start, in samples at 48 kHz. */
  readonly preSkip: number;
  /** Factor for all samples. */
  readonly gain: number;
  /** How channels map to speakers: 0 and 1 in Vorbis's order, 2 and 3 ambisonics, 255 unknown. */
  readonly family: number;
  readonly streamCount: number;
  readonly coupledStreamCount: number;
  readonly channelMappingTable: number[];
}

/**
 * Reads an "OpusHead" packet.
 *
 * @throws WhisperVulkanError `audio-corrupt`
 */
export function readOpusHead(packet: Uint8Array, fileName: string): OpusHead {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const nChannels = packet[9] ?? 0;
  const family = packet[18] ?? 0;
  const nBytes = family === 0 ? 19 : 21 + nChannels;
  const isTooShort = packet.length < nBytes;
  if (isTooShort || nChannels === 0 || (family === 0 && nChannels > 2))
    throw corrupt(fileName, "Opus header");
  const streamCount = family === 0 ? 1 : packet[19]!;
  const coupledStreamCount = family === 0 ? nChannels - 1 : packet[20]!;
  const table = family === 0 ? [0, 1].slice(0, nChannels) : [...packet.subarray(21, nBytes)];
  const nDecoded = streamCount + coupledStreamCount;
  const isPossible = coupledStreamCount <= streamCount && streamCount > 0 && nDecoded <= 255;
  if (!isPossible || table.some((channel) => channel >= nDecoded && channel !== 255)) {
    throw corrupt(fileName, "Opus header");
  }
  return {
    nChannels,
    preSkip: view.getUint16(10, true),
    gain: 10 ** (view.getInt16(16, true) / 256 / 20),
    family,
    streamCount,
    coupledStreamCount,
    channelMappingTable: table,
  };
}

/** Samples at 48 kHz that a packet holds, by its first two bytes (RFC 6716, 3.1); 0 for none. */
export function opusDuration(packet: Uint8Array): number {
  const toc = packet[0];
  if (toc === undefined) return 0;
  const config = toc >> 3;
  const perFrame =
    config < 12
      ? [480, 960, 1920, 2880][config & 3]!
      : config < 16
        ? [480, 960][config & 1]!
        : [120, 240, 480, 960][config & 3]!;
  const code = toc & 3;
  const nFrames = code === 0 ? 1 : code < 3 ? 2 : (packet[1] ?? 0) & 63;
  return Math.min(nFrames * perFrame, 5760);
}
