import { crc8 } from "../crc.js";

/** Bytes the longest frame header takes. */
export const MAX_FLAC_HEADER_BYTES = 16;

/** What the header of a FLAC frame says (RFC 9639, 9.1). */
export interface FlacFrameHeader {
  /** null: as STREAMINFO says. */
  readonly sampleRate: number | null;
  /** null: as STREAMINFO says. */
  readonly bits: number | null;
  readonly nChannels: number;
  /** How two channels are stored: each by itself, or one of them as the difference, or their mean and difference. */
  readonly stereo: "independent" | "left-side" | "side-right" | "mid-side";
  /** Samples of each channel. */
  readonly blockSize: number;
  /** The frame's number; where sizes vary, that of its first sample. */
  readonly number: number;
  readonly isVariable: boolean;
  readonly headerBytes: number;
}

const RATES = [null, 88200, 176400, 192000, 8000, 16000, 22050, 24000, 32000, 44100, 48000, 96000];
const BITS = [null, 8, 12, undefined, 16, 20, 24, 32];
const STEREO = ["left-side", "side-right", "mid-side"] as const;

/** Reads the frame header at `bytes[at]`, null where none is or its checksum is wrong. */
export function flacFrameHeader(bytes: Uint8Array, at: number): FlacFrameHeader | null {
  if (bytes[at] !== 0xff || (bytes[at + 1]! & 0xfe) !== 0xf8) return null;
  const [sizeCode, rateCode] = [bytes[at + 2]! >> 4, bytes[at + 2]! & 15];
  const [channelCode, bitsCode] = [bytes[at + 3]! >> 4, (bytes[at + 3]! >> 1) & 7];
  if (sizeCode === 0 || rateCode === 15 || channelCode > 10 || (bytes[at + 3]! & 1) !== 0) return null;
  const bits = BITS[bitsCode];
  if (bits === undefined) return null;
  const number = codedNumber(bytes, at + 4);
  if (number === null) return null;
  let end = at + 4 + number.nBytes;
  const uint = (nBytes: number) => {
    let value = 0;
    for (const stop = end + nBytes; end < stop; end++) value = value * 256 + bytes[end]!;
    return value;
  };
  const blockSize = sizeCode === 6 ? uint(1) + 1 : sizeCode === 7 ? uint(2) + 1 : commonSize(sizeCode);
  const rate =
    rateCode === 12
      ? uint(1) * 1000
      : rateCode === 13
        ? uint(2)
        : rateCode === 14
          ? uint(2) * 10
          : RATES[rateCode]!;
  if (end >= bytes.length || crc8(bytes, at, end) !== bytes[end] || rate === 0) return null;
  return {
    sampleRate: rate,
    bits,
    nChannels: channelCode < 8 ? channelCode + 1 : 2,
    stereo: STEREO[channelCode - 8] ?? "independent",
    blockSize,
    number: number.value,
    isVariable: (bytes[at + 1]! & 1) !== 0,
    headerBytes: end + 1 - at,
  };
}

const commonSize = (code: number): number => (code === 1 ? 192 : code < 6 ? 144 << code : 1 << code);

/** The frame's or sample's number, coded like UTF-8 with up to 36 bits. */
function codedNumber(bytes: Uint8Array, at: number): { value: number; nBytes: number } | null {
  const first = bytes[at]!;
  if (first < 0x80) return { value: first, nBytes: 1 };
  const nBytes = Math.clz32(~(first << 24));
  if (nBytes < 2 || nBytes > 7) return null;
  let value = nBytes === 7 ? 0 : first & (0x7f >> nBytes);
  for (let i = 1; i < nBytes; i++) {
    if ((bytes[at + i]! & 0xc0) !== 0x80) return null;
    value = value * 64 + (bytes[at + i]! & 0x3f);
  }
  return { value, nBytes };
}

/** What STREAMINFO says; 0 samples stands for "not known". */
export interface FlacStreamInfo {
  readonly sampleRate: number;
  readonly nChannels: number;
  readonly bits: number;
  readonly nSamples: number;
}

/**
 * Reads a STREAMINFO block: 34 bytes, with its block header before it or not, with "fLaC" or not, as containers
 * have it. null where there is none.
 */
export function flacStreamInfo(header: Uint8Array): FlacStreamInfo | null {
  const hasMark = header[0] === 0x66 && header[1] === 0x4c && header[2] === 0x61 && header[3] === 0x43;
  const at = hasMark ? 8 : header.length > 34 ? 4 : 0;
  if (header.length < at + 34 || (at > 0 && (header[at - 4]! & 0x7f) !== 0)) return null;
  const view = new DataView(header.buffer, header.byteOffset + at, 34);
  const fields = view.getUint32(10);
  return {
    sampleRate: fields >>> 12,
    nChannels: ((fields >>> 9) & 7) + 1,
    bits: ((fields >>> 4) & 31) + 1,
    nSamples: (view.getUint8(13) & 15) * 2 ** 32 + view.getUint32(14),
  };
}
