// MP4 and QuickTime files that the tests of this folder make for themselves.

/** A box: four letters, content. */
export function box(type: string, ...content: Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([u32(8 + body.length), Buffer.from(type, "latin1"), body]);
}

/** A box whose content begins with version and flags. */
export function fullBox(type: string, version: number, flags: number, ...content: Uint8Array[]): Buffer {
  return box(type, u32(version * 2 ** 24 + flags), ...content);
}

export function u32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries())
    bytes.writeUInt32BE(value % 2 ** 32 < 0 ? value + 2 ** 32 : value, 4 * i);
  return bytes;
}

export function u64(...values: number[]): Buffer {
  const bytes = Buffer.alloc(8 * values.length);
  for (const [i, value] of values.entries()) bytes.writeBigInt64BE(BigInt(value), 8 * i);
  return bytes;
}

/** A sound description as ISO has it. */
export function sound(
  type: string,
  nChannels: number,
  bits: number,
  sampleRate: number,
  ...children: Uint8Array[]
) {
  const fields = Buffer.alloc(28);
  fields.writeUInt16BE(1, 6);
  fields.writeUInt16BE(nChannels, 16);
  fields.writeUInt16BE(bits, 18);
  fields.writeUInt32BE((sampleRate * 65536) % 2 ** 32, 24);
  return box(type, fields, ...children);
}

/** QuickTime's version 1, which has four numbers more. */
export function soundV1(
  type: string,
  nChannels: number,
  bits: number,
  sampleRate: number,
  ...children: Uint8Array[]
) {
  const description = sound(
    type,
    nChannels,
    bits,
    sampleRate,
    u32(1, bits / 8, (nChannels * bits) / 8, bits / 8),
    ...children,
  );
  description.writeUInt16BE(1, 16);
  return description;
}

/** QuickTime's version 2, for any rate and any PCM. */
export function soundV2(flags: number, nChannels: number, bits: number, sampleRate: number) {
  const rest = Buffer.alloc(36);
  rest.writeUInt32BE(72, 0);
  rest.writeDoubleBE(sampleRate, 4);
  rest.writeUInt32BE(nChannels, 12);
  rest.writeUInt32BE(bits, 20);
  rest.writeUInt32BE(flags, 24);
  const description = sound("lpcm", 3, 16, 1, rest);
  description.writeUInt16BE(2, 16);
  return description;
}

/** Descriptors of an elementary stream: object type, the decoder's header. */
export function esds(objectType: number, header: Uint8Array): Buffer {
  const specific = Buffer.concat([Buffer.of(5, header.length), header]);
  const config = Buffer.concat([
    Buffer.of(4, 13 + specific.length, objectType, 0x15),
    Buffer.alloc(11),
    specific,
  ]);
  // sizes may be written longer than they need be
  return fullBox("esds", 0, 0, Buffer.of(3, 0x80, 0x80, 0x80, 3 + config.length, 0, 1, 0), config);
}

export interface TrackShape {
  readonly id?: number;
  readonly kind?: string;
  readonly isEnabled?: boolean;
  /** Ticks per second. */
  readonly rate?: number;
  readonly descriptions?: readonly Uint8Array[];
  /** Rows of `stts`: how many samples last how long. */
  readonly durations?: readonly (readonly [number, number])[];
  /** A size each, or one of all and how many there are. */
  readonly sizes?: readonly number[] | { readonly all: number; readonly n: number };
  /** Rows of `stsc`: from which chunk on, samples in a chunk, description. */
  readonly layout?: readonly (readonly [number, number, number])[];
  readonly chunks?: readonly number[];
  readonly hasLongOffsets?: boolean;
  /** Rows of `elst`: duration in ticks of the movie, start in ticks of the track. */
  readonly edits?: readonly (readonly [number, number])[];
}

/** The movie's ticks per second. */
export const MOVIE_RATE = 1000;

export function trak(shape: TrackShape): Buffer {
  const { id = 1, kind = "soun", isEnabled = true, rate = 1000, edits, hasLongOffsets = false } = shape;
  const { descriptions = [], durations = [], sizes = [], layout = [[1, 1, 1]], chunks = [] } = shape;
  const stsz = "all" in sizes ? u32(sizes.all, sizes.n) : u32(0, sizes.length, ...sizes);
  const stbl = box(
    "stbl",
    fullBox("stsd", 0, 0, u32(descriptions.length), ...descriptions),
    fullBox("stts", 0, 0, u32(durations.length, ...durations.flat())),
    fullBox("stsc", 0, 0, u32(layout.length, ...layout.flat())),
    fullBox("stsz", 0, 0, stsz),
    hasLongOffsets
      ? fullBox("co64", 0, 0, u32(chunks.length), u64(...chunks))
      : fullBox("stco", 0, 0, u32(chunks.length, ...chunks)),
  );
  const mdia = box(
    "mdia",
    fullBox("mdhd", 0, 0, u32(0, 0, rate, 0, 0)),
    fullBox("hdlr", 0, 0, u32(0), Buffer.from(kind, "latin1"), Buffer.alloc(13)),
    box("minf", stbl),
  );
  const elst =
    edits && fullBox("elst", 0, 0, u32(edits.length), ...edits.map(([a, b]) => u32(a, b, 0x10000)));
  return box(
    "trak",
    fullBox("tkhd", 0, isEnabled ? 3 : 2, u32(0, 0, id, 0, 0), Buffer.alloc(60)),
    ...(elst ? [box("edts", elst)] : []),
    mdia,
  );
}

export const FTYP = box("ftyp", Buffer.from("isom"), u32(0));

export function moov(durationTicks: number, ...content: Uint8Array[]): Buffer {
  return box(
    "moov",
    fullBox("mvhd", 0, 0, u32(0, 0, MOVIE_RATE, durationTicks), Buffer.alloc(80)),
    ...content,
  );
}

/** A file with its index first; `index` is asked with the offset of the data. */
export function indexFirst(index: (dataOffset: number) => Buffer, data: Uint8Array): Buffer {
  return Buffer.concat([FTYP, index(FTYP.length + index(0).length + 8), box("mdat", data)]);
}

export function indexLast(index: (dataOffset: number) => Buffer, data: Uint8Array): Buffer {
  return Buffer.concat([FTYP, box("mdat", data), index(FTYP.length + 8)]);
}

/** Defaults for the fragments of a track: duration and size. */
export function mvex(id: number, durationTicks: number, sizeBytes: number): Buffer {
  return box("mvex", fullBox("trex", 0, 0, u32(id, 1, durationTicks, sizeBytes, 0)));
}

/** A fragment with its data: sizes of its samples; `startTicks` null: it doesn't say when it begins. */
export function fragment(id: number, startTicks: number | null, samples: readonly Uint8Array[]): Buffer {
  const make = (dataOffset: number) =>
    box(
      "moof",
      fullBox("mfhd", 0, 0, u32(1)),
      box(
        "traf",
        fullBox("tfhd", 0, 0x20000, u32(id)),
        ...(startTicks === null ? [] : [fullBox("tfdt", 1, 0, u64(startTicks))]),
        fullBox(
          "trun",
          0,
          0x201,
          u32(samples.length, dataOffset),
          ...samples.map(({ length }) => u32(length)),
        ),
      ),
    );
  return Buffer.concat([make(make(0).length + 8), box("mdat", ...samples)]);
}
