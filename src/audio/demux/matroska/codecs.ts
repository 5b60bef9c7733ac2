import { writeAudioSpecificConfig } from "../../codec/aac/index.js";
import type { CodecName, SampleFormat, Track } from "../../packet.js";
import { float, unsigned } from "./ebml.js";

/** Codecs whose CodecPrivate is their header as it is. */
const CODECS: Record<string, CodecName> = {
  A_OPUS: "opus",
  A_VORBIS: "vorbis",
  A_FLAC: "flac",
  A_ALAC: "alac",
  "A_MPEG/L3": "mp3",
};
const INTEGERS_LITTLE: Record<number, SampleFormat> = { 8: "u8", 16: "s16le", 24: "s24le", 32: "s32le" };
const INTEGERS_BIG: Record<number, SampleFormat> = { 8: "s8", 16: "s16be", 24: "s24be", 32: "s32be" };
const FLOATS: Record<number, SampleFormat> = { 32: "f32le", 64: "f64le" };
const PCM: Record<string, Record<number, SampleFormat>> = {
  "A_PCM/INT/LIT": INTEGERS_LITTLE,
  "A_PCM/INT/BIG": INTEGERS_BIG,
  "A_PCM/FLOAT/IEEE": FLOATS,
};
/** AAC's object types by the profile in ids such as "A_AAC/MPEG4/LC/SBR". */
const AAC_PROFILES: Record<string, number> = { MAIN: 1, LC: 2, SSR: 3, LTP: 4 };

/**
 * A track by Matroska's name for its codec, its CodecPrivate and the content of its Audio element; null for what is
 * not read here.
 */
export function codecOf(id: string, header: Uint8Array, settings: Map<number, Uint8Array>): Track | null {
  const track = {
    header,
    sampleRate: float(settings.get(0xb5)) ?? 8000, // Matroska's defaults; HE-AAC's rate is that of its core
    nChannels: unsigned(settings.get(0x9f)) ?? 1,
    speakers: null,
  };
  const codec = CODECS[id];
  if (codec !== undefined) return { ...track, codec };
  if (id === "A_AAC" || id.startsWith("A_AAC/")) return aac(id, track);
  if (id === "A_MS/ACM") return waveFormat(header, track);
  const sampleFormat = PCM[id]?.[unsigned(settings.get(0x6264)) ?? 16];
  return sampleFormat === undefined
    ? null
    : { ...track, codec: "pcm", header: new Uint8Array(0), sampleFormat };
}

/** Old files have the profile in the codec's name and no header. */
function aac(id: string, track: Omit<Track, "codec">): Track {
  const profile = AAC_PROFILES[id.split("/")[2] ?? ""] ?? AAC_PROFILES.LC!;
  const { header, sampleRate, nChannels } = track;
  if (header.length >= 2) return { ...track, codec: "aac" };
  return { ...track, codec: "aac", header: writeAudioSpecificConfig(profile, sampleRate, nChannels) };
}

/** CodecPrivate as Windows describes sound: WAVEFORMATEX, perhaps extensible. */
function waveFormat(header: Uint8Array, track: Omit<Track, "codec">): Track | null {
  if (header.length < 16) return null;
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const isExtensible = view.getUint16(0, true) === 0xfffe && header.length >= 40;
  const tag = view.getUint16(isExtensible ? 24 : 0, true);
  const bits = view.getUint16(14, true);
  const described = { ...track, nChannels: view.getUint16(2, true), sampleRate: view.getUint32(4, true) };
  if (tag === 0x55) return { ...described, codec: "mp3", header: new Uint8Array(0) };
  if (tag === 0xff && header.length >= 20) return { ...described, codec: "aac", header: header.subarray(18) };
  const sampleFormat = tag === 1 ? INTEGERS_LITTLE[bits] : tag === 3 ? FLOATS[bits] : G711[tag];
  return sampleFormat === undefined
    ? null
    : { ...described, codec: "pcm", header: new Uint8Array(0), sampleFormat };
}

const G711: Record<number, SampleFormat> = { 6: "alaw", 7: "mulaw" };
