import { corrupt } from "../../corrupt.js";
import type { ByteSource } from "../../input/byte-source.js";
import { coreAudioSpeakers } from "../core-audio-layout.js";
import type { DamageReport } from "../damage-report.js";
import type { Container, Demuxer, ForeignAudio } from "../demuxer.js";
import { noTrack } from "../no-track.js";
import { pcmPackets } from "../pcm-packets.js";
import { type Description, readDescription, trackOf } from "./description.js";
import { type PacketTable, readPacketTable, tablePackets } from "./packet-table.js";

/** Apple's Core Audio Format. */
export const caf: Container = {
  name: "CAF",
  extensions: ["caf"],
  recognise: (head) => (letters(head, 0) === "caff" ? 0 : null),
  open,
};

/** Chunks of a file; more of them are damage. */
const MAX_CHUNKS = 10_000;
/** Everything but the sound is small; a size beyond is damage. */
const MAX_CHUNK_BYTES = 1 << 26;

async function open(
  source: ByteSource,
  start: number,
  damage: DamageReport,
): Promise<Demuxer | ForeignAudio> {
  const { description, layout, cookie, table, sound } = await readChunks(source, start);
  if (description === null)
    throw corrupt(source.name, "CAF header (it does not say how the sound is stored)");
  if (sound === null) throw noTrack(source.name);
  const { track, codecName, frameBytes } = trackOf(description, cookie);
  if (track === null) return { codec: codecName, durationSeconds: null };
  const described = { ...track, speakers: layout && coreAudioSpeakers(layout, track.nChannels) };
  if (frameBytes > 0) {
    const end = Math.min(sound.end, source.sizeBytes ?? sound.end);
    const nBytes = end < Number.POSITIVE_INFINITY ? end - sound.start : null;
    return {
      durationSeconds: nBytes === null ? null : nBytes / frameBytes / track.sampleRate,
      packets: () => pcmPackets(source, described, frameBytes, sound.start, sound.end, damage),
    };
  }
  if (table === null && description.bytesPerPacket === 0)
    throw corrupt(source.name, "CAF file (its packet table is missing)");
  const { nValidFrames } = table ?? { nValidFrames: 0 };
  return {
    durationSeconds: nValidFrames > 0 ? nValidFrames / track.sampleRate : null,
    packets: () => tablePackets(source, described, description, table, sound, damage),
  };
}

interface Chunks {
  description: Description | null;
  layout: Uint8Array | null;
  cookie: Uint8Array;
  table: PacketTable | null;
  sound: { start: number; end: number } | null;
}

/**
 * Reads the chunks up to the sound, and those after it where its packets' sizes stand there. A sound whose size is not
 * known goes to the file's end.
 */
async function readChunks(source: ByteSource, start: number): Promise<Chunks> {
  const chunks: Chunks = {
    description: null,
    layout: null,
    cookie: new Uint8Array(0),
    table: null,
    sound: null,
  };
  let at = start + 8;
  for (let n = 0; n < MAX_CHUNKS; n++) {
    const head = await source.read(at, 12);
    if (head.length < 12) break;
    const type = letters(head, 0);
    const size = Number(new DataView(head.buffer, head.byteOffset).getBigInt64(4));
    const isOpen = type === "data" && (size < 0 || !Number.isSafeInteger(size));
    if (size < 0 && !isOpen) break;
    if (type === "data") {
      const end = isOpen ? Number.POSITIVE_INFINITY : at + 12 + size;
      chunks.sound = { start: at + 16, end }; // after a count of edits
      if (isComplete(chunks) || isOpen) break;
      if (!source.isReplayable) await source.whole();
    } else if (size <= MAX_CHUNK_BYTES) {
      const body = () => source.read(at + 12, size);
      if (type === "desc") chunks.description = readDescription(await body());
      if (type === "chan") chunks.layout = await body();
      if (type === "kuki") chunks.cookie = await body();
      if (type === "pakt") chunks.table = readPacketTable(await body());
    }
    at += 12 + size;
  }
  return chunks;
}

/** Whether the sound can be read with what comes before it. */
function isComplete({ description, table }: Chunks): boolean {
  return description !== null && (table !== null || description.bytesPerPacket > 0);
}

function letters(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
