import { inflateSync } from "node:zlib";
import type { Track } from "../../packet.js";
import { codecOf } from "./codecs.js";
import { children, fieldsOf, ID, unsigned } from "./ebml.js";

/** What a Tracks element says: the audio track to play, and which tracks share its timeline. */
export interface TrackList {
  readonly audio: MatroskaTrack | null;
  /** Numbers of the audio and video tracks. */
  readonly timed: ReadonlySet<number>;
}

/** An audio track of a Matroska file. */
export interface MatroskaTrack {
  readonly number: number;
  /** Matroska's name for the codec, without its kind: "OPUS". */
  readonly codecName: string;
  /** null: a codec, or a compression on top of it, that is not read here. */
  readonly track: Track | null;
  /** Seconds by which the codec's sound comes later than its packets' times say. */
  readonly delaySeconds: number;
  /** Sound not to be played at the track's start, in seconds. */
  readonly skipSeconds: number;
  /** Undoes what was done to each frame in addition to its codec. */
  readonly decodeFrame: (frame: Uint8Array) => Uint8Array;
}

const [VIDEO, AUDIO] = [1, 2];
/** A compressed frame that becomes larger is damage. */
const MAX_FRAME_BYTES = 1 << 24;

/** The track to play is the first default one, else the first. */
export function trackListOf(tracks: Uint8Array): TrackList {
  const timed = new Set<number>();
  const audio: { track: MatroskaTrack; isDefault: boolean }[] = [];
  for (const [id, entry] of children(tracks)) {
    if (id !== ID.trackEntry) continue;
    const fields = fieldsOf(entry);
    const type = unsigned(fields.get(0x83));
    if (type !== AUDIO && type !== VIDEO) continue;
    timed.add(unsigned(fields.get(0xd7)) ?? 0);
    if (type === AUDIO) audio.push({ track: trackOf(fields), isDefault: unsigned(fields.get(0x88)) !== 0 });
  }
  return { audio: (audio.find(({ isDefault }) => isDefault) ?? audio[0])?.track ?? null, timed };
}

function trackOf(fields: Map<number, Uint8Array>): MatroskaTrack {
  const id = new TextDecoder().decode(fields.get(0x86) ?? new Uint8Array(0)).replace(/\0+$/, "");
  const encoding = encodingOf(fields.get(0x6d80));
  const settings = fieldsOf(fields.get(0xe1));
  const track = encoding && codecOf(id, encoding.header(fields.get(0x63a2) ?? new Uint8Array(0)), settings);
  const delaySeconds = (unsigned(fields.get(0x56aa)) ?? 0) / 1e9;
  return {
    number: unsigned(fields.get(0xd7)) ?? 0,
    codecName: id.replace(/^A_/, ""),
    track: track ?? null,
    delaySeconds,
    // Opus says it in its own header too, and not every writer says it here.
    skipSeconds: track?.codec === "opus" ? opusPreSkip(track.header) : delaySeconds,
    decodeFrame: encoding?.frame ?? ((frame) => frame),
  };
}

function opusPreSkip(head: Uint8Array): number {
  return ((head[10] ?? 0) | ((head[11] ?? 0) << 8)) / 48000;
}

/** How to undo a track's ContentEncodings: of its frames and of its codec's header. */
interface Encoding {
  readonly frame: (bytes: Uint8Array) => Uint8Array;
  readonly header: (bytes: Uint8Array) => Uint8Array;
}

/** null for what cannot be undone here: encryption, rare compressions, several at once. */
function encodingOf(encodings: Uint8Array | undefined): Encoding | null {
  const same = (bytes: Uint8Array) => bytes;
  if (encodings === undefined) return { frame: same, header: same };
  const each = [...children(encodings)].filter(([id]) => id === 0x6240);
  if (each.length !== 1) return null;
  const fields = fieldsOf(each[0]![1]);
  if ((unsigned(fields.get(0x5033)) ?? 0) !== 0) return null; // encryption
  const scope = unsigned(fields.get(0x5032)) ?? 1;
  const compression = fieldsOf(fields.get(0x5034));
  const undo = decompressor(unsigned(compression.get(0x4254)) ?? 0, compression.get(0x4255));
  return undo && { frame: scope & 1 ? undo : same, header: scope & 2 ? undo : same };
}

/** Matroska's compressions 0, zlib, and 3, the same first bytes left out of every frame. */
function decompressor(
  algorithm: number,
  settings: Uint8Array = new Uint8Array(0),
): ((bytes: Uint8Array) => Uint8Array) | null {
  if (algorithm === 3) return (bytes) => new Uint8Array(Buffer.concat([settings, bytes]));
  if (algorithm !== 0) return null;
  return (bytes) => new Uint8Array(inflateSync(bytes, { maxOutputLength: MAX_FRAME_BYTES }));
}
