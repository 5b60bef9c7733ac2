import type { ByteSource } from "../input/byte-source.js";
import {
  type AdtsHeader,
  blocksOf,
  chainOfFrames,
  HEADER_BYTES,
  MAX_FRAME_BYTES,
  readAdtsHeader,
} from "./adts-header.js";
import { audioSpecificConfig } from "./audio-specific-config.js";
import type { DamageReport } from "./damage-report.js";
import type { Container, Packet, Track } from "./demuxer.js";
import { ReadAhead } from "./read-ahead.js";

/** Frames in a row that prove the format: at the start of the file, and behind other bytes. */
const PROOF_AT_START = 3;
const PROOF_BEHIND_JUNK = 5;
/** Bytes looked through at once for the next frame. */
const SEARCH_BYTES = 65536;
/** Samples of a frame; of 960 nothing is known here. */
const FRAME_LENGTH = 1024;

/** How the tags begin that stand behind or between frames: ID3v1, ID3v2, APE, Lyrics3. */
const TAGS = ["TAG", "ID3", "3DI", "APETAGEX", "LYRICSBEGIN"];

/** AAC as it is broadcast and streamed: frames with headers, nothing else ("ADTS", files named .aac). */
export const adts: Container = {
  name: "ADTS (AAC)",
  extensions: ["aac", "adts"],

  recognise(head, isWhole) {
    for (let at = head.indexOf(0xff); at >= 0; at = head.indexOf(0xff, at + 1)) {
      const proof = at === 0 ? PROOF_AT_START : PROOF_BEHIND_JUNK;
      const { nFrames, end } = chainOfFrames(head, at, proof);
      if (nFrames >= proof) return at;
      // Short recordings: to the end exactly, or cut off behind at least one whole frame.
      if (isWhole && at === 0 && nFrames > 0 && (end === head.length || nFrames > 1)) return at;
    }
    return null;
  },

  async open(source, start, damage) {
    const head = await source.read(start, SEARCH_BYTES);
    return {
      durationSeconds: guessDuration(head, start, source.sizeBytes),
      packets: () => readPackets(source, start, damage),
    };
  },
};

/** As if all frames were as long as those at the start. */
function guessDuration(head: Uint8Array, start: number, sizeBytes: number | null): number | null {
  const header = readAdtsHeader(head, 0);
  if (header === null || sizeBytes === null) return null;
  const { nFrames, end } = chainOfFrames(head, 0, Number.POSITIVE_INFINITY);
  const samples = nFrames * header.nBlocks * FRAME_LENGTH;
  return (samples / header.sampleRate) * ((sizeBytes - start) / end);
}

async function* readPackets(source: ByteSource, start: number, damage: DamageReport): AsyncGenerator<Packet> {
  const bytes = new ReadAhead(source);
  let track: Track | null = null;
  let fixedPart = -1;
  for (let at: number | null = start; at !== null; ) {
    bytes.release(at);
    const header = readAdtsHeader(await bytes.bytes(at, HEADER_BYTES), 0);
    if (header === null) {
      at = await passJunk(bytes, at, damage);
      continue;
    }
    const end: number = at + header.frameBytes;
    const frame = await bytes.bytes(at, header.frameBytes);
    if (frame.length < header.frameBytes) {
      at = await findFrame(bytes, at + HEADER_BYTES);
      if (at === null) damage.isCutOff = true;
      else damage.nDamaged++;
      continue;
    }
    if (track === null || header.fixedPart !== fixedPart) {
      if (track !== null && !(await isFrame(bytes, at))) {
        at = await passJunk(bytes, at, damage);
        continue;
      }
      fixedPart = header.fixedPart;
      track = trackOf(header);
    }
    // A damaged size shows in what stands behind the frame.
    const next = await bytes.bytes(end, HEADER_BYTES);
    const isFollowed =
      next.length < HEADER_BYTES || readAdtsHeader(next, 0) !== null || isTag(next) || isZero(next);
    const found: number | null = isFollowed ? end : await findFrame(bytes, at + HEADER_BYTES);
    if (!isFollowed) damage.nDamaged++;
    const whole = found !== null && found < end ? frame.subarray(0, found - at) : frame;
    for (const data of blocksOf(whole, header)) yield { track, data, startSeconds: null };
    at = found;
  }
}

/** Goes to the next frame; what stands between is damage, unless it is a tag or zeros. Null: there is none. */
async function passJunk(bytes: ReadAhead, at: number, damage: DamageReport): Promise<number | null> {
  const junk = await bytes.bytes(at, 16);
  if (isTag(junk) || isZero(junk)) return findFrame(bytes, at + 1);
  const found = await findFrame(bytes, at + 1);
  if (found === null && junk.length < HEADER_BYTES) damage.isCutOff = true;
  else damage.nDamaged++;
  return found;
}

/** Where from `from` on a frame begins that is followed by another one, or by the end; null: nowhere. */
async function findFrame(bytes: ReadAhead, from: number): Promise<number | null> {
  for (let start = from; ; start += SEARCH_BYTES) {
    bytes.release(start);
    const chunk = await bytes.bytes(start, SEARCH_BYTES + MAX_FRAME_BYTES + HEADER_BYTES);
    const isLast = chunk.length < SEARCH_BYTES + MAX_FRAME_BYTES + HEADER_BYTES;
    for (let at = chunk.indexOf(0xff); at >= 0 && at < SEARCH_BYTES; at = chunk.indexOf(0xff, at + 1)) {
      const { nFrames, end } = chainOfFrames(chunk, at, 2);
      if (nFrames === 2 || (nFrames === 1 && isLast && end === chunk.length)) return start + at;
    }
    if (isLast) return null;
  }
}

async function isFrame(bytes: ReadAhead, at: number): Promise<boolean> {
  const chunk = await bytes.bytes(at, MAX_FRAME_BYTES + HEADER_BYTES);
  const { nFrames, end } = chainOfFrames(chunk, 0, 2);
  return nFrames === 2 || end === chunk.length;
}

function trackOf({ objectType, sampleRate, channelConfiguration }: AdtsHeader): Track {
  const nChannels = channelConfiguration === 7 ? 8 : channelConfiguration;
  const header = audioSpecificConfig(objectType, sampleRate, nChannels);
  return { codec: "aac", header, sampleRate, nChannels: nChannels || 2, speakers: null };
}

function isTag(bytes: Uint8Array): boolean {
  return TAGS.some((tag) => {
    const length = Math.min(tag.length, bytes.length);
    return length >= 3 && [...tag.slice(0, length)].every((letter, i) => letter.charCodeAt(0) === bytes[i]);
  });
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}
