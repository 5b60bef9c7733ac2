import { maskOfHeader } from "../../codec/flac-comment.js";
import { flacFrameHeader, flacStreamInfo } from "../../codec/flac-frame.js";
import { OPUS_POSITION_RATE, opusDuration, readOpusHead } from "../../codec/opus-packet.js";
import { parseSetup } from "../../codec/vorbis/setup.js";
import { VorbisClock, vorbisHeader, vorbisIdentification } from "../../codec/vorbis-header.js";
import type { Track } from "../../packet.js";
import { speakersOfMask } from "../../speaker-mask.js";

/** How a codec's packets are stored in a stream of an Ogg file. */
export interface OggMapping {
  /** Positions a second, as pages count them. */
  readonly positionRate: number;
  /** Sound to drop at the start, in positions. */
  readonly preSkip: number;
  /** null until all headers have come. */
  readonly track: Track | null;
  /** Takes a packet that is a header; false for one with sound. */
  takeHeader(packet: Uint8Array): boolean;
  /** The packet's sound, in positions; packets come in their order. */
  duration(packet: Uint8Array): number;
}

/** What the first page of a stream says it is. */
export type OggStreamKind =
  | { readonly kind: "audio"; readonly mapping: OggMapping }
  | { readonly kind: "foreign"; readonly codec: string }
  | { readonly kind: "video" | "other" };

/** Audio codecs not decoded here, by the marks of their first packets. */
const FOREIGN: Record<string, string> = {
  "Speex   ": "Speex",
  "CELT    ": "CELT",
  "PCM     ": "PCM in Ogg",
  fLaC: "FLAC",
};
const VIDEO = ["\x80theora", "BBCD\0", "\x01video", "\x4fVP80"];

/** @throws WhisperVulkanError `audio-corrupt` for an Opus header that is invalid */
export function oggStreamKind(first: Uint8Array, fileName: string): OggStreamKind {
  const isMarked = (mark: string) => startsWith(first, mark);
  const mapping = isMarked("OpusHead")
    ? opusMapping(first, fileName)
    : isMarked("\x01vorbis")
      ? vorbisMapping(first)
      : isMarked("\x7fFLAC")
        ? flacMapping(first)
        : null;
  if (mapping !== null) return { kind: "audio", mapping };
  const foreign = Object.keys(FOREIGN).find(isMarked);
  if (foreign !== undefined) return { kind: "foreign", codec: FOREIGN[foreign]! };
  return { kind: VIDEO.some(isMarked) ? "video" : "other" };
}

/** RFC 7845. */
function opusMapping(first: Uint8Array, fileName: string): OggMapping {
  const { preSkip, nChannels } = readOpusHead(first, fileName);
  return {
    positionRate: OPUS_POSITION_RATE,
    preSkip,
    track: { codec: "opus", header: first, sampleRate: OPUS_POSITION_RATE, nChannels, speakers: null },
    takeHeader: (packet) => startsWith(packet, "OpusTags") || startsWith(packet, "OpusHead"),
    duration: opusDuration,
  };
}

/** Vorbis I, A: three headers, of which the comments don't matter. */
function vorbisMapping(first: Uint8Array): OggMapping | null {
  const identification = vorbisIdentification(first);
  if (identification === null) return null;
  const { sampleRate, nChannels } = identification;
  let clock: VorbisClock | null = null;
  const mapping = {
    positionRate: sampleRate,
    preSkip: 0,
    track: null as Track | null,
    takeHeader: (packet: Uint8Array) => {
      if ((packet[0]! & 1) === 0) return false;
      const setup = startsWith(packet, "\x05vorbis") ? parseSetup(packet, nChannels) : null;
      if (setup === null || mapping.track !== null) return true;
      clock = new VorbisClock(identification, setup);
      const header = vorbisHeader(first, packet);
      mapping.track = { codec: "vorbis", header, sampleRate, nChannels, speakers: null };
      return true;
    },
    duration: (packet: Uint8Array) => clock?.duration(packet) ?? 0,
  };
  return mapping;
}

/** RFC 9639, 10.1: STREAMINFO in the first packet, other metadata blocks in the next ones. */
function flacMapping(first: Uint8Array): OggMapping | null {
  const header = first.subarray(9);
  const info = flacStreamInfo(header);
  if (info === null || info.sampleRate === 0) return null;
  const { sampleRate, nChannels } = info;
  const mapping = {
    positionRate: sampleRate,
    preSkip: 0,
    track: { codec: "flac", header, sampleRate, nChannels, speakers: null } as Track,
    takeHeader: (packet: Uint8Array) => {
      if (packet[0] === 0xff) return false;
      const speakers = speakersOfMask(maskOfHeader(packet), nChannels);
      if (speakers !== null) mapping.track = { ...mapping.track, speakers };
      return true;
    },
    duration: (packet: Uint8Array) => flacFrameHeader(packet, 0)?.blockSize ?? 0,
  };
  return mapping;
}

function startsWith(bytes: Uint8Array, mark: string): boolean {
  return [...mark].every((char, i) => bytes[i] === char.charCodeAt(0));
}
