import { WhisperVulkanError } from "../../../errors.js";
import { corrupt } from "../../corrupt.js";
import type { ByteSource } from "../../input/byte-source.js";
import type { Packet } from "../../packet.js";
import { ByteWindow } from "../byte-window.js";
import type { DamageReport } from "../damage-report.js";
import type { Container, Demuxer, ForeignAudio } from "../demuxer.js";
import { OggLink } from "./link.js";
import { type OggStreamKind, oggStreamKind } from "./mappings.js";
import { type OggPage, oggPages, readPage } from "./pages.js";

/** Ogg with Opus, Vorbis or FLAC, chains too. */
export const ogg: Container = {
  name: "Ogg",
  extensions: ["ogg", "oga", "opus", "ogv", "ogx", "spx"],
  recognise: (head) => ([0x4f, 0x67, 0x67, 0x53].every((byte, i) => head[i] === byte) ? 0 : null),
  open,
};

/** First pages come before all others; more streams than this are not looked at. */
const MAX_STREAMS = 64;

async function open(
  source: ByteSource,
  start: number,
  damage: DamageReport,
): Promise<Demuxer | ForeignAudio> {
  const window = new ByteWindow(source, start, Number.POSITIVE_INFINITY, false);
  let foreign: string | null = null;
  for (let nStreams = 0; nStreams < MAX_STREAMS; nStreams++) {
    const page = await readPage(window);
    if (page === null || page === "cut off") {
      if (nStreams === 0) throw corrupt(source.name, "Ogg file");
      break;
    }
    if (!page.isFirst) break;
    const stream = oggStreamKind(page.body, source.name);
    if (stream.kind === "audio") {
      const { positionRate, preSkip } = stream.mapping;
      const last = await lastGranule(source, page.serial);
      const durationSeconds = last === null ? null : Math.max(0, last - preSkip) / positionRate;
      return { durationSeconds, packets: () => packets(source, start, damage) };
    }
    if (stream.kind === "foreign") foreign ??= stream.codec;
  }
  return { codec: foreign, durationSeconds: null };
}

async function* packets(source: ByteSource, start: number, damage: DamageReport): AsyncGenerator<Packet> {
  let link: OggLink | null = null;
  let [nDamaged, nHoles, isCutOff, isBehindDamage, hasSound] = [0, 0, false, false, false];
  /** The streams whose first pages stand together. */
  let group: OggStreamKind[] = [];
  for await (const page of oggPages(source, start)) {
    if (page.kind === "damage") {
      if (page.isCutOff) isCutOff = true;
      else nDamaged += 1;
      isBehindDamage = true;
      continue;
    }
    if (page.isFirst) {
      const stream = kindOf(page, source.name);
      if (stream === null) nDamaged += 1;
      else group.push(stream);
      // Another link of the chain, whether the one before says that it ends or not.
      if (stream?.kind === "audio" && (link === null || link.hasBegun)) {
        link = new OggLink(page, stream.mapping, link?.endSeconds ?? 0);
      }
      continue;
    }
    if (group.length > 0) {
      const [foreign] = group.filter(({ kind }) => kind === "foreign");
      if (!group.some(({ kind }) => kind === "audio")) noteForeign(foreign, damage);
      else if (link !== null) link.hasVideo = group.some(({ kind }) => kind === "video");
      group = [];
    }
    if (link === null || page.serial !== link.serial) continue;
    const holesBefore: number = link.nHoles;
    for (const packet of link.push(page)) {
      hasSound = true;
      yield packet;
    }
    // A hole that damaged bytes explain is counted already.
    if (link.nHoles > holesBefore && !isBehindDamage) nHoles += 1;
    isBehindDamage = false;
  }
  // Without its headers a stream cannot be decoded.
  if (!hasSound && nDamaged > 0) throw corrupt(source.name, "Ogg file (no sound can be read)");
  damage.nDamaged += nDamaged + nHoles;
  damage.isCutOff = isCutOff || (link?.isInPacket ?? false);
}

/** A link of a chain that holds nothing decoded here. */
function noteForeign(stream: OggStreamKind | undefined, damage: DamageReport): void {
  if (stream?.kind !== "foreign") return;
  const note = `a part of it is ${stream.codec}, which cannot be decoded here; that part is left out`;
  if (!damage.notes.includes(note)) damage.notes.push(note);
}

/** What a stream's first page says it is; null where that is invalid. */
function kindOf(first: OggPage, fileName: string): OggStreamKind | null {
  try {
    return oggStreamKind(first.body, fileName);
  } catch (error) {
    if (error instanceof WhisperVulkanError) return null;
    throw error;
  }
}

/** Bytes at the end of the file in which the last page's position is looked for. */
const TAIL_BYTES = 1 << 17;

async function lastGranule(source: ByteSource, serial: number): Promise<number | null> {
  if (!source.isReplayable || source.sizeBytes === null) return null;
  let last: number | null = null;
  for await (const page of oggPages(source, Math.max(0, source.sizeBytes - TAIL_BYTES))) {
    if (page.kind === "page" && page.serial === serial && page.granule !== null) last = page.granule;
  }
  return last;
}
