// Recordings that tests of the demuxers make, and the results of decoding them.

import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { openAudio } from "../audio-file.js";
import { collect, isSame } from "../cases.js";
import { crc32 } from "../crc.js";
import type { ByteSource } from "../input/byte-source.js";

const ROOT = new URL("../../../", import.meta.url);

/** A file of the project. */
export const read = (path: string): Uint8Array => new Uint8Array(readFileSync(new URL(path, ROOT)));

/** Bytes in memory; `isStream`: their number is unknown before the end, and released bytes are gone. */
export function memorySource(bytes: Uint8Array, isStream = false): ByteSource {
  let [released, isEnded] = [0, false];
  return {
    name: "buffer",
    get sizeBytes() {
      return isStream && !isEnded ? null : bytes.length;
    },
    isReplayable: !isStream,
    read: async (offset, lengthBytes) => {
      if (isStream && offset < released) throw new RangeError(`read at ${offset}, released to ${released}`);
      isEnded ||= offset + lengthBytes > bytes.length;
      return bytes.subarray(offset, offset + lengthBytes);
    },
    release: (offset) => {
      released = Math.max(released, offset);
    },
    whole: async () => {
      throw new Error("needs the whole file");
    },
    path: async () => {
      throw new Error("needs a path");
    },
    close: async () => {},
  };
}

/** 16 kHz mono and warnings; as a stream, in pieces of odd sizes, the result must be the same. */
export async function decode(bytes: Uint8Array) {
  const whole = await decodeInput(bytes);
  const streamed = await decodeInput(piecesOf(bytes));
  expect(isSame(streamed.samples, whole.samples)).toBe(true);
  expect(streamed.warnings.map(afterName)).toEqual(whole.warnings.map(afterName));
  return { ...whole, seconds: whole.samples.length / 16000 };
}

async function decodeInput(input: Parameters<typeof openAudio>[0]) {
  const audio = await openAudio(input, { ffmpeg: "no-such-program" });
  try {
    return { samples: await collect(audio), warnings: [...audio.warnings] };
  } finally {
    await audio.dispose();
  }
}

/** What is known of the whole length differs. */
const afterName = (line: string) => line.replace(/^[^:]*: /, "").replace(/\(.*\)/, "");

async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 997) yield bytes.subarray(at, at + 997);
}

/** How often the sound crosses zero upwards in a second: the frequency of a tone. */
export function frequency(samples: Float32Array): number {
  let crossings = 0;
  for (let i = 1; i < samples.length; i++) if (samples[i - 1]! < 0 && samples[i]! >= 0) crossings++;
  return (crossings * 16000) / samples.length;
}

export const join = (...parts: (Uint8Array | string)[]): Uint8Array =>
  new Uint8Array(
    Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part))),
  );

/** Tags and padding that may follow a recording, or between two. */
export const TAGS: Record<string, Uint8Array> = {
  ID3v1: join("TAG", new Uint8Array(125).fill(65)),
  "ID3v1 with its extension": join("TAG+", new Uint8Array(223).fill(65), "TAG", new Uint8Array(125).fill(65)),
  ID3v2: join("ID3\x03\0\0\0\0\x02\0", new Uint8Array(256).fill(0xff)),
  "ID3v2 with a footer": join(
    "ID3\x04\0\x10\0\0\x02\0",
    new Uint8Array(256).fill(0xff),
    "3DI\x04\0\x10\0\0\x02\0",
  ),
  "two ID3v2": join(...[1, 2].flatMap(() => ["ID3\x03\0\0\0\0\x02\0", new Uint8Array(256)])),
  APEv1: join(apeItem("Title", "x".repeat(40)), apeItem("Artist", "y".repeat(900)), apeEnd(1000, 1019, 0)),
  APEv2: join(apeEnd(2000, 84, 0xa0000000), apeItem("Title", "x".repeat(38)), apeEnd(2000, 84, 0x80000000)),
  Lyrics3: join("LYRICSBEGIN", "la ".repeat(300), "LYRICSEND"),
  "Lyrics3v2 before ID3v1": join("LYRICSBEGIN", "IND0000210", "000021LYRICS200", "TAG", new Uint8Array(125)),
  zeros: new Uint8Array(100_000),
  "a few zeros": new Uint8Array(3),
};

function apeItem(key: string, value: string): Uint8Array {
  const sizes = new Uint8Array(8);
  new DataView(sizes.buffer).setUint32(0, value.length, true);
  return join(sizes, `${key}\0${value}`);
}

function apeEnd(version: number, size: number, flags: number): Uint8Array {
  const fields = new DataView(new ArrayBuffer(24));
  [version, size, 1, flags].forEach((value, i) => {
    fields.setUint32(4 * i, value, true);
  });
  return join("APETAGEX", new Uint8Array(fields.buffer));
}

/** Cuts an Ogg file into its pages. */
export function oggPagesOf(bytes: Uint8Array): Uint8Array[] {
  const pages: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const nSegments = bytes[at + 26]!;
    const lacing = bytes.subarray(at + 27, at + 27 + nSegments);
    const end = at + 27 + nSegments + lacing.reduce((sum, length) => sum + length, 0);
    pages.push(bytes.slice(at, end));
    at = end;
  }
  return pages;
}

/** A page with some fields changed and its checksum right. */
export function changedPage(page: Uint8Array, change: (view: DataView) => void): Uint8Array {
  const changed = page.slice();
  const view = new DataView(changed.buffer);
  change(view);
  view.setUint32(22, 0, true);
  view.setUint32(22, crc32(changed, 0, changed.length), true);
  return changed;
}
