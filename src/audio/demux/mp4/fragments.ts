import { boxes, find, viewOf } from "./boxes.js";
import type { SoundTrack } from "./movie.js";
import type { Span } from "./sample-table.js";

/** PCM is cut into spans of about this many bytes. */
const PCM_SPAN_BYTES = 1 << 14;

/**
 * The samples of one track in the `moof` box at `moofOffset`. `ticks`: where the track stands, for fragments that don't
 * say when they begin. Returns where it stands after them.
 */
export function* fragmentSpans(
  moof: Uint8Array,
  moofOffset: number,
  track: SoundTrack,
  ticks: number,
): Generator<Span, number> {
  let now = ticks;
  for (const { type, body: traf } of boxes(moof)) {
    if (type !== "traf" || trackIdOf(traf) !== track.id) continue;
    now = startTicks(traf) ?? now;
    const header = readHeader(find(traf, "tfhd")!, moofOffset, track);
    let offset = header.base;
    for (const run of boxes(traf)) {
      if (run.type !== "trun") continue;
      for (const span of runSpans(run.body, header, offset, now, track)) {
        yield span;
        offset = span.offset + span.sizeBytes;
        now = span.ticks + span.durationTicks;
      }
    }
  }
  return now;
}

/** When a track's part of a fragment begins (`tfdt`), in ticks. */
export function startTicks(traf: Uint8Array): number | null {
  const tfdt = find(traf, "tfdt");
  if (tfdt === null || tfdt.length < 8) return null;
  const view = viewOf(tfdt);
  return tfdt[0] === 1 && tfdt.length >= 12 ? Number(view.getBigUint64(4)) : view.getUint32(4);
}

export function trackIdOf(traf: Uint8Array): number | null {
  const tfhd = find(traf, "tfhd");
  return tfhd === null || tfhd.length < 8 ? null : viewOf(tfhd).getUint32(4);
}

interface FragmentHeader {
  /** Where its data begins unless a run says otherwise. */
  readonly base: number;
  readonly description: number;
  readonly durationTicks: number;
  readonly sizeBytes: number;
}

function readHeader(tfhd: Uint8Array, moofOffset: number, { defaults }: SoundTrack): FragmentHeader {
  const view = viewOf(tfhd);
  const flags = view.getUint32(0) & 0xffffff;
  let at = 8;
  const next = (flag: number, otherwise: number) => {
    if (!(flags & flag)) return otherwise;
    at += 4;
    return at <= tfhd.length ? view.getUint32(at - 4) : otherwise;
  };
  let base = moofOffset;
  if (flags & 1 && tfhd.length >= 16) {
    base = Number(view.getBigUint64(8));
    at += 8;
  }
  const description = next(2, defaults.description + 1) - 1;
  const durationTicks = next(8, defaults.durationTicks);
  return { base, description, durationTicks, sizeBytes: next(16, defaults.sizeBytes) };
}

/** Packets of one size in a run, at most: hours of sound. Nothing else bounds a damaged number of them. */
const MAX_ALIKE = 1 << 20;

/** The samples of a `trun` box; `offset` where the run before ended. */
function* runSpans(
  trun: Uint8Array,
  header: FragmentHeader,
  offset: number,
  ticks: number,
  { descriptions }: SoundTrack,
): Generator<Span> {
  if (trun.length < 8) return;
  const view = viewOf(trun);
  const flags = view.getUint32(0) & 0xffffff;
  const [hasDuration, hasSize] = [(flags & 0x100) !== 0, (flags & 0x200) !== 0];
  const { base, description } = header;
  let at = 8 + (flags & 1 ? 4 : 0) + (flags & 4 ? 4 : 0);
  if (at > trun.length) return;
  const rowBytes = 4 * [0x100, 0x200, 0x400, 0x800].filter((flag) => flags & flag).length;
  // Samples that are all alike have no rows; PCM is read in larger pieces.
  const isAlike = rowBytes === 0 && (descriptions[description]?.frameBytes ?? 0) > 0;
  const nSamples =
    rowBytes === 0
      ? Math.min(view.getUint32(4), isAlike ? Number.POSITIVE_INFINITY : MAX_ALIKE)
      : Math.min(view.getUint32(4), Math.floor((trun.length - at) / rowBytes));
  if (rowBytes === 0 && header.sizeBytes === 0) return;
  let [position, now] = [flags & 1 ? base + view.getInt32(8) : offset, ticks];
  const nAtOnce = isAlike ? Math.max(1, Math.floor(PCM_SPAN_BYTES / Math.max(1, header.sizeBytes))) : 1;
  for (let i = 0; i < nSamples; i += nAtOnce) {
    const n = Math.min(nAtOnce, nSamples - i);
    const durationTicks = n * (hasDuration ? view.getUint32(at) : header.durationTicks);
    const sizeBytes = n * (hasSize ? view.getUint32(at + (hasDuration ? 4 : 0)) : header.sizeBytes);
    yield { offset: position, sizeBytes, ticks: now, durationTicks, description };
    position += sizeBytes;
    now += durationTicks;
    at += rowBytes;
  }
}
