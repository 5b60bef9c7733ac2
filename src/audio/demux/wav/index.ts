import { WhisperVulkanError } from "../../../errors.js";
import { corrupt } from "../../corrupt.js";
import type { ByteSource } from "../../input/byte-source.js";
import type { Packet, Track } from "../../packet.js";
import { ByteWindow } from "../byte-window.js";
import type { DamageReport } from "../damage-report.js";
import type { Container, Demuxer, ForeignAudio } from "../demuxer.js";

import { openMp3 } from "../mp3/index.js";
import { skipTags } from "../tags.js";
import {
  behindChunk,
  type ChunkStyle,
  isChunk,
  readChunk,
  viewOf,
  waveHeadBytes,
  waveStyle,
} from "./chunks.js";
import { codecName, readFormat, type WavFormat } from "./format.js";

/** WAV: RIFF, RF64, BW64, RIFX and Sony Wave64. */
export const wav: Container = {
  name: "WAV",
  extensions: ["wav", "wave", "bwf", "rf64", "w64"],
  recognise: (head) => (waveStyle(head) === null ? null : 0),
  open,
};

/** Samples a packet holds. */
const PACKET_FRAMES = 8192;

/** A "data" chunk with the format it comes in. */
interface Part {
  readonly style: ChunkStyle;
  readonly format: WavFormat;
  /** Offset of the sound in the file. */
  readonly offset: number;
  /** As the header says, null where it says nothing. */
  readonly sizeBytes: number | null;
}

const [MPEG, MP3] = [0x50, 0x55];

async function open(
  source: ByteSource,
  start: number,
  damage: DamageReport,
): Promise<Demuxer | ForeignAudio> {
  const first = await nextPart(source, start, null);
  if (first === null) throw corrupt(source.name, "WAV file (no samples in it)");
  const { format, offset, sizeBytes } = first;
  const soundBytes = sizeBytes ?? leftBytes(source, offset);
  const durationSeconds = soundBytes === null ? null : soundBytes / format.frameBytes / format.sampleRate;
  if (format.code === MPEG || format.code === MP3) {
    return openMp3(source, offset, damage, sizeBytes === null ? undefined : offset + sizeBytes);
  }
  if (format.sampleFormat === null) return { codec: codecName(format.code), durationSeconds };
  return { durationSeconds, packets: () => packets(source, first, damage) };
}

async function* packets(source: ByteSource, first: Part, damage: DamageReport): AsyncGenerator<Packet> {
  for (let part: Part | null = first; part !== null; ) {
    const end: number | null = yield* packetsOf(source, part, damage);
    // More sound after it: another "data" chunk, or another file.
    try {
      part = end === null ? null : await nextPart(source, end, part);
    } catch (error) {
      if (!(error instanceof WhisperVulkanError) || error.code !== "audio-corrupt") throw error;
      part = null;
      damage.nDamaged += 1;
    }
    if (part?.format.sampleFormat === null) return;
  }
}

/** The sound of one part; returns where the chunk after it begins, null when the file ends with it. */
async function* packetsOf(source: ByteSource, part: Part, damage: DamageReport) {
  const { format, style, offset, sizeBytes } = part;
  const { sampleFormat, sampleRate, nChannels, speakers, frameBytes } = format;
  const track: Track = {
    codec: "pcm",
    header: new Uint8Array(0),
    sampleRate,
    nChannels,
    speakers,
    sampleFormat: sampleFormat!,
  };
  let at = offset;
  async function* until(end: number): AsyncGenerator<Packet> {
    while (at < end) {
      const nBytes = Math.min(PACKET_FRAMES * frameBytes, end - at);
      const data = await source.read(at, nBytes);
      if (data.length >= frameBytes) yield { track, data, startSeconds: null };
      at += data.length;
      source.release(at);
      if (data.length < nBytes) return;
    }
  }
  if (sizeBytes === null) {
    yield* until(Number.POSITIVE_INFINITY);
    return null;
  }
  const wholeBytes = sizeBytes - (sizeBytes % frameBytes);
  yield* until(offset + wholeBytes);
  if (at < offset + wholeBytes) {
    damage.isCutOff = true;
    return null;
  }
  // After the size that the header gives: a chunk, a tag, padding, or sound that it does not count.
  const end = await behindChunk(source, style, { id: "data", body: offset, sizeBytes });
  const window = new ByteWindow(source, end);
  await skipTags(window);
  if (!(await window.ensure(40))) return null;
  const isPart = isChunk(window.bytes, style, window.at, leftBytes(source, window.offset));
  if (isPart || waveStyle(window.bytes, window.at) !== null) return window.offset;
  const skipped = Math.ceil((window.offset - at) / frameBytes) * frameBytes; // zeros: silence
  if (skipped > 0) yield { track, data: new Uint8Array(skipped), startSeconds: null };
  at += skipped;
  yield* until(Number.POSITIVE_INFINITY);
  return null;
}

const MAX_CHUNKS = 10_000;

/**
 * Looks for the first "data" chunk from `at` on; `before` gives style and format where no other file begins there.
 *
 * @throws WhisperVulkanError `audio-corrupt`, where there is none before it
 */
async function nextPart(source: ByteSource, at: number, before: Part | null): Promise<Part | null> {
  let style = before?.style ?? "riff";
  let format = before?.format ?? null;
  let longBytes: number | null = null; // from RF64's "ds64"
  for (let nChunks = 0; nChunks < MAX_CHUNKS; nChunks++) {
    const begun = waveStyle(await source.read(at, 40));
    if (begun !== null) {
      style = begun;
      at += waveHeadBytes(style);
    }
    source.release(at);
    const chunk = await readChunk(source, style, at);
    if (chunk === null) break;
    if (chunk.id === "ds64") {
      const sizes = await source.read(chunk.body, 16);
      if (sizes.length === 16) longBytes = Number(viewOf(sizes).getBigUint64(8, true));
    } else if (chunk.id === "fmt ") {
      format = readFormat(await source.read(chunk.body, Math.min(chunk.sizeBytes, 40)), style, source.name);
    } else if (chunk.id === "data") {
      if (format === null) throw corrupt(source.name, "WAV header (samples come before their format)");
      const says = chunk.sizeBytes === 0xffffffff ? (longBytes ?? chunk.sizeBytes) : chunk.sizeBytes;
      const isKnown = await isSizeKnown(source, style, chunk.body, says);
      return { style, format, offset: chunk.body, sizeBytes: isKnown ? says : null };
    }
    at = await behindChunk(source, style, chunk);
  }
  if (before !== null || format !== null) return null;
  throw corrupt(source.name, "WAV header (no format)");
}

/**
 * Writers that cannot go back leave sizes that mean "not known": 0 unless the file goes on with another chunk, or
 * somewhat below 2 GiB or 4 GiB, the largest they could write, where the file is shorter.
 */
async function isSizeKnown(
  source: ByteSource,
  style: ChunkStyle,
  body: number,
  says: number,
): Promise<boolean> {
  if (says === 0) {
    const next = await source.read(body, 40);
    return next.length === 0 || isChunk(next, style, 0, leftBytes(source, body));
  }
  const LIMITS = [2 ** 31, 2 ** 32];
  const isLimit = LIMITS.some((limit) => says >= limit - 65536 && says <= limit + 4096) || says >= 2 ** 53;
  return !isLimit || (source.sizeBytes !== null && says <= source.sizeBytes - body);
}

const leftBytes = (source: ByteSource, at: number) =>
  source.sizeBytes === null ? null : source.sizeBytes - at;
