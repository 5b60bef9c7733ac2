import { boxes, find, viewOf } from "./boxes.js";
import { type Edit, readEdits, WHOLE } from "./edits.js";
import { iTunesGap } from "./itunes-gap.js";
import { type SampleTable, sampleTable } from "./sample-table.js";
import { type SoundDescription, soundDescriptions } from "./sound-description.js";

/** What a file's index (`moov`) says. */
export interface Movie {
  readonly durationSeconds: number | null;
  /** The audio track to play; null where there is none. */
  readonly sound: SoundTrack | null;
  /** Sound and pictures: they share the file's timeline. */
  readonly timed: readonly TimedTrack[];
  /** Whether fragments may follow the index. */
  readonly isFragmented: boolean;
}

export interface TimedTrack {
  readonly id: number;
  /** Ticks per second of its own time. */
  readonly rate: number;
  readonly edits: readonly Edit[];
}

export interface SoundTrack extends TimedTrack {
  readonly descriptions: readonly SoundDescription[];
  readonly table: SampleTable;
  readonly defaults: FragmentDefaults;
}

/** Default properties of the samples of fragments. */
export interface FragmentDefaults {
  readonly description: number;
  readonly durationTicks: number;
  readonly sizeBytes: number;
}

/** Reads the content of a `moov` box. The audio track to play is the first enabled one, else the first. */
export function readMovie(moov: Uint8Array): Movie {
  const movie = clockOf(find(moov, "mvhd"));
  const isFragmented = find(moov, "mvex") !== null;
  const timed: TimedTrack[] = [];
  let sound: SoundTrack | null = null;
  let isSoundEnabled = false;
  for (const { type, body: trak } of boxes(moov)) {
    if (type !== "trak") continue;
    const kind = kindOf(trak);
    const track = kind === null ? null : timedTrack(trak, kind, moov, movie.rate);
    if (track === null) continue;
    timed.push(track);
    const isEnabled = ((find(trak, "tkhd")?.[3] ?? 0) & 1) === 1;
    if (kind !== "soun" || (sound !== null && (isSoundEnabled || !isEnabled))) continue;
    const read = soundTrack(trak, moov, track);
    sound = read ?? sound;
    isSoundEnabled = read !== null && isEnabled;
  }
  const ticks = movie.ticks || fragmentedTicks(find(moov, "mvex", "mehd"));
  const durationSeconds = ticks > 0 ? ticks / movie.rate : null;
  return { durationSeconds, sound, timed, isFragmented };
}

type Kind = "soun" | "vide";

function kindOf(trak: Uint8Array): Kind | null {
  const hdlr = find(trak, "mdia", "hdlr");
  const kind = hdlr === null ? "" : String.fromCharCode(...hdlr.subarray(8, 12));
  return kind === "soun" || kind === "vide" ? kind : null;
}

function timedTrack(trak: Uint8Array, kind: Kind, moov: Uint8Array, movieRate: number): TimedTrack | null {
  const tkhd = find(trak, "tkhd");
  if (tkhd === null || tkhd.length < 24) return null;
  const id = viewOf(tkhd).getUint32(tkhd[0] === 1 ? 20 : 12);
  const { rate } = clockOf(find(trak, "mdia", "mdhd"));
  const gap = kind === "soun" ? iTunesGap(moov, rate) : null;
  const edits = readEdits(find(trak, "edts", "elst"), movieRate, rate) ?? gap ?? WHOLE;
  // Where fragments follow, an edit's duration was written before they were.
  const isOpen = find(moov, "mvex") !== null && edits.length === 1;
  return { id, rate, edits: isOpen ? [{ ...edits[0]!, duration: Number.POSITIVE_INFINITY }] : edits };
}

function soundTrack(trak: Uint8Array, moov: Uint8Array, track: TimedTrack): SoundTrack | null {
  const stbl = find(trak, "mdia", "minf", "stbl");
  const stsd = find(stbl, "stsd");
  const descriptions = stsd === null ? [] : soundDescriptions(stsd, track.rate);
  if (stbl === null || descriptions.length === 0) return null;
  return { ...track, descriptions, table: sampleTable(stbl), defaults: fragmentDefaults(moov, track.id) };
}

/** Ticks per second and length of an `mvhd` or `mdhd` box; 0 where the length is not known. */
function clockOf(header: Uint8Array | null): { rate: number; ticks: number } {
  if (header === null || header.length < 20) return { rate: 1, ticks: 0 };
  const view = viewOf(header);
  if (header[0] !== 1 || header.length < 32) {
    const ticks = view.getUint32(16);
    return { rate: view.getUint32(12) || 1, ticks: ticks === 0xffffffff ? 0 : ticks };
  }
  const ticks = Number(view.getBigUint64(24));
  return { rate: view.getUint32(20) || 1, ticks: ticks > Number.MAX_SAFE_INTEGER ? 0 : ticks };
}

/** The length of a file with its fragments, 0 where it is not known. */
function fragmentedTicks(mehd: Uint8Array | null): number {
  if (mehd === null || mehd.length < 8) return 0;
  const view = viewOf(mehd);
  return mehd[0] === 1 && mehd.length >= 12 ? Number(view.getBigUint64(4)) : view.getUint32(4);
}

function fragmentDefaults(moov: Uint8Array, id: number): FragmentDefaults {
  for (const { type, body } of boxes(find(moov, "mvex") ?? new Uint8Array(0))) {
    if (type !== "trex" || body.length < 20) continue;
    const view = viewOf(body);
    if (view.getUint32(4) !== id) continue;
    return {
      description: Math.max(0, view.getUint32(8) - 1),
      durationTicks: view.getUint32(12),
      sizeBytes: view.getUint32(16),
    };
  }
  return { description: 0, durationTicks: 0, sizeBytes: 0 };
}
