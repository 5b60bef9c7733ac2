import type { Packet, Track } from "../../packet.js";
import { viewOf } from "./boxes.js";

/** A piece of a track's own time, played at a moment of the file's. In seconds. */
export interface Edit {
  readonly start: number;
  readonly mediaStart: number;
  /** Infinity: up to the track's end. */
  readonly duration: number;
}

/** The whole track as it is. */
export const WHOLE: readonly Edit[] = [{ start: 0, mediaStart: 0, duration: Number.POSITIVE_INFINITY }];

/** Decoders with memory get this much of what stands before an edit, and it is not played. */
const PREROLL_SECONDS = 0.25;

/**
 * Reads the content of an `elst` box; empty edits only move those after them. Rates other than 1 are ignored, as
 * players do. Null where there is no edit that plays anything.
 */
export function readEdits(elst: Uint8Array | null, movieRate: number, mediaRate: number): Edit[] | null {
  if (elst === null || elst.length < 8) return null;
  const view = viewOf(elst);
  const isLong = elst[0] === 1;
  const rowBytes = isLong ? 20 : 12;
  const n = Math.min(view.getUint32(4), Math.floor((elst.length - 8) / rowBytes));
  const edits: Edit[] = [];
  let start = 0;
  for (let i = 0; i < n; i++) {
    const at = 8 + i * rowBytes;
    const ticks = isLong ? Number(view.getBigUint64(at)) : view.getUint32(at);
    const mediaTicks = isLong ? Number(view.getBigInt64(at + 8)) : view.getInt32(at + 4);
    // The last edit of a file that grows does not say how long it is.
    const duration = ticks === 0 && mediaTicks >= 0 ? Number.POSITIVE_INFINITY : ticks / movieRate;
    if (mediaTicks >= 0) edits.push({ start, mediaStart: mediaTicks / mediaRate, duration });
    start += duration;
    if (start === Number.POSITIVE_INFINITY) break;
  }
  return edits.length === 0 ? null : edits;
}

/** The same times, with what the edit leaves out at its start: of fragments players play that. */
export function withoutSkip({ start, mediaStart }: Edit): Edit {
  return { start: start - mediaStart, mediaStart: 0, duration: Number.POSITIVE_INFINITY };
}

/** When a packet plays in its track's own time. */
export interface MediaTime {
  readonly seconds: number;
  readonly durationSeconds: number;
}

/** Whether an edit needs a packet: some of its sound, or, for the decoder's memory, what comes before. */
export function isNeeded({ mediaStart }: Edit, { seconds, durationSeconds }: MediaTime): boolean {
  return seconds + durationSeconds > mediaStart - PREROLL_SECONDS || seconds >= mediaStart;
}

export function isBehind({ mediaStart, duration }: Edit, { seconds }: MediaTime): boolean {
  return seconds >= mediaStart + duration;
}

/** When a packet plays in an edit. `isFirst`: the edit begins with it, or within it. */
export function placed(
  edit: Edit,
  time: MediaTime,
  track: Track,
  data: Uint8Array,
  isFirst: boolean,
): Packet {
  const { start, mediaStart, duration } = edit;
  const skipSeconds = isFirst ? Math.max(0, mediaStart - time.seconds) : 0;
  return {
    track,
    data,
    startSeconds: start + time.seconds - mediaStart,
    ...(skipSeconds > 0 ? { skipSeconds } : {}),
    ...(duration < Number.POSITIVE_INFINITY ? { stopSeconds: start + duration } : {}),
  };
}
