import { SAMPLE_RATES } from "../codec/aac/index.js";
import type { FrameHeader } from "./framed-stream.js";

/** Bytes of an ADTS header without its checksum. */
export const HEADER_BYTES = 7;
/** A frame's size is written in 13 bits. */
export const MAX_FRAME_BYTES = 8191;

/** The header of a frame of AAC in the "audio data transport stream" (ISO/IEC 14496-3, 1.A.3). */
export interface AdtsHeader extends FrameHeader {
  /** 1 Main, 2 LC, 3 SSR, 4 LTP. */
  readonly objectType: number;
  readonly sampleRate: number;
  /** 0: a program_config_element inside says it. */
  readonly channelConfiguration: number;
  /** 1 to 4. */
  readonly nBlocks: number;
  readonly hasChecksum: boolean;
}

/** The header at `at`; null where there is none. */
export function readAdtsHeader(bytes: Uint8Array, at: number): AdtsHeader | null {
  if (at + HEADER_BYTES > bytes.length) return null;
  const byte = (i: number) => bytes[at + i]!;
  // 12 set bits, and a layer of 0
  if (byte(0) !== 0xff || (byte(1) & 0xf6) !== 0xf0) return null;
  const sampleRate = SAMPLE_RATES[(byte(2) >> 2) & 15];
  const frameBytes = ((byte(3) & 3) << 11) | (byte(4) << 3) | (byte(5) >> 5);
  if (sampleRate === undefined || frameBytes <= HEADER_BYTES) return null;
  return {
    objectType: (byte(2) >> 6) + 1,
    sampleRate,
    channelConfiguration: ((byte(2) & 1) << 2) | (byte(3) >> 6),
    frameBytes,
    nBlocks: (byte(6) & 3) + 1,
    hasChecksum: (byte(1) & 1) === 0,
    // All except the private, original and home bits.
    fixedPart: (byte(1) << 16) | ((byte(2) & 0xfd) << 8) | (byte(3) & 0xc0),
  };
}

/** The raw_data_blocks of a frame; together where the frame does not say where each begins. */
export function blocksOf(frame: Uint8Array, header: AdtsHeader): Uint8Array[] {
  const { nBlocks, hasChecksum } = header;
  if (!hasChecksum) return [frame.subarray(HEADER_BYTES)];
  if (nBlocks === 1) return [frame.subarray(HEADER_BYTES + 2)];
  // Positions of all blocks but the first, a checksum, and the blocks with a checksum after each.
  const start = HEADER_BYTES + 2 * nBlocks;
  const starts = [start];
  for (let i = 0; i < nBlocks - 1; i++) {
    const at = HEADER_BYTES + 2 * i;
    starts.push(start + ((frame[at]! << 8) | frame[at + 1]!));
  }
  return starts.map((from, i) => frame.subarray(from, (starts[i + 1] ?? frame.length) - 2));
}
