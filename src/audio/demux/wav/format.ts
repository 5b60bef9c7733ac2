import { SAMPLE_BYTES } from "../../codec/pcm.js";
import { corrupt } from "../../corrupt.js";
import type { SampleFormat } from "../../packet.js";
import type { Speaker } from "../../pcm.js";
import { speakersOfMask } from "../../speaker-mask.js";
import { type ChunkStyle, viewOf } from "./chunks.js";

/** What the "fmt " chunk says. */
export interface WavFormat {
  /** WAVE's number of the codec; of an extensible format that of its sub-format. */
  readonly code: number;
  /** null: not plain samples. */
  readonly sampleFormat: SampleFormat | null;
  readonly nChannels: number;
  readonly sampleRate: number;
  readonly speakers: readonly Speaker[] | null;
  /** Bytes of one sample of each channel; of compressed sound an estimate from the bit rate, per sample. */
  readonly frameBytes: number;
}

const MAX_CHANNELS = 256;
const EXTENSIBLE = 0xfffe;
const [PCM, FLOAT, ALAW, MULAW] = [1, 3, 6, 7];

/** @throws WhisperVulkanError `audio-corrupt` */
export function readFormat(chunk: Uint8Array, style: ChunkStyle, fileName: string): WavFormat {
  const fmt = viewOf(chunk);
  const little = style !== "rifx";
  if (fmt.byteLength < 14) throw corrupt(fileName, "WAV header (format too short)");
  let code = fmt.getUint16(0, little);
  const nChannels = fmt.getUint16(2, little);
  const sampleRate = fmt.getUint32(4, little);
  const bytesPerSecond = fmt.getUint32(8, little);
  const align = fmt.getUint16(12, little);
  const bits = fmt.byteLength < 16 ? 0 : fmt.getUint16(14, little);
  const isExtensible = code === EXTENSIBLE && fmt.byteLength >= 26;
  if (isExtensible) code = fmt.getUint16(24, little); // its sub-format's first bytes
  if (nChannels === 0 || nChannels > MAX_CHANNELS) {
    throw corrupt(fileName, `WAV header (${nChannels} channels)`);
  }
  if (sampleRate === 0) throw corrupt(fileName, "WAV header (sample rate 0)");
  const sampleFormat = formatOf(code, sampleBytes(code, bits, align / nChannels), little);
  return {
    code,
    sampleFormat,
    nChannels,
    sampleRate,
    speakers: isExtensible ? speakersOfMask(fmt.getUint32(20, little), nChannels) : null,
    frameBytes: sampleFormat === null ? bytesPerSecond / sampleRate : SAMPLE_BYTES[sampleFormat] * nChannels,
  };
}

/**
 * Bytes a sample takes. Its bits and the bytes of a frame say so twice; the latter counts where samples are padded (20
 * bits in 3 bytes, 24 in 4) and where the bits are missing, and is ignored where it is invalid.
 */
function sampleBytes(code: number, bits: number, alignBytes: number): number {
  if (code === ALAW || code === MULAW) return 1;
  const fromBits = Math.ceil(bits / 8);
  const isSize = Number.isInteger(alignBytes) && alignBytes >= 1 && alignBytes <= 8;
  return isSize && alignBytes >= fromBits ? alignBytes : fromBits;
}

function formatOf(code: number, nBytes: number, little: boolean): SampleFormat | null {
  const order = little ? "le" : "be";
  const integers: Record<number, SampleFormat> = {
    1: "u8",
    2: `s16${order}`,
    3: `s24${order}`,
    4: `s32${order}`,
  };
  const floats: Record<number, SampleFormat> = { 4: `f32${order}`, 8: `f64${order}` };
  if (code === PCM) return integers[nBytes] ?? null;
  if (code === FLOAT) return floats[nBytes] ?? null;
  return code === ALAW ? "alaw" : code === MULAW ? "mulaw" : null;
}

/** Names for messages, by WAVE's number of the codec. */
const NAMES: Record<number, string> = {
  2: "ADPCM",
  17: "ADPCM",
  34: "TrueSpeech",
  49: "GSM 6.10",
  66: "G.723.1",
  69: "G.726",
  100: "G.726",
  255: "AAC",
  352: "WMA",
  353: "WMA",
  8192: "AC-3",
  8193: "DTS",
};

/** The codec's name in messages. */
export const codecName = (code: number): string => NAMES[code] ?? "compressed WAV";
