import type { ByteSource } from "../input/index.js";
import { mp3RunLength } from "./mp3-frames.js";

/** What a file's first bytes say it is. */
export type Form =
  | { readonly kind: "wav" | "ogg" | "matroska" | "mp4" | "unknown" }
  /** `start`: offset of the "fLaC" mark or of the first MP3 frame. */
  | { readonly kind: "flac" | "mp3"; readonly start: number };

const SNIFF_BYTES = 1 << 16;
/** Frames in a row that make bytes MP3: at the start of a file, and behind something else. */
const FRAMES_AT_START = 2;
const FRAMES_INSIDE = 4;

/** Looks at the contents only; a file's name proves nothing. */
export async function recogniseForm(source: ByteSource): Promise<Form> {
  const tagBytes = await id3Bytes(source);
  const head = await source.read(tagBytes, SNIFF_BYTES);
  const mark = ascii(head, 0, 4);
  if (["RIFF", "RF64", "BW64"].includes(mark) && ascii(head, 8, 4) === "WAVE") return { kind: "wav" };
  if (mark === "fLaC") return { kind: "flac", start: tagBytes };
  if (mark === "OggS") return { kind: "ogg" };
  if (mark === "\x1aE\xdf\xa3") return { kind: "matroska" }; // EBML, as WebM has it too
  if (["ftyp", "moov", "mdat", "wide", "free", "skip", "pnot"].includes(ascii(head, 4, 4)))
    return { kind: "mp4" };
  return recogniseMp3(source, head, tagBytes);
}

function recogniseMp3(source: ByteSource, head: Uint8Array, offset: number): Form {
  for (let at = head.indexOf(0xff); at >= 0; at = head.indexOf(0xff, at + 1)) {
    // A short file may end before its second frame does.
    const wanted = at === 0 ? (source.sizeBytes - offset < 4096 ? 1 : FRAMES_AT_START) : FRAMES_INSIDE;
    if (mp3RunLength(head, at, wanted) >= wanted) return { kind: "mp3", start: offset + at };
  }
  return { kind: "unknown" };
}

/** Size of the ID3v2 tags at the start; they may hold pictures of megabytes. */
async function id3Bytes(source: ByteSource): Promise<number> {
  let at = 0;
  for (;;) {
    const head = await source.read(at, 10);
    if (head.length < 10 || ascii(head, 0, 3) !== "ID3") return at;
    const size = (head[6]! << 21) | (head[7]! << 14) | (head[8]! << 7) | head[9]!; // 7 bits a byte
    const footer = head[5]! & 0x10 ? 10 : 0;
    at += 10 + size + footer;
  }
}

function ascii(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}
