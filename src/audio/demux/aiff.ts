import { SAMPLE_BYTES } from "../codec/pcm.js";
import { corrupt } from "../corrupt.js";
import type { ByteSource } from "../input/byte-source.js";
import type { Packet, SampleFormat, Track } from "../packet.js";
import type { DamageReport } from "./damage-report.js";
import type { Container, Demuxer, ForeignAudio } from "./demuxer.js";
import { noTrack } from "./no-track.js";
import { pcmPackets } from "./pcm-packets.js";
import { isTag, LOOK_BYTES } from "./tags.js";

export const aiff: Container = {
  name: "AIFF",
  extensions: ["aiff", "aif", "aifc"],
  recognise: (head) => (letters(head, 0) === "FORM" && /^AIF[FC]$/.test(letters(head, 8)) ? 0 : null),
  open,
};

/** Chunks before the sound; more of them are damage. */
const MAX_CHUNKS = 10_000;
/** Names of chunks that may follow the sound. */
const CHUNK_NAME = /^[A-Za-z0-9(][\x20-\x7e]{3}$/;

async function open(
  source: ByteSource,
  start: number,
  damage: DamageReport,
): Promise<Demuxer | ForeignAudio> {
  let description: Description | null = null;
  let sound: { start: number; sizeBytes: number } | null = null;
  let at = start + 12;
  for (let n = 0; n < MAX_CHUNKS && (description === null || sound === null); n++) {
    const head = await source.read(at, 16);
    if (head.length < 8) break;
    const [name, sizeBytes] = [letters(head, 0), viewOf(head).getUint32(4)];
    if (name === "COMM") description = readDescription(await source.read(at + 8, Math.min(sizeBytes, 64)));
    if (name === "SSND") {
      // 4 bytes of offset to the first sample, 4 of an unused block size
      const offset = head.length >= 12 ? viewOf(head).getUint32(8) : 0;
      sound = { start: at + 16 + offset, sizeBytes: sizeBytes - 8 - offset };
      if (description === null && !source.isReplayable) await source.whole(); // its description comes after it
    }
    at += 8 + sizeBytes + (sizeBytes & 1);
  }
  if (description === null)
    throw corrupt(source.name, "AIFF header (it does not say how the sound is stored)");
  const { track, codecName, frameBytes } = description;
  if (sound === null) throw noTrack(source.name);
  if (track === null) return { codec: codecName, durationSeconds: null };
  const end = isKnown(sound.sizeBytes) ? sound.start + sound.sizeBytes : Number.POSITIVE_INFINITY;
  const lastByte = Math.min(end, source.sizeBytes ?? end);
  return {
    durationSeconds:
      lastByte === Number.POSITIVE_INFINITY ? null : (lastByte - sound.start) / frameBytes / track.sampleRate,
    packets: () => packets(source, track, frameBytes, sound.start, end, damage),
  };
}

/** A writer that cannot go back leaves a size that means "not known". */
function isKnown(sizeBytes: number): boolean {
  return sizeBytes > 0 && sizeBytes < 0x7fffff00;
}

/** The sound as its chunk says; then more of it, where what follows is neither a chunk, a tag nor padding. */
async function* packets(
  source: ByteSource,
  track: Track,
  frameBytes: number,
  start: number,
  end: number,
  damage: DamageReport,
): AsyncGenerator<Packet> {
  yield* pcmPackets(source, track, frameBytes, start, end, damage);
  if (end === Number.POSITIVE_INFINITY || damage.isCutOff || (await isOver(source, end))) return;
  const whole = end - ((end - start) % frameBytes);
  yield* pcmPackets(source, track, frameBytes, whole, Number.POSITIVE_INFINITY, damage);
}

async function isOver(source: ByteSource, end: number): Promise<boolean> {
  for (const pad of [end & 1, 0]) {
    const next = await source.read(end + pad, LOOK_BYTES);
    if (
      next.length < 8 ||
      isTag(next, 0) ||
      CHUNK_NAME.test(letters(next, 0)) ||
      next.subarray(0, 8).every((byte) => byte === 0)
    )
      return true;
  }
  return false;
}

interface Description {
  /** null: a codec that is not decoded here. */
  readonly track: Track | null;
  readonly codecName: string;
  readonly frameBytes: number;
}

const INTEGERS: readonly SampleFormat[] = ["s8", "s16be", "s24be", "s32be"];
const INTEGERS_LITTLE: readonly SampleFormat[] = ["s8", "s16le", "s24le", "s32le"];
const FORMATS: Record<string, SampleFormat> = {
  "raw ": "u8",
  fl32: "f32be",
  FL32: "f32be",
  fl64: "f64be",
  FL64: "f64be",
  alaw: "alaw",
  ALAW: "alaw",
  ulaw: "mulaw",
  ULAW: "mulaw",
  in24: "s24be",
  "42ni": "s24le",
  in32: "s32be",
  "23ni": "s32le",
};
const NAMES: Record<string, string> = { ima4: "ADPCM", "GSM ": "GSM", QDM2: "QDesign", QDMC: "QDesign" };

/** Reads a COMM chunk; null where it is invalid. */
function readDescription(bytes: Uint8Array): Description | null {
  if (bytes.length < 18) return null;
  const view = viewOf(bytes);
  const [nChannels, bits, sampleRate] = [view.getUint16(0), view.getUint16(6), extended(view, 8)];
  if (nChannels === 0 || !(sampleRate > 0)) return null;
  const kind = bytes.length >= 22 ? letters(bytes, 18) : "NONE";
  const byteIndex = Math.ceil(bits / 8) - 1; // samples fill their bytes from the left
  const sampleFormat =
    kind === "sowt"
      ? INTEGERS_LITTLE[byteIndex]
      : kind === "NONE" || kind === "twos"
        ? INTEGERS[byteIndex]
        : FORMATS[kind];
  const codecName = NAMES[kind] ?? `codec "${kind.replace(/[^\x20-\x7e]/g, "?").trim()}"`;
  if (sampleFormat === undefined) return { track: null, codecName, frameBytes: 0 };
  const track: Track = {
    codec: "pcm",
    header: new Uint8Array(0),
    sampleRate,
    nChannels,
    speakers: null,
    sampleFormat,
  };
  return { track, codecName: "PCM", frameBytes: SAMPLE_BYTES[sampleFormat] * nChannels };
}

/** An 80-bit number: sign, 15 bits of exponent, 64 of mantissa with its first 1. */
function extended(view: DataView, at: number): number {
  const exponent = view.getUint16(at) & 0x7fff;
  return Number(view.getBigUint64(at + 2)) * 2 ** (exponent - 16383 - 63);
}

function letters(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
