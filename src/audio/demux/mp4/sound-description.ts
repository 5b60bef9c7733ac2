import { writeAudioSpecificConfig } from "../../codec/aac/index.js";
import { SAMPLE_BYTES } from "../../codec/pcm.js";
import type { CodecName, Track } from "../../packet.js";
import { coreAudioSpeakers } from "../core-audio-layout.js";
import { type ElementaryStream, elementaryStream } from "../elementary-stream.js";
import { boxes, find, viewOf } from "./boxes.js";
import { pcmFormat } from "./pcm-format.js";

/** A sound description: a track to decode, or the name of a codec that is not decoded here. */
export interface SoundDescription {
  readonly track: Track | null;
  readonly codecName: string;
  /** Bytes of one sample of all channels of PCM; 0 for other codecs. */
  readonly frameBytes: number;
}

const NAMES: Record<string, string> = {
  "ac-3": "AC-3",
  "ec-3": "E-AC-3",
  "ac-4": "AC-4",
  samr: "AMR",
  sawb: "AMR-WB",
  dtsc: "DTS",
  dtsh: "DTS",
  dtse: "DTS",
  ima4: "ADPCM",
  "ms\0\x11": "ADPCM",
  QDM2: "QDesign",
  QDMC: "QDesign",
  enca: "encrypted sound",
  mha1: "MPEG-H",
  mhm1: "MPEG-H",
};

/** Reads the content of an `stsd` box. `mediaRate`: ticks per second of the track, where it says no rate. */
export function soundDescriptions(stsd: Uint8Array, mediaRate: number): SoundDescription[] {
  if (stsd.length < 8) return [];
  const version = viewOf(stsd).getUint32(0) >>> 24;
  return [...boxes(stsd.subarray(8))].map(({ type, body }) => description(type, body, version, mediaRate));
}

function description(
  type: string,
  body: Uint8Array,
  listVersion: number,
  mediaRate: number,
): SoundDescription {
  const fields = readFields(body, listVersion);
  if (fields === null) return { track: null, codecName: nameOf(type), frameBytes: 0 };
  const { children, bits, flags } = fields;
  const sampleRate = fields.sampleRate > 0 ? fields.sampleRate : mediaRate;
  const layout = find(children, "chan") ?? find(children, "wave", "chan");
  const track = {
    sampleRate,
    nChannels: fields.nChannels,
    speakers: layout && coreAudioSpeakers(layout.subarray(4), fields.nChannels),
  };
  const sampleFormat = pcmFormat({ type, bits, flags, children });
  if (sampleFormat !== null) {
    return {
      track: { ...track, codec: "pcm", header: new Uint8Array(0), sampleFormat },
      codecName: "PCM",
      frameBytes: SAMPLE_BYTES[sampleFormat] * track.nChannels,
    };
  }
  const { codec, header, name } = codecOf(type, children, track);
  return { track: codec && { ...track, codec, header }, codecName: name, frameBytes: 0 };
}

/** ISO's fields, and those that QuickTime's versions 1 and 2 put after them. */
function readFields(body: Uint8Array, listVersion: number) {
  if (body.length < 28) return null;
  const view = viewOf(body);
  const version = view.getUint16(8);
  if (version === 2 && body.length >= 64)
    return {
      sampleRate: view.getFloat64(32),
      nChannels: view.getUint32(40),
      bits: view.getUint32(48),
      flags: view.getUint32(52),
      children: body.subarray(Math.max(64, view.getUint32(28) - 8)),
    };
  // In ISO files a list of version 1 has descriptions of version 1 that are no longer than others.
  const start = version === 1 && listVersion === 0 ? 44 : 28;
  return {
    sampleRate: sampleRateOf(body, body.subarray(start)),
    nChannels: view.getUint16(16),
    bits: view.getUint16(18),
    flags: 0,
    children: body.subarray(start),
  };
}

/** 16 bits of whole numbers; higher rates have a box of their own. */
function sampleRateOf(body: Uint8Array, children: Uint8Array): number {
  const box = find(children, "srat");
  if (box !== null && box.length >= 8) return viewOf(box).getUint32(4);
  return viewOf(body).getUint32(24) / 65536;
}

/** The codec, its header as `codec/` wants it, and its name for users. */
function codecOf(
  type: string,
  children: Uint8Array,
  { sampleRate, nChannels }: { sampleRate: number; nChannels: number },
): ElementaryStream {
  const none = new Uint8Array(0);
  switch (type) {
    case "mp4a": {
      const esds = find(children, "esds") ?? find(children, "wave", "esds");
      const stream = esds && elementaryStream(esds.subarray(4));
      if (stream !== null && (stream.codec !== "aac" || stream.header.length >= 2)) return stream;
      return { codec: "aac", header: writeAudioSpecificConfig(2, sampleRate, nChannels), name: "AAC" };
    }
    case ".mp3":
    case "ms\0U":
      return { codec: "mp3", header: none, name: "MP3" };
    case "alac":
      return described("alac", "ALAC", find(children, "wave", "alac") ?? find(children, "alac"), alacConfig);
    case "Opus":
      return described("opus", "Opus", find(children, "dOps"), opusHead);
    case "fLaC":
      return described("flac", "FLAC", find(children, "dfLa"), flacHead);
    default:
      return { codec: null, header: none, name: nameOf(type) };
  }
}

/** A codec that cannot do without its box. */
function described(
  codec: CodecName,
  name: string,
  box: Uint8Array | null,
  headerOf: (box: Uint8Array) => Uint8Array,
): ElementaryStream {
  return box === null
    ? { codec: null, header: new Uint8Array(0), name }
    : { codec, header: headerOf(box), name };
}

/** The box without its version and flags. */
function alacConfig(box: Uint8Array): Uint8Array {
  return box.subarray(4);
}

/** Its metadata blocks, after FLAC's mark, as in a FLAC file. */
function flacHead(box: Uint8Array): Uint8Array {
  return new Uint8Array(Buffer.concat([Buffer.from("fLaC"), box.subarray(4)]));
}

/** The same fields as in Ogg (RFC 7845, 5.1), whose numbers are little-endian and whose version is 1. */
function opusHead(box: Uint8Array): Uint8Array {
  const head = Buffer.concat([Buffer.from("OpusHead"), box]);
  head[8] = 1;
  if (box.length >= 11) {
    head.subarray(10, 12).swap16();
    head.subarray(12, 16).swap32();
    head.subarray(16, 18).swap16();
  }
  return new Uint8Array(head);
}

function nameOf(type: string): string {
  return NAMES[type] ?? `codec "${type.replace(/[^\x20-\x7e]/g, "?").trim()}"`;
}
