import type { ByteSource } from "../input/index.js";
import { corrupt } from "./decoder.js";
import { SAMPLE_BYTES, type SampleFormat } from "./sample-format.js";

/** Where the samples of a WAV file lie and how to read them. */
export interface WavHeader {
  /** null: a codec inside WAV that is not plain samples (ADPCM, GSM, MP3 ...). */
  readonly format: SampleFormat | null;
  readonly nChannels: number;
  readonly sampleRate: number;
  readonly dataOffset: number;
  /** Bytes that the header promises, null when a streaming writer left the size open. */
  readonly declaredBytes: number | null;
  /** Bytes that are there, whole frames only. */
  readonly dataBytes: number;
}

const MAX_CHANNELS = 256;
const OPEN_SIZE = 0xffffffff;

/**
 * Reads the header of a RIFF, RF64 or BW64 WAVE file.
 *
 * @throws WhisperVulkanError `audio-corrupt`
 */
export async function readWavHeader(source: ByteSource): Promise<WavHeader> {
  let format: Format | null = null;
  let longDataBytes: number | null = null;
  // Chunk sizes are at least 8 bytes apart, so this ends; the bound keeps absurd files from taking minutes.
  for (let at = 12, nChunks = 0; nChunks < 10_000; nChunks++) {
    const chunk = view(await source.read(at, 8));
    if (chunk.byteLength < 8) break;
    const id = tag(chunk, 0);
    const sizeBytes = chunk.getUint32(4, true);
    const body = at + 8;
    if (id === "ds64") {
      const sizes = view(await source.read(body, 24));
      if (sizes.byteLength === 24) longDataBytes = Number(sizes.getBigUint64(8, true));
    } else if (id === "fmt ") {
      format = readFormat(view(await source.read(body, Math.min(sizeBytes, 40))), source.name);
    } else if (id === "data") {
      if (format === null) throw corrupt(source.name, "WAV header (samples come before their format)");
      const declared = sizeBytes === OPEN_SIZE ? longDataBytes : sizeBytes;
      return await withData(source, format, body, declared);
    }
    at = body + sizeBytes + (sizeBytes & 1);
  }
  throw corrupt(source.name, format === null ? "WAV header (no format)" : "WAV file (no samples in it)");
}

interface Format {
  readonly sample: SampleFormat | null;
  readonly nChannels: number;
  readonly sampleRate: number;
}

async function withData(source: ByteSource, format: Format, dataOffset: number, declared: number | null) {
  const available = Math.max(0, source.sizeBytes - dataOffset);
  const open = declared === null || (declared === 0 && !(await chunkFollows(source, dataOffset)));
  const frameBytes = (format.sample === null ? 1 : SAMPLE_BYTES[format.sample]) * format.nChannels;
  const bytes = open ? available : Math.min(declared, available);
  return {
    format: format.sample,
    nChannels: format.nChannels,
    sampleRate: format.sampleRate,
    dataOffset,
    declaredBytes: open ? null : declared,
    dataBytes: bytes - (bytes % frameBytes),
  };
}

/** A data size of 0 means "unknown" unless the file goes on with another chunk that ends within it. */
async function chunkFollows(source: ByteSource, at: number): Promise<boolean> {
  const next = view(await source.read(at, 8));
  if (next.byteLength === 0) return true; // nothing at all follows: really empty
  if (next.byteLength < 8 || !/^[\x20-\x7e]{4}$/.test(tag(next, 0))) return false;
  return at + 8 + next.getUint32(4, true) <= source.sizeBytes;
}

function readFormat(fmt: DataView, name: string): Format {
  if (fmt.byteLength < 16) throw corrupt(name, "WAV header (format too short)");
  let code = fmt.getUint16(0, true);
  const nChannels = fmt.getUint16(2, true);
  const sampleRate = fmt.getUint32(4, true);
  const frameBytes = fmt.getUint16(12, true);
  const bits = fmt.getUint16(14, true);
  const EXTENSIBLE = 0xfffe;
  if (code === EXTENSIBLE && fmt.byteLength >= 26) code = fmt.getUint16(24, true); // its sub-format's first bytes
  if (nChannels === 0 || nChannels > MAX_CHANNELS) throw corrupt(name, `WAV header (${nChannels} channels)`);
  if (sampleRate === 0) throw corrupt(name, "WAV header (sample rate 0)");
  const sample = sampleFormat(code, Math.ceil(bits / 8));
  if (sample !== null && frameBytes !== SAMPLE_BYTES[sample] * nChannels) {
    throw corrupt(name, `WAV header (${frameBytes} bytes a frame, ${bits} bits x ${nChannels} channels)`);
  }
  return { sample, nChannels, sampleRate };
}

/** Sample formats by WAVE format code: 1 integer, 3 float, 6 A-law, 7 mu-law. */
function sampleFormat(code: number, sampleBytes: number): SampleFormat | null {
  const integers: Record<number, SampleFormat> = { 1: "u8", 2: "s16", 3: "s24", 4: "s32" };
  const floats: Record<number, SampleFormat> = { 4: "f32", 8: "f64" };
  if (code === 1) return integers[sampleBytes] ?? null;
  if (code === 3) return floats[sampleBytes] ?? null;
  if (sampleBytes !== 1) return null;
  return code === 6 ? "alaw" : code === 7 ? "mulaw" : null;
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function tag(bytes: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((i) => bytes.getUint8(at + i)));
}
