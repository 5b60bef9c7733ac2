import { deflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { Packet } from "../../packet.js";
import { memorySource } from "../cases.js";
import { DamageReport } from "../damage-report.js";
import { openDemuxer } from "../index.js";
import { readFrames } from "./block.js";
import {
  audioSettings,
  audioTrack,
  cluster,
  EBML,
  element,
  file,
  group,
  integer,
  openElement,
  picture,
  simple,
  tracks,
  VIDEO,
} from "./cases.js";
import { matroska } from "./index.js";

/** 60 packets of 20 ms; their bytes tell them apart. */
const AUDIO = Array.from({ length: 60 }, (_, i) => Buffer.alloc(40 + i, i + 1));
const PCM = audioTrack("A_PCM/INT/LIT", audioSettings(16000, 1, 16));
const BOTH = tracks(VIDEO, PCM);
const ALONE = tracks(PCM);
const blocks = AUDIO.map((data, i) => simple(20 * i, data));
const PLAIN = file(ALONE, cluster(0, ...blocks));

async function demux(bytes: Uint8Array, isStream = false) {
  const damage = new DamageReport();
  const opened = await matroska.open(memorySource(bytes, isStream), 0, damage);
  if (!("packets" in opened)) return { opened, packets: [], damage };
  const packets: Packet[] = [];
  for await (const packet of opened.packets()) packets.push(packet);
  return { opened, packets, damage };
}

/** The packets' numbers, by their bytes. */
const numbers = (packets: readonly Packet[]) => packets.map(({ data }) => data[0]! - 1);
const ALL = AUDIO.map((_, i) => i);

test("packets have their data, and times from the file's beginning", async () => {
  const { packets, damage } = await demux(PLAIN);
  expect(packets.map(({ data }) => Buffer.from(data))).toEqual(AUDIO);
  expect(packets.map(({ startSeconds }) => startSeconds)).toEqual(
    ALL.map((i) => expect.closeTo(i * 0.02, 9)),
  );
  expect(damage).toEqual(new DamageReport());
});

describe("other ways to write the same file", () => {
  /** Blocks of 4 frames; `lace` gives the bytes of their sizes. */
  const laced = (kind: number, lace: (frames: Uint8Array[]) => Buffer) =>
    Array.from({ length: AUDIO.length / 4 }, (_, i) => {
      const frames = AUDIO.slice(4 * i, 4 * i + 4);
      return simple(80 * i, Buffer.concat([Buffer.of(3), lace(frames), ...frames]), kind);
    });
  const xiph = (frames: Uint8Array[]) => Buffer.from(frames.slice(0, -1).map(({ length }) => length));
  const ebml = (frames: Uint8Array[]) =>
    Buffer.concat(
      frames.slice(0, -1).map(({ length }, i) => {
        const value = i === 0 ? length : length - frames[i - 1]!.length + 8191;
        return Buffer.of(0x40 | (value >> 8), value & 255);
      }),
    );
  const live = openElement(0x1f43b675, element(0xe7, 0), ...blocks);
  test.each<[string, Uint8Array]>([
    ["sizes left open", Buffer.concat([EBML, openElement(0x18538067, ALONE, live)])],
    [
      "pictures between",
      file(BOTH, ...AUDIO.map((d, i) => cluster(20 * i, picture(0, i * 300), simple(0, d)))),
    ],
    ["block groups", file(ALONE, cluster(0, ...AUDIO.map((d, i) => group(20 * i, d, 0))))],
    ["Xiph lacing", file(ALONE, cluster(0, ...laced(1, xiph)))],
    ["EBML lacing", file(ALONE, cluster(0, ...laced(3, ebml)))],
    ["zeros behind it", Buffer.concat([PLAIN, Buffer.alloc(100)])],
    [
      "zeros behind open sizes",
      Buffer.concat([EBML, openElement(0x18538067, ALONE, live), Buffer.alloc(99)]),
    ],
    ["recorded since an hour", file(BOTH, cluster(3_600_000, picture(0, 10), ...blocks))],
    [
      "other ticks",
      file(
        element(0x1549a966, element(0x2ad7b1, integer(500_000))),
        ALONE,
        cluster(0, ...AUDIO.map((d, i) => simple(40 * i, d))),
      ),
    ],
  ])("%s", async (_, bytes) => {
    for (const isStream of [false, true]) {
      const { packets, damage } = await demux(bytes, isStream);
      expect(numbers(packets)).toEqual(ALL);
      for (const [i, { startSeconds }] of packets.entries())
        if (startSeconds !== null) expect(startSeconds).toBeCloseTo(0.02 * i, 9);
      expect(damage).toEqual(new DamageReport());
    }
  });
});

describe("the file's own timeline", () => {
  const starts = async (bytes: Uint8Array) =>
    (await demux(bytes)).packets.map((packet) => packet.startSeconds);

  test("sound that starts after the pictures, before them, and after a gap", async () => {
    const [a, b] = [AUDIO[0]!, AUDIO[1]!];
    expect(await starts(file(BOTH, cluster(0, picture(0, 9), picture(4000, 9), simple(5000, a))))).toEqual([
      5,
    ]);
    expect(await starts(file(BOTH, cluster(0, simple(300, a), picture(800, 9), simple(900, b))))).toEqual([
      0,
      expect.closeTo(0.6, 9),
    ]);
    // The file's beginning is known only when its pictures come.
    expect(await starts(file(BOTH, cluster(0, simple(500, a), picture(100, 9))))).toEqual([
      expect.closeTo(0.4, 9),
    ]);
    expect(await starts(file(ALONE, cluster(0, simple(0, a)), cluster(9000, simple(1000, b))))).toEqual([
      0, 10,
    ]);
  });

  test("a track without blocks delays nothing", async () => {
    expect(await starts(file(BOTH, cluster(0, ...blocks)))).toHaveLength(60);
  });

  test("what CodecDelay and DiscardPadding say is not played", async () => {
    const track = audioTrack("A_AAC", element(0x56aa, integer(21_000_000)), audioSettings(48000, 1));
    const { packets } = await demux(
      file(
        tracks(track),
        cluster(0, simple(0, AUDIO[0]!), group(21, AUDIO[1]!, 9_000_000), group(42, AUDIO[2]!, -2_000_000)),
      ),
    );
    expect(packets).toMatchObject([
      { startSeconds: -0.021, skipSeconds: 0.021 },
      { startSeconds: 0, discardSeconds: 0.009 },
      { startSeconds: 0.021, skipSeconds: 0.002 },
    ]);
    expect(packets[1]).not.toHaveProperty("skipSeconds");
  });

  test("Opus' own pre-skip counts, whether CodecDelay repeats it or not", async () => {
    const head = Buffer.concat([
      Buffer.from("OpusHead"),
      Buffer.of(1, 1, 0x38, 1, 0x80, 0xbb, 0, 0, 0, 0, 0),
    ]);
    const opus = (...more: Uint8Array[]) => tracks(audioTrack("A_OPUS", element(0x63a2, head), ...more));
    const [plain] = (await demux(file(opus(), cluster(0, ...blocks)))).packets;
    expect(plain).toMatchObject({ startSeconds: 0, skipSeconds: 312 / 48000 });
    const delay = element(0x56aa, integer(6_500_000));
    const [delayed] = (await demux(file(opus(delay), cluster(0, ...blocks)))).packets;
    expect(delayed).toMatchObject({ startSeconds: -0.0065, skipSeconds: 0.0065 });
  });

  test("a second file after the first follows it", async () => {
    const { packets, damage } = await demux(Buffer.concat([PLAIN, PLAIN]));
    expect(numbers(packets)).toEqual([...ALL, ...ALL]);
    expect(packets.slice(60).every(({ startSeconds }) => startSeconds === null)).toBe(true);
    expect(damage.nDamaged).toBe(0);
  });
});

describe("codecs", () => {
  const open = async (track: Uint8Array) =>
    (await demux(file(tracks(track), cluster(0, ...blocks)))).packets[0]?.track;
  const wave = (tag: number, bits: number) => {
    const format = Buffer.alloc(18);
    format.writeUInt16LE(tag, 0);
    format.writeUInt16LE(2, 2);
    format.writeUInt32LE(22050, 4);
    format.writeUInt16LE(bits, 14);
    return element(0x63a2, format);
  };
  test.each<[string, Uint8Array, object]>([
    ["PCM", PCM, { codec: "pcm", sampleFormat: "s16le", sampleRate: 16000, nChannels: 1 }],
    ["8 bits", audioTrack("A_PCM/INT/LIT", audioSettings(8000, 2, 8)), { sampleFormat: "u8", nChannels: 2 }],
    ["big-endian", audioTrack("A_PCM/INT/BIG", audioSettings(8000, 1, 24)), { sampleFormat: "s24be" }],
    ["floats", audioTrack("A_PCM/FLOAT/IEEE", audioSettings(8000, 1, 64)), { sampleFormat: "f64le" }],
    [
      "A-law of Windows",
      audioTrack("A_MS/ACM", wave(6, 8)),
      { sampleFormat: "alaw", sampleRate: 22050, nChannels: 2 },
    ],
    ["MP3", audioTrack("A_MPEG/L3"), { codec: "mp3", sampleRate: 8000, nChannels: 1 }],
    ["ALAC", audioTrack("A_ALAC", element(0x63a2, 1, 2)), { codec: "alac", header: Buffer.of(1, 2) }],
    [
      "AAC",
      audioTrack("A_AAC", element(0x63a2, 0x12, 0x10)),
      { codec: "aac", header: Buffer.of(0x12, 0x10) },
    ],
    // type 2, rate 3 (48000), 2 channels; type 2, 15, 48001 Hz, 1 channel
    [
      "AAC of old",
      audioTrack("A_AAC/MPEG4/LC/SBR", audioSettings(48000, 2)),
      { header: Uint8Array.of(0x11, 0x90) },
    ],
    [
      "an odd rate",
      audioTrack("A_AAC/MPEG2/LC", audioSettings(48001, 1)),
      { header: Uint8Array.of(0x17, 0x80, 0x5d, 0xc0, 0x88) },
    ],
  ])("%s", async (_, track, expected) => {
    expect(await open(track)).toMatchObject(expected);
  });

  test("frames whose first bytes are left out, and compressed ones", async () => {
    const encoding = (scope: number, ...compression: Uint8Array[]) =>
      element(0x6d80, element(0x6240, element(0x5032, scope), element(0x5034, ...compression)));
    const stripped = audioTrack("A_AAC", encoding(1, element(0x4254, 3), element(0x4255, 9, 8)));
    const { packets } = await demux(file(tracks(stripped), cluster(0, simple(0, Buffer.of(7)))));
    expect(packets[0]!.data).toEqual(Uint8Array.of(9, 8, 7));
    const zipped = audioTrack("A_AAC", encoding(3), element(0x63a2, deflateSync(Buffer.of(0x12, 0x10))));
    const deflated = await demux(
      file(tracks(zipped), cluster(0, simple(0, deflateSync(AUDIO[5]!)), simple(20, AUDIO[6]!))),
    );
    expect(deflated.packets[0]).toMatchObject({
      data: new Uint8Array(AUDIO[5]!),
      track: { header: Uint8Array.of(0x12, 0x10) },
    });
    expect(deflated).toMatchObject({ packets: { length: 1 }, damage: { nDamaged: 1 } });
  });

  test("what is not decoded here is named", async () => {
    const info = element(0x1549a966, element(0x4489, Buffer.of(0x44, 0x7a, 0, 0))); // 1000.0
    const { opened } = await demux(file(info, tracks(audioTrack("A_AC3")), cluster(0)));
    expect(opened).toEqual({ codec: "AC3", durationSeconds: 1 });
    const encrypted = audioTrack("A_OPUS", element(0x6d80, element(0x6240, element(0x5033, 1))));
    expect((await demux(file(tracks(encrypted)))).opened).toMatchObject({ codec: "OPUS" });
  });

  test("a name of any bytes is told in one short line", async () => {
    const bytes = file(tracks(audioTrack(`A_${"\n".repeat(1000)}`)), cluster(0));
    expect(await openDemuxer(memorySource(bytes), new DamageReport())).toMatchObject({
      codec: `${"?".repeat(199)}…`,
    });
  });

  test("the default track is played, not the first", async () => {
    const commentary = element(0xae, element(0xd7, 3), element(0x83, 2), element(0x88, 0), element(0x86));
    expect(numbers((await demux(file(tracks(commentary, PCM), cluster(0, ...blocks)))).packets)).toEqual(ALL);
  });
});

test("lacing with equal sizes, and with sizes that cannot be", () => {
  const header = [0x82, 0, 0, 2 << 1, 2];
  expect(readFrames(Uint8Array.of(...header, 1, 2, 3, 4, 5, 6))?.map((frame) => [...frame])).toEqual([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  expect(readFrames(Uint8Array.of(...header, 1, 2, 3, 4, 5))).toBeNull();
  expect(readFrames(Uint8Array.of(0x82, 0, 0, 1 << 1, 1, 200, 1, 2))).toBeNull();
});

describe("damage", () => {
  test.each([false, true])("bytes that are no element are skipped (stream: %s)", async (isStream) => {
    const junk = Buffer.alloc(1000, 1);
    const bytes = file(ALONE, cluster(0, ...blocks.slice(0, 30)), junk, cluster(0, ...blocks.slice(30)));
    const { packets, damage } = await demux(bytes, isStream);
    expect(numbers(packets)).toEqual(ALL);
    expect(damage).toMatchObject({ nDamaged: 1, isCutOff: false });
  });

  test("a size that reaches across its cluster's end costs one block", async () => {
    const bytes = file(
      ALONE,
      cluster(0, ...blocks.slice(0, 30)),
      cluster(600, ...AUDIO.slice(30).map((d, i) => simple(20 * i, d))),
    );
    const at = bytes.indexOf(blocks[10]!);
    bytes.writeUIntBE(1500, at + 3, 6);
    const { packets, damage } = await demux(bytes);
    expect(numbers(packets)).toEqual(ALL.filter((i) => i !== 10));
    expect(packets.at(-1)!.startSeconds).toBeCloseTo(59 * 0.02, 9);
    expect(damage).toMatchObject({ nDamaged: 1, isCutOff: false });
  });

  test.each([1, 7, 8, 9, 100])("%i bytes of nothing at the segment's end", async (sizeBytes) => {
    const { packets, damage } = await demux(file(ALONE, cluster(0, ...blocks), Buffer.alloc(sizeBytes, 1)));
    expect(numbers(packets)).toEqual(ALL);
    expect(damage.isCutOff).toBe(true);
  });

  test.each([false, true])(
    "cut off anywhere, it is read as far as it goes (stream: %s)",
    async (isStream) => {
      for (let length = PLAIN.length - 1; length > PLAIN.length - 250; length -= 7) {
        const { packets, damage } = await demux(PLAIN.subarray(0, length), isStream);
        expect(numbers(packets)).toEqual(ALL.slice(0, packets.length));
        expect(packets.length).toBeGreaterThan(55);
        expect(damage).toMatchObject({ nDamaged: 0, isCutOff: true });
      }
    },
  );

  test.each([false, true])("a track list that ends behind the file (stream: %s)", async (isStream) => {
    const list = Buffer.from(tracks(PCM));
    const bytes = file(list.subarray(0, -20));
    await expect(demux(bytes, isStream)).rejects.toMatchObject({ code: "audio-corrupt" });
  });

  test("no audio track, no track list", async () => {
    await expect(demux(file(tracks(VIDEO), cluster(0, picture(0, 10))))).rejects.toMatchObject({
      code: "audio-no-track",
    });
    await expect(demux(EBML)).rejects.toMatchObject({ code: "audio-corrupt" });
  });
});
