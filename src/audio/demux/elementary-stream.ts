import type { CodecName } from "../packet.js";

/** What an MPEG-4 elementary stream descriptor (ISO/IEC 14496-1, 7.2.6.5) says of its codec. */
export interface ElementaryStream {
  /** Null: a codec that is not decoded here; `name` tells users what it is. */
  readonly codec: CodecName | null;
  readonly name: string;
  /** DecoderSpecificInfo: for AAC the AudioSpecificConfig. */
  readonly header: Uint8Array;
}

const AAC = { codec: "aac", name: "AAC" } as const;
const MPEG = { codec: "mp3", name: "MP3" } as const;
const OBJECT_TYPES: Record<number, { codec: CodecName | null; name: string }> = {
  64: AAC,
  102: AAC, // MPEG-2: Main, LC, SSR
  103: AAC,
  104: AAC,
  105: MPEG, // MPEG-2 and MPEG-1
  107: MPEG,
  165: { codec: null, name: "AC-3" },
  166: { codec: null, name: "E-AC-3" },
  169: { codec: null, name: "DTS" },
  221: { codec: null, name: "Vorbis" },
};

/** AAC's audio object types that are no AAC. */
const NOT_AAC: Record<number, string> = { 8: "CELP", 9: "HVXC", 36: "ALS", 42: "xHE-AAC" };

/** Reads descriptors, one within another; null when there is none. */
export function elementaryStream(bytes: Uint8Array): ElementaryStream | null {
  let [objectType, header]: [number | null, Uint8Array] = [null, new Uint8Array(0)];
  for (let at = 0; at + 2 <= bytes.length; ) {
    const tag = bytes[at]!;
    let size = 0;
    for (at += 1; at < bytes.length; at++) {
      size = size * 128 + (bytes[at]! & 127);
      if (!(bytes[at]! & 128)) break;
    }
    at += 1;
    if (tag === 3) {
      // 2 bytes of number, flags for: another stream's number, an address, a clock's number
      const flags = bytes[at + 2] ?? 0;
      at += 3 + (flags & 128 ? 2 : 0) + (flags & 64 ? 1 + (bytes[at + 3] ?? 0) : 0) + (flags & 32 ? 2 : 0);
    } else if (tag === 4) {
      objectType = bytes[at] ?? null;
      at += 13;
    } else if (tag === 5) {
      header = bytes.subarray(at, at + size);
      break;
    } else at += size;
  }
  if (objectType === null) return null;
  const known = OBJECT_TYPES[objectType];
  if (known === undefined) return { codec: null, name: `MPEG-4 object type ${objectType}`, header };
  return known === AAC ? mpeg4Audio(header) : { ...known, header };
}

/** MPEG-4 has other kinds of sound under AAC's object type. */
function mpeg4Audio(header: Uint8Array): ElementaryStream {
  const [first = 0, second = 0] = header;
  const type = first >> 3 === 31 ? 32 + (((first & 7) << 3) | (second >> 5)) : first >> 3;
  if (type >= 32 && type <= 34) return { ...MPEG, header: new Uint8Array(0) };
  const name = NOT_AAC[type];
  return name === undefined ? { ...AAC, header } : { codec: null, name, header };
}
