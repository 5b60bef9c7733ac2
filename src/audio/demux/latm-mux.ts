import { readAudioSpecificConfig } from "../codec/aac/index.js";
import { BitReader } from "../codec/bit-reader.js";

/** An AudioSpecificConfig with a program_config_element and its comment is no longer. */
const MAX_CONFIG_BYTES = 400;

/** What a StreamMuxConfig says (ISO/IEC 14496-3, 1.7.3.1), of one program with one layer: all that is used. */
interface StreamMux {
  /** An AudioSpecificConfig. */
  readonly header: Uint8Array;
  readonly sampleRate: number;
  readonly nChannels: number;
  /** Frames in each element. */
  readonly nSubFrames: number;
}

/** Reads AudioMuxElements (1.7.3.1): frames of AAC with, now and then, what is needed to decode them. */
export class MuxReader {
  /** As it was said last; null before it was said. */
  mux: StreamMux | null = null;

  /** The element's frames; none before the stream was described; null for damage. */
  read(element: Uint8Array): Uint8Array[] | null {
    const bits = new BitReader(element);
    const isSame = bits.flag();
    if (!isSame) {
      const mux = readStreamMux(bits);
      if (mux === null || bits.isPastEnd) return null;
      this.mux = mux;
    }
    if (this.mux === null) return [];
    const frames: Uint8Array[] = [];
    for (let i = 0; i < this.mux.nSubFrames; i++) {
      const length = readLength(bits);
      if (8 * length > bits.leftBits) return null;
      frames.push(copyBytes(bits, length));
    }
    return frames;
  }
}

/** Null for what is not used: several programs or layers, other framings. */
function readStreamMux(bits: BitReader): StreamMux | null {
  const version = bits.uint(1);
  if (version === 1) {
    if (bits.flag()) return null; // a version of the future
    readValue(bits); // fullness of a buffer
  }
  const isSameTime = bits.flag();
  const nSubFrames = bits.uint(6) + 1;
  const nPrograms = bits.uint(4) + 1;
  const nLayers = bits.uint(3) + 1;
  if (!isSameTime || nPrograms > 1 || nLayers > 1) return null;
  const lengthBits = version === 1 ? readValue(bits) : null;
  const start = bits.position;
  const header = copyBytes(bits, Math.min(MAX_CONFIG_BYTES, Math.ceil((lengthBits ?? bits.leftBits) / 8)));
  const config = readAudioSpecificConfig(header);
  if (config === null) return null;
  bits.position = start + (lengthBits ?? config.lengthBits);
  const frameLengthType = bits.uint(3);
  if (frameLengthType !== 0) return null;
  bits.skip(8); // fullness of a buffer
  if (bits.flag()) skipOtherDataLength(bits, version);
  if (bits.flag()) bits.skip(8); // checksum
  return {
    header: header.subarray(0, Math.ceil((lengthBits ?? config.lengthBits) / 8)),
    sampleRate: config.sampleRate,
    nChannels: config.layout?.flatMap(({ speakers }) => speakers).length ?? 2,
    nSubFrames,
  };
}

/** LatmGetValue: 1 to 4 bytes. */
function readValue(bits: BitReader): number {
  let value = 0;
  for (let i = bits.uint(2); i >= 0; i--) value = value * 256 + bits.uint(8);
  return value;
}

function skipOtherDataLength(bits: BitReader, version: number): void {
  if (version === 1) {
    readValue(bits);
    return;
  }
  for (let goesOn = true; goesOn && !bits.isPastEnd; bits.skip(8)) goesOn = bits.flag();
}

/** PayloadLengthInfo: bytes are added up to the first that is not full. */
function readLength(bits: BitReader): number {
  let length = 0;
  let part: number;
  do {
    part = bits.uint(8);
    length += part;
  } while (part === 255);
  return length;
}

function copyBytes(bits: BitReader, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => bits.uint(8));
}
