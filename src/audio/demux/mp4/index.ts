import { corrupt } from "../../corrupt.js";
import type { ByteSource } from "../../input/byte-source.js";
import type { DamageReport } from "../damage-report.js";
import type { Container, Demuxer, ForeignAudio } from "../demuxer.js";
import { noTrack } from "../no-track.js";
import { boxAt, fourLetters, searchBox } from "./boxes.js";
import { readMovie } from "./movie.js";
import { packets } from "./packets.js";
import { sourceFrom } from "./source-from.js";

/** Index of a recording of days; a size beyond is damage. */
const MAX_INDEX_BYTES = 1 << 28;
const FIRST_BOXES = new Set(["ftyp", "moov", "mdat", "wide", "free", "skip", "pnot"]);

export const mp4: Container = {
  name: "MP4",
  extensions: ["mp4", "m4a", "m4b", "m4v", "mov", "qt", "3gp", "3g2"],
  recognise: (head) => (FIRST_BOXES.has(fourLetters(head, 4)) ? 0 : null),
  open,
};

async function open(file: ByteSource, start: number, damage: DamageReport): Promise<Demuxer | ForeignAudio> {
  const source = sourceFrom(file, start);
  const index = await findIndex(source);
  if (index === null) throw corrupt(source.name, "file (its index is missing)");
  const movie = readMovie(index.body);
  const { sound, durationSeconds, isFragmented } = movie;
  if (sound === null)
    throw index.isWhole ? noTrack(source.name) : corrupt(source.name, "file (its index is cut off)");
  const first = sound.descriptions[0]!;
  if (first.track === null) return { codec: first.codecName, durationSeconds };
  const isInOrder = sound.edits.length === 1 && sound.table.isForward;
  const isBehindIndex = isFragmented || (sound.table.firstOffset ?? index.end) >= index.end;
  if (!source.isReplayable && !(isInOrder && isBehindIndex)) await source.whole();
  return { durationSeconds, packets: () => packets(source, movie, sound, index.end, damage) };
}

/** The content of the `moov` box, wherever it stands; recorders write it last, and one that was stopped never does. */
async function findIndex(source: ByteSource) {
  for (let at = 0; ; ) {
    const box = await boxAt(source, at);
    if (box?.type === "moov") return readIndex(source, at);
    if (!source.isReplayable && box?.type !== "ftyp" && !isSmall(box)) await source.whole();
    if (box === null || box.end === null) break;
    at = box.end;
  }
  // Sizes may be wrong.
  const found = await searchBox(source, 0, "moov", "mvhd");
  return found === null ? null : readIndex(source, found);
}

/** Boxes before the index that a stream can be asked to keep. */
function isSmall(box: { offset: number; end: number | null } | null): boolean {
  return box !== null && box.end !== null && box.end - box.offset < 1 << 16;
}

async function readIndex(source: ByteSource, offset: number) {
  const box = (await boxAt(source, offset))!;
  const from = offset + box.headerBytes;
  const sizeBytes = Math.min(box.end === null ? MAX_INDEX_BYTES : box.end - from, MAX_INDEX_BYTES);
  const body = await source.read(from, sizeBytes);
  return { body, end: box.end ?? from + body.length, isWhole: body.length === sizeBytes };
}
