import { corrupt } from "./decoder.js";
import { readVint } from "./matroska-elements.js";
import type { PacketCodec } from "./packet-decoder.js";

/** An audio track of a Matroska file. */
export interface MatroskaTrack {
  readonly number: number;
  /** Matroska's name for the codec: "A_OPUS". */
  readonly codecId: string;
  /** null: a codec, or a compression on top of it, that is not decoded here. */
  readonly codec: PacketCodec | null;
  readonly header: Uint8Array;
  readonly sampleRate: number;
  readonly nChannels: number;
}

const AUDIO = 2;
const CODECS: Record<string, PacketCodec> = { A_OPUS: "opus", A_FLAC: "flac", "A_MPEG/L3": "mp3" };

/** The audio track to play from the content of a Tracks element: the first default one, else the first. */
export function audioTrackOf(tracks: Uint8Array, name: string): MatroskaTrack | null {
  let first: MatroskaTrack | null = null;
  for (const [id, entry] of children(tracks, name)) {
    if (id !== 0xae) continue;
    const fields = new Map(children(entry, name));
    if (unsigned(fields.get(0x83)) !== AUDIO) continue;
    const track = trackOf(fields, name);
    if (fields.get(0x88) === undefined || unsigned(fields.get(0x88)) === 1) return track;
    first ??= track;
  }
  return first;
}

function trackOf(fields: Map<number, Uint8Array>, name: string): MatroskaTrack {
  const audio = new Map(children(fields.get(0xe1) ?? new Uint8Array(0), name));
  const codecId = new TextDecoder().decode(fields.get(0x86) ?? new Uint8Array(0)).replace(/\0+$/, "");
  const isEncoded = fields.has(0x6d80); // ContentEncodings: compressed or encrypted
  return {
    number: unsigned(fields.get(0xd7)) ?? 0,
    codecId,
    codec: isEncoded ? null : (CODECS[codecId] ?? null),
    header: fields.get(0x63a2) ?? new Uint8Array(0),
    sampleRate: float(audio.get(0xb5)) ?? 8000, // Matroska's default
    nChannels: unsigned(audio.get(0x9f)) ?? 1,
  };
}

/** Seconds from the content of an Info element, null when it does not tell. */
export function durationOf(info: Uint8Array, name: string): number | null {
  const fields = new Map(children(info, name));
  const ticks = float(fields.get(0x4489));
  const nanoseconds = unsigned(fields.get(0x2ad7b1)) ?? 1_000_000;
  return ticks === null || !(ticks > 0) ? null : (ticks * nanoseconds) / 1e9;
}

/** The elements within another one's content. */
function* children(bytes: Uint8Array, name: string): Generator<[id: number, content: Uint8Array]> {
  for (let at = 0; at < bytes.length; ) {
    const idBytes = Math.clz32(bytes[at]!) - 23;
    const size = readVint(bytes, at + idBytes);
    if (idBytes > 4 || size === null || size.value === null) throw corrupt(name, "file, its track list");
    const start = at + idBytes + size.length;
    let id = 0;
    for (let i = 0; i < idBytes; i++) id = id * 256 + bytes[at + i]!;
    yield [id, bytes.subarray(start, start + size.value)];
    at = start + size.value;
  }
}

function unsigned(bytes: Uint8Array | undefined): number | null {
  return bytes === undefined ? null : bytes.reduce((value, byte) => value * 256 + byte, 0);
}

function float(bytes: Uint8Array | undefined): number | null {
  if (bytes === undefined) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return bytes.length === 4 ? view.getFloat32(0) : bytes.length === 8 ? view.getFloat64(0) : null;
}
