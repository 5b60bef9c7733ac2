import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { openAudio } from "../audio-file.js";
import { collect, isSame } from "../cases.js";
import { memorySource } from "../input/byte-source.js";
import { readBlock } from "./matroska-block.js";
import { OggPackets, oggPages } from "./ogg-pages.js";

const SAMPLE = fileURLToPath(new URL("../../../samples/morning-garden.opus", import.meta.url));

/** The Opus packets of the sample: identification, comments, audio. */
async function opusPackets(): Promise<Uint8Array[]> {
  const packets = new OggPackets();
  const all: Uint8Array[] = [];
  for await (const page of oggPages(memorySource(readFileSync(SAMPLE), "sample"), 0, () => {}))
    all.push(...packets.push(page));
  return all;
}

const PACKETS = await opusPackets();
const HEAD = PACKETS[0]!;
const AUDIO = PACKETS.slice(2);
/** Decoded samples of one packet, 20 ms. */
const PACKET_SAMPLES = 320;

/** An element: identifier as it is written, size in 8 bytes (null: open), content. */
function element(id: number, ...content: (Uint8Array | number)[]): Uint8Array {
  return withSize(id, "known", content);
}

function openElement(id: number, ...content: Uint8Array[]): Uint8Array {
  return withSize(id, "open", content);
}

function withSize(id: number, size: "known" | "open", content: (Uint8Array | number)[]): Uint8Array {
  const body = Buffer.concat(content.map((part) => (typeof part === "number" ? Buffer.of(part) : part)));
  const idBytes = Buffer.from(id.toString(16), "hex");
  const sizeBytes = Buffer.alloc(8, 0xff);
  if (size === "known") sizeBytes.writeBigUInt64BE((1n << 56n) | BigInt(body.length));
  else sizeBytes[0] = 1;
  return Buffer.concat([idBytes, sizeBytes, body]);
}

const text = (value: string) => Buffer.from(value, "latin1");
const EBML = element(0x1a45dfa3, element(0x4282, text("webm")));
const VIDEO = element(0xae, element(0xd7, 1), element(0x83, 1), element(0x86, text("V_VP8")));
const OPUS = element(
  0xae,
  element(0xd7, 2),
  element(0x83, 2),
  element(0x86, text("A_OPUS")),
  element(0x63a2, HEAD),
);
const TRACKS = element(0x1654ae6b, VIDEO, OPUS);

/** A SimpleBlock of the audio track, without lacing. */
const simple = (packet: Uint8Array) => element(0xa3, Buffer.of(0x82, 0, 0, 0x80), packet);
const picture = (sizeBytes: number) => element(0xa3, Buffer.of(0x81, 0, 0, 0x80), Buffer.alloc(sizeBytes, 7));
const cluster = (...blocks: Uint8Array[]) => element(0x1f43b675, element(0xe7, 0), ...blocks);
const file = (...clusters: Uint8Array[]) => Buffer.concat([EBML, element(0x18538067, TRACKS, ...clusters)]);

async function decode(bytes: Uint8Array) {
  const audio = await openAudio(bytes, { ffmpeg: "no-such-program" });
  const samples = await collect(audio);
  return { samples, warnings: audio.warnings };
}

const PLAIN = file(cluster(...AUDIO.map(simple)));

test("samples are those of the same packets in Ogg", async () => {
  const ogg = await decode(readFileSync(SAMPLE));
  const webm = await decode(PLAIN);
  expect(webm.warnings).toEqual([]);
  // Ogg tells where the last packet's sound ends, this file does not.
  expect(webm.samples.length - ogg.samples.length).toBeLessThanOrEqual(PACKET_SAMPLES);
  expect(isSame(webm.samples.subarray(0, ogg.samples.length), ogg.samples)).toBe(true);
});

describe("other ways to write the same file", () => {
  /** Blocks of 4 frames; `lace` gives the bytes of their sizes. */
  const laced = (kind: number, lace: (frames: Uint8Array[]) => Buffer) =>
    Array.from({ length: Math.floor(AUDIO.length / 4) }, (_, i) => {
      const frames = AUDIO.slice(4 * i, 4 * i + 4);
      return element(0xa3, Buffer.of(0x82, 0, 0, kind << 1), Buffer.of(3), lace(frames), ...frames);
    });
  const xiph = (frames: Uint8Array[]) =>
    Buffer.concat(
      frames
        .slice(0, -1)
        .map(({ length }) =>
          Buffer.of(...new Array<number>(Math.floor(length / 255)).fill(255), length % 255),
        ),
    );
  const ebml = (frames: Uint8Array[]) =>
    Buffer.concat(
      frames.slice(0, -1).map(({ length }, i) => {
        const value = i === 0 ? length : length - frames[i - 1]!.length + 8191;
        return Buffer.of(0x40 | (value >> 8), value & 255);
      }),
    );
  const files: [string, () => Uint8Array][] = [
    [
      "sizes left open",
      () =>
        Buffer.concat([EBML, openElement(0x18538067, TRACKS, openElement(0x1f43b675, ...AUDIO.map(simple)))]),
    ],
    ["pictures between", () => file(...AUDIO.map((packet, i) => cluster(picture(i * 300), simple(packet))))],
    [
      "block groups",
      () =>
        file(
          cluster(...AUDIO.map((packet) => element(0xa0, element(0xa1, Buffer.of(0x82, 0, 0, 0), packet)))),
        ),
    ],
    ["Xiph lacing", () => file(cluster(...laced(1, xiph)))],
    ["EBML lacing", () => file(cluster(...laced(3, ebml)))],
    ["zeros behind it", () => Buffer.concat([PLAIN, Buffer.alloc(100)])],
  ];
  test.each(files)("%s", async (_, make) => {
    const expected = await decode(PLAIN);
    const { samples, warnings } = await decode(make());
    expect(warnings).toEqual([]);
    expect(expected.samples.length - samples.length).toBeLessThan(4 * PACKET_SAMPLES); // laced by fours
    expect(isSame(samples, expected.samples.subarray(0, samples.length))).toBe(true);
  });
});

test("lacing with equal sizes, and with sizes that cannot be", () => {
  const header = [0x82, 0, 0, 2 << 1, 2];
  expect(readBlock(Uint8Array.of(...header, 1, 2, 3, 4, 5, 6))?.frames.map((frame) => [...frame])).toEqual([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  expect(readBlock(Uint8Array.of(...header, 1, 2, 3, 4, 5))).toBeNull();
  expect(readBlock(Uint8Array.of(0x82, 0, 0, 1 << 1, 1, 200, 1, 2))).toBeNull();
});

test("what the last block says not to play is left out", async () => {
  const blocks = AUDIO.slice(0, -1).map(simple);
  const padding = Buffer.alloc(4);
  padding.writeInt32BE(10_000_000); // ns
  const last = element(
    0xa0,
    element(0xa1, Buffer.of(0x82, 0, 0, 0), AUDIO.at(-1)!),
    element(0x75a2, padding),
  );
  const { samples } = await decode(file(cluster(...blocks, last)));
  expect(samples.length).toBe((await decode(PLAIN)).samples.length - 160);
});

describe("damage", () => {
  test("bytes that are no element are skipped", async () => {
    const half = AUDIO.length >> 1;
    const junk = Buffer.alloc(1000, 1);
    const blocks = AUDIO.map(simple);
    const damaged = file(cluster(...blocks.slice(0, half)), junk, ...blocks.slice(half));
    const { samples, warnings } = await decode(damaged);
    expect(warnings).toEqual(["buffer: skipped 1 damaged part"]);
    expect(isSame(samples, (await decode(PLAIN)).samples)).toBe(true);
  });

  test.each([1, 7, 8, 9, 100])("%i bytes of nothing at the end", async (sizeBytes) => {
    const { samples, warnings } = await decode(
      file(cluster(...AUDIO.map(simple)), Buffer.alloc(sizeBytes, 1)),
    );
    expect(samples.length).toBe((await decode(PLAIN)).samples.length);
    expect(warnings.length).toBe(1);
  });

  test("no audio track, no track list", async () => {
    const silent = Buffer.concat([
      EBML,
      element(0x18538067, element(0x1654ae6b, VIDEO), cluster(picture(10))),
    ]);
    await expect(decode(silent)).rejects.toMatchObject({ code: "audio-no-track" });
    await expect(decode(EBML)).rejects.toMatchObject({ code: "audio-corrupt" });
  });

  test("a codec and a compression that are not decoded here", async () => {
    const track = (...more: Uint8Array[]) => element(0xae, element(0xd7, 2), element(0x83, 2), ...more);
    for (const [name, ...fields] of [
      ["AC3", element(0x86, text("A_AC3"))],
      ["OPUS", element(0x86, text("A_OPUS")), element(0x63a2, HEAD), element(0x6d80)],
    ] as [string, ...Uint8Array[]][]) {
      const bytes = Buffer.concat([EBML, element(0x18538067, element(0x1654ae6b, track(...fields)))]);
      await expect(decode(bytes)).rejects.toMatchObject({
        code: "audio-codec-unsupported",
        message: expect.stringContaining(`holds ${name}, which needs the program`),
      });
    }
  });
});
