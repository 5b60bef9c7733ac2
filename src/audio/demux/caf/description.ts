import { SAMPLE_BYTES } from "../../codec/pcm.js";
import type { SampleFormat, Track } from "../../packet.js";
import { type ElementaryStream, elementaryStream } from "../elementary-stream.js";

/** A CAF file's `desc` chunk. */
export interface Description {
  readonly sampleRate: number;
  /** Four letters: "lpcm". */
  readonly format: string;
  readonly flags: number;
  /** 0: each packet has its own, and the packet table says it. */
  readonly bytesPerPacket: number;
  readonly framesPerPacket: number;
  readonly nChannels: number;
  readonly bits: number;
}

/** Null where it is invalid. */
export function readDescription(bytes: Uint8Array): Description | null {
  if (bytes.length < 32) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const description = {
    sampleRate: view.getFloat64(0),
    format: String.fromCharCode(...bytes.subarray(8, 12)),
    flags: view.getUint32(12),
    bytesPerPacket: view.getUint32(16),
    framesPerPacket: view.getUint32(20),
    nChannels: view.getUint32(24),
    bits: view.getUint32(28),
  };
  return description.sampleRate > 0 && description.nChannels > 0 ? description : null;
}

const [FLOAT, LITTLE_ENDIAN] = [1, 2];
const INTEGERS: Record<number, SampleFormat> = { 8: "s8", 16: "s16be", 24: "s24be", 32: "s32be" };
const INTEGERS_LITTLE: Record<number, SampleFormat> = { 8: "s8", 16: "s16le", 24: "s24le", 32: "s32le" };
const NAMES: Record<string, string> = {
  ima4: "ADPCM",
  "ac-3": "AC-3",
  "ec-3": "E-AC-3",
  ilbc: "iLBC",
  samr: "AMR",
};

/** The track to decode, null for a codec that is not decoded here; `frameBytes` is 0 for what is no PCM. */
export function trackOf(description: Description, cookie: Uint8Array) {
  const { sampleRate, nChannels, format } = description;
  const track = { sampleRate, nChannels, speakers: null };
  const sampleFormat = pcmFormat(description);
  if (sampleFormat !== null) {
    const pcm: Track = { ...track, codec: "pcm", header: new Uint8Array(0), sampleFormat };
    return { track: pcm, codecName: "PCM", frameBytes: SAMPLE_BYTES[sampleFormat] * nChannels };
  }
  const { codec, header, name } = codecOf(format, cookie, nChannels);
  const packed: Track | null = codec && { ...track, codec, header };
  return { track: packed, codecName: name, frameBytes: 0 };
}

function pcmFormat({ format, flags, bits, bytesPerPacket, nChannels }: Description): SampleFormat | null {
  if (format === "alaw") return "alaw";
  if (format === "ulaw") return "mulaw";
  if (format !== "lpcm") return null;
  const isLittle = (flags & LITTLE_ENDIAN) !== 0;
  if (flags & FLOAT) return bits === 64 ? (isLittle ? "f64le" : "f64be") : isLittle ? "f32le" : "f32be";
  // 20 bits are stored in 3 bytes, or in 4.
  const stored = bytesPerPacket > 0 ? (8 * bytesPerPacket) / nChannels : 8 * Math.ceil(bits / 8);
  return (isLittle ? INTEGERS_LITTLE : INTEGERS)[stored] ?? null;
}

function codecOf(format: string, cookie: Uint8Array, nChannels: number): ElementaryStream {
  const none = new Uint8Array(0);
  switch (format) {
    case "alac":
      return { codec: "alac", header: cookie, name: "ALAC" };
    case "aac ": {
      const stream = elementaryStream(cookie);
      return stream ?? { codec: null, header: none, name: "AAC" };
    }
    case "flac":
      return { codec: "flac", header: cookie, name: "FLAC" };
    case "opus":
      if (nChannels > 2) return { codec: null, header: none, name: "Opus" };
      return { codec: "opus", header: opusHead(nChannels), name: "Opus" };
    case ".mp3":
    case ".mp2":
    case ".mp1":
      return { codec: "mp3", header: none, name: "MP3" };
    default:
      return {
        codec: null,
        header: none,
        name: NAMES[format] ?? `codec "${format.replace(/[^\x20-\x7e]/g, "?").trim()}"`,
      };
  }
}

/** The packet table has Opus' delay, so nothing is left to say (RFC 7845, 5.1). */
function opusHead(nChannels: number): Uint8Array {
  return new Uint8Array([...Buffer.from("OpusHead"), 1, nChannels, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, 0]);
}
