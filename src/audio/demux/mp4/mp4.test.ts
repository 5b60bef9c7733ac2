import { describe, expect, test } from "vitest";
import { memorySource, TAGS } from "../cases.js";
import { DamageReport } from "../damage-report.js";
import type { Packet } from "../demuxer.js";
import { openDemuxer } from "../index.js";
import {
  box,
  FTYP,
  fragment,
  fullBox,
  indexFirst,
  indexLast,
  moov,
  mvex,
  sound,
  type TrackShape,
  trak,
  u32,
} from "./cases.js";
import { mp4 } from "./index.js";
import {
  AAC,
  ALL,
  AUDIO,
  close,
  DATA,
  demux,
  index,
  numbers,
  PACKET_SECONDS,
  PLAIN,
  shape,
  starts,
} from "./testing/recordings.js";

test("packets have their data and times", async () => {
  const { opened, packets, damage } = await demux(PLAIN);
  expect(opened.durationSeconds).toBe(2.56);
  expect(packets.map(({ data }) => Buffer.from(data))).toEqual(AUDIO);
  expect(starts(packets)).toEqual(close(...ALL.map((i) => i * PACKET_SECONDS)));
  expect(packets[0]!.track).toMatchObject({ codec: "aac", sampleRate: 16000, nChannels: 2 });
  expect(packets[0]!.track.header).toEqual(new Uint8Array([0x14, 0x10]));
  expect(damage).toEqual(new DamageReport());
});

describe("other ways to write the same file", () => {
  const long = Buffer.concat([u32(1), Buffer.from("mdat"), u32(0, 16 + DATA.length), DATA]);
  const video = trak({ id: 2, kind: "vide", rate: 90000 });
  test.each<[string, Uint8Array]>([
    ["index behind the sound", indexLast(index(), DATA)],
    ["a long size", Buffer.concat([FTYP, long, index()(FTYP.length + 16)])],
    ["long offsets", indexFirst(index({ hasLongOffsets: true }), DATA)],
    ["a video track in front", indexFirst((at) => moov(2560, video, trak(shape(at))), DATA)],
    [
      "a disabled commentary in front",
      indexFirst(
        (at) => moov(2560, trak({ ...shape(at), id: 3, isEnabled: false, sizes: [] }), trak(shape(at))),
        DATA,
      ),
    ],
    [
      "a lying size in front of the index",
      Buffer.concat([FTYP, u32(5_000_000), Buffer.from("mdat"), DATA, index()(FTYP.length + 8)]),
    ],
    [
      "an open size in front of the index",
      Buffer.concat([FTYP, u32(0), Buffer.from("mdat"), DATA, index()(FTYP.length + 8)]),
    ],
  ])("%s", async (_, bytes) => {
    const { packets, damage } = await demux(bytes);
    expect(numbers(packets)).toEqual(ALL);
    expect(damage).toEqual(new DamageReport());
  });

  test("sizes of 4, 8 and 16 bits", async () => {
    const sizes: [bits: number, table: Buffer, values: number[]][] = [
      [4, Buffer.of(0x3f, 0x10), [3, 15, 1]],
      [8, Buffer.of(3, 200, 1), [3, 200, 1]],
      [16, Buffer.of(0, 3, 1, 0, 0, 1), [3, 256, 1]],
    ];
    for (const [bits, table, values] of sizes) {
      const data = Buffer.concat(values.map((size, i) => Buffer.alloc(size, i + 1)));
      const stz2 = fullBox("stz2", 0, 0, u32(bits, 3), table);
      const make = (at: number) => {
        const made = index({ sizes: [], layout: [[1, 3, 1]], chunks: [at], durations: [[3, 64]] })(at);
        // in place of `stsz`, whose three numbers are as long
        const old = made.indexOf("stsz") - 4;
        const rest = Buffer.concat([made.subarray(0, old), stz2, made.subarray(old + 20)]);
        for (const name of ["moov", "trak", "mdia", "minf", "stbl"]) {
          const start = rest.indexOf(name) - 4;
          rest.writeUInt32BE(rest.readUInt32BE(start) + stz2.length - 20, start);
        }
        return rest;
      };
      const { packets } = await demux(indexFirst(make, data));
      expect(packets.map((packet) => packet.data.length)).toEqual(values);
    }
  });
});

test("with its index first it is read forward, and not a read a packet", async () => {
  expect(numbers((await demux(PLAIN, true)).packets)).toEqual(ALL);
  const source = memorySource(PLAIN);
  let nReads = 0;
  const counted = {
    ...source,
    read: (offset: number, n: number) => {
      nReads += 1;
      return source.read(offset, n);
    },
  };
  const opened = await mp4.open(counted, 0, new DamageReport());
  const packets: Packet[] = [];
  if ("packets" in opened) for await (const packet of opened.packets()) packets.push(packet);
  expect(numbers(packets)).toEqual(ALL);
  expect(nReads).toBeLessThan(10);
});

test.each(Object.entries(TAGS))("%s in front moves what its index points to", async (_, tag) => {
  const bytes = Uint8Array.from([...tag, ...PLAIN]);
  for (const isStream of [false, true]) {
    const opened = await openDemuxer(memorySource(bytes, isStream), new DamageReport());
    const packets: Packet[] = [];
    if ("packets" in opened) for await (const packet of opened.packets()) packets.push(packet);
    expect(numbers(packets)).toEqual(ALL);
  }
});

describe("edits", () => {
  const edited = async (...edits: [number, number][]) =>
    (await demux(indexFirst(index({ edits }), DATA))).packets;

  test("an empty one is a late start beside pictures", async () => {
    const late = (at: number) =>
      moov(
        7560,
        trak(
          shape(at, {
            edits: [
              [5000, -1],
              [2560, 0],
            ],
          }),
        ),
        trak({ id: 2, kind: "vide" }),
      );
    expect((await demux(indexFirst(late, DATA))).packets[0]).toMatchObject({
      startSeconds: 5,
      stopSeconds: expect.closeTo(7.56, 9),
    });
    // Players begin where the first track does.
    expect((await edited([5000, -1], [2560, 0]))[0]).toMatchObject({ startSeconds: 0 });
  });

  test("the encoder's delay is skipped, and what is behind the edit not played", async () => {
    const packets = await edited([1000, 64]);
    expect(packets[0]).toMatchObject({ startSeconds: -0.064, skipSeconds: 0.064, stopSeconds: 1 });
    expect(packets[1]).not.toHaveProperty("skipSeconds");
    expect(numbers(packets)).toEqual(ALL.slice(0, 17)); // 64 to 1064 ms of the track
  });

  test("several, each with some packets before it for the decoder", async () => {
    const packets = await edited([100, 0], [100, 1280]);
    expect(numbers(packets)).toEqual([0, 1, 16, 17, 18, 19, 20, 21]);
    const second = packets.findIndex(({ skipSeconds }) => skipSeconds !== undefined);
    const { startSeconds, skipSeconds, stopSeconds } = packets[second]!;
    expect([startSeconds! + skipSeconds!, stopSeconds]).toEqual(close(0.1, 0.2));
  });

  test("going back in a stream asks for all of it", async () => {
    const bytes = indexFirst(
      index({
        edits: [
          [100, 1280],
          [100, 0],
        ],
      }),
      DATA,
    );
    expect(numbers((await demux(bytes)).packets).slice(-2)).toEqual([0, 1]);
    await expect(demux(bytes, true)).rejects.toThrow("needs the whole file");
  });

  test("iTunes' tag where there is no edit", async () => {
    const name = (value: string, type: string) => fullBox(type, 0, 0, Buffer.from(value));
    const value = " 00000000 00000840 000001CA 00000000000009C6 00000000 00000000";
    const tag = box(
      "----",
      name("com.apple.iTunes", "mean"),
      name("iTunSMPB", "name"),
      fullBox("data", 0, 1, u32(0), Buffer.from(value)),
    );
    const udta = box("udta", fullBox("meta", 0, 0, box("ilst", tag)));
    const gap = { rate: 16000, durations: [[40, 1024]] as const };
    const [first] = (await demux(indexFirst(index(gap, udta), DATA))).packets;
    expect(first).toMatchObject({
      startSeconds: -0x840 / 16000,
      skipSeconds: 0x840 / 16000,
      stopSeconds: 0x9c6 / 16000,
    });
    const edits = [[2560, 1024]] as const;
    expect((await demux(indexFirst(index({ ...gap, edits }, udta), DATA))).packets[0]).toMatchObject({
      skipSeconds: 0.064,
    });
  });

  test("a pause in the table of durations is a gap", async () => {
    const { packets } = await demux(
      indexFirst(
        index({
          durations: [
            [1, 64],
            [1, 10_000],
            [38, 64],
          ],
        }),
        DATA,
      ),
    );
    expect(starts(packets).slice(0, 3)).toEqual(close(0, 0.064, 10.064));
  });
});

describe("fragments", () => {
  const head = (...edits: [number, number][]) =>
    Buffer.concat([
      FTYP,
      moov(0, trak({ descriptions: [AAC], ...(edits.length > 0 ? { edits } : {}) }), mvex(1, 64, 0)),
    ]);
  const parts = (from = 0) =>
    [0, 1, 2, 3].map((i) => fragment(1, from + 640 * i, AUDIO.slice(10 * i, 10 * i + 10)));
  const FRAGMENTED = Buffer.concat([head(), ...parts()]);

  test.each([false, true])("are read forward (stream: %s)", async (isStream) => {
    const { opened, packets, damage } = await demux(FRAGMENTED, isStream);
    expect(opened.durationSeconds).toBeNull();
    expect(packets.map(({ data }) => Buffer.from(data))).toEqual(AUDIO);
    expect(starts(packets)).toEqual(close(...ALL.map((i) => i * PACKET_SECONDS)));
    expect(damage).toEqual(new DamageReport());
  });

  test("begin anywhere, may jump, and may not say when", async () => {
    const live = Buffer.concat([head(), ...parts(1e12)]);
    expect(starts((await demux(live)).packets)[39]).toBeCloseTo(39 * PACKET_SECONDS, 3);
    const [a, b] = [AUDIO[0]!, AUDIO[1]!];
    const jump = Buffer.concat([head(), fragment(1, 0, [a]), fragment(1, 9000, [b]), fragment(1, null, [a])]);
    expect(starts((await demux(jump)).packets)).toEqual(close(0, 9, 9.064));
  });

  test("of sound that begins after the pictures", async () => {
    const both = moov(0, trak({ descriptions: [AAC] }), trak({ id: 2, kind: "vide" }), mvex(1, 64, 0));
    const bytes = Buffer.concat([
      FTYP,
      both,
      fragment(1, 3000, [AUDIO[0]!]),
      fragment(2, 1000, [Buffer.alloc(9)]),
    ]);
    expect(starts((await demux(bytes)).packets)).toEqual(close(2));
  });

  test("play what an edit leaves out at their start", async () => {
    const bytes = Buffer.concat([head([0, 64]), ...parts()]);
    const { packets } = await demux(bytes);
    expect(starts(packets).slice(0, 2)).toEqual(close(0, 0.064));
    expect(packets[0]).not.toHaveProperty("skipSeconds");
  });

  test.each([false, true])("one with a broken size costs itself (stream: %s)", async (isStream) => {
    const damaged = Buffer.concat([
      head(),
      ...parts().map((part, i) => (i === 1 ? Buffer.concat([u32(7), part.subarray(4)]) : part)),
    ]);
    const { packets, damage } = await demux(damaged, isStream);
    expect(numbers(packets)).toEqual([...ALL.slice(0, 10), ...ALL.slice(20)]);
    expect(damage).toMatchObject({ nDamaged: 1, isCutOff: false });
  });

  test.each([false, true])("cut off, they are read as far as they go (stream: %s)", async (isStream) => {
    for (let length = FRAGMENTED.length - 1; length > FRAGMENTED.length - 770; length -= 13) {
      const { packets, damage } = await demux(FRAGMENTED.subarray(0, length), isStream);
      expect(numbers(packets)).toEqual(ALL.slice(0, packets.length));
      expect(packets.length).toBeGreaterThan(29);
      expect(damage.isCutOff).toBe(true);
    }
  });
});

describe("sound descriptions", () => {
  const described = async (...descriptions: Uint8Array[]) =>
    demux(indexFirst((at) => moov(100, trak(shape(at, { descriptions }))), DATA));
  const wave = (...content: Uint8Array[]) => box("wave", ...content, u32(8, 0));
  const little = box("enda", Buffer.of(0, 1));
  const cookie = Buffer.concat([u32(4096), Buffer.of(0, 16, 40, 10, 14, 2), Buffer.alloc(14)]);
  const dOps = box("dOps", Buffer.of(0, 2, 1, 0x38, 0, 0, 0xbb, 0x80, 0, 0, 0));
  const streamInfo = Buffer.concat([Buffer.of(0x80, 0, 0, 34), Buffer.alloc(34, 3)]);
  const layout = fullBox("chan", 0, 0, u32((124 << 16) | 6, 0, 0));
  test.each<[string, Uint8Array, object]>([
    [
      "sowt",
      sound("sowt", 2, 16, 48000),
      { codec: "pcm", sampleFormat: "s16le", nChannels: 2, sampleRate: 48000 },
    ],
    ["twos of 8 bits", sound("twos", 1, 8, 8000), { sampleFormat: "s8" }],
    ["raw", sound("raw ", 1, 8, 8000), { sampleFormat: "u8" }],
    ["in24", soundV1("in24", 2, 24, 44100), { sampleFormat: "s24be", nChannels: 2, sampleRate: 44100 }],
    ["in24, little-endian", soundV1("in24", 2, 24, 44100, wave(little)), { sampleFormat: "s24le" }],
    ["fl32, little-endian", soundV1("fl32", 2, 32, 44100, wave(little)), { sampleFormat: "f32le" }],
    ["fl64", soundV1("fl64", 1, 64, 44100), { sampleFormat: "f64be" }],
    ["lpcm", soundV2(4, 6, 24, 192000), { sampleFormat: "s24le", nChannels: 6, sampleRate: 192000 }],
    ["lpcm of floats", soundV2(3, 1, 32, 48000), { sampleFormat: "f32be" }],
    ["ipcm", sound("ipcm", 2, 16, 48000, fullBox("pcmC", 0, 0, Buffer.of(1, 24))), { sampleFormat: "s24le" }],
    ["fpcm", sound("fpcm", 2, 16, 48000, fullBox("pcmC", 0, 0, Buffer.of(0, 32))), { sampleFormat: "f32be" }],
    ["ulaw", sound("ulaw", 1, 16, 8000), { sampleFormat: "mulaw" }],
    ["MP3 as MPEG-4", sound("mp4a", 2, 16, 44100, esds(0x6b, Buffer.of())), { codec: "mp3" }],
    ["MP3 of QuickTime", soundV1(".mp3", 2, 16, 44100), { codec: "mp3" }],
    [
      "AAC of QuickTime",
      soundV1("mp4a", 2, 16, 44100, wave(esds(0x40, Buffer.of(0x12, 0x10)))),
      { codec: "aac", header: new Uint8Array([0x12, 0x10]) },
    ],
    [
      "AAC without a header",
      sound("mp4a", 2, 16, 44100),
      { codec: "aac", header: Uint8Array.of(0x12, 0x10) },
    ],
    [
      "ALAC",
      sound("alac", 2, 16, 44100, fullBox("alac", 0, 0, cookie)),
      { codec: "alac", header: new Uint8Array(cookie) },
    ],
    [
      "ALAC of QuickTime",
      soundV1("alac", 2, 16, 44100, wave(fullBox("alac", 0, 0, cookie))),
      { codec: "alac", header: new Uint8Array(cookie) },
    ],
    [
      "Opus",
      sound("Opus", 2, 16, 48000, dOps),
      {
        codec: "opus",
        header: new Uint8Array([...Buffer.from("OpusHead"), 1, 2, 0x38, 1, 0x80, 0xbb, 0, 0, 0, 0, 0]),
      },
    ],
    [
      "FLAC",
      sound("fLaC", 2, 16, 44100, fullBox("dfLa", 0, 0, streamInfo)),
      { codec: "flac", header: new Uint8Array([...Buffer.from("fLaC"), ...streamInfo]) },
    ],
    ["speakers", soundV1("sowt", 6, 16, 48000, layout), { speakers: ["FC", "FL", "FR", "BL", "BR", "LFE"] }],
    [
      "a rate beyond 16 bits",
      sound("ipcm", 1, 16, 96000, fullBox("srat", 0, 0, u32(96000)), fullBox("pcmC", 0, 0, Buffer.of(1, 16))),
      { sampleRate: 96000 },
    ],
  ])("%s", async (_, description, expected) => {
    expect((await described(description)).packets[0]?.track).toMatchObject(expected);
  });

  test.each<[string, Uint8Array, string]>([
    ["AMR", sound("samr", 1, 16, 8000), "AMR"],
    ["AC-3 as MPEG-4", sound("mp4a", 2, 16, 48000, esds(0xa5, Buffer.of())), "AC-3"],
    ["ALS as AAC", sound("mp4a", 2, 16, 48000, esds(0x40, Buffer.of(0xf8, 0x80))), "ALS"],
    ["something unheard of", sound("xy\0z", 1, 16, 8000), 'codec "xy?z"'],
  ])("what is not decoded here is named: %s", async (_, description, codec) => {
    expect((await described(description)).opened).toEqual({ codec, durationSeconds: 0.1 });
  });

  test("a track may change its description", async () => {
    const twice = shape(0, {
      descriptions: [AAC, sound("mp4a", 1, 16, 16000, esds(0x40, Buffer.of(0x14, 0x08)))],
    });
    const make = (at: number) =>
      moov(
        100,
        trak({
          ...twice,
          ...shape(at),
          descriptions: twice.descriptions!,
          layout: [
            [1, 5, 1],
            [4, 5, 2],
          ],
        }),
      );
    const { packets } = await demux(indexFirst(make, DATA));
    expect(packets.map(({ track }) => track.nChannels)).toEqual([...Array(15).fill(2), ...Array(25).fill(1)]);
    expect(new Set(packets.map(({ track }) => track)).size).toBe(2);
  });
});

test("PCM's samples are read together, whatever size the table gives them", async () => {
  const pcm = Buffer.from(Array.from({ length: 90_000 }, (_, i) => i & 255));
  const make = (all: number) => (at: number) =>
    moov(
      0,
      trak({
        rate: 8000,
        descriptions: [sound("sowt", 2, 16, 8000)],
        durations: [[22_500, 1]],
        sizes: { all, n: 22_500 },
        layout: [[1, 22_500, 1]],
        chunks: [at],
      }),
    );
  for (const all of [1, 4]) {
    const { packets } = await demux(indexFirst(make(all), pcm));
    expect(Buffer.concat(packets.map(({ data }) => data))).toEqual(pcm);
    expect(packets.length).toBeLessThan(10);
    expect(packets[1]!.startSeconds).toBeCloseTo(packets[0]!.data.length / 4 / 8000, 9);
  }
});

describe("damage", () => {
  test("cut off, it is read as far as it goes", async () => {
    const { packets, damage } = await demux(PLAIN.subarray(0, PLAIN.length - 200));
    expect(numbers(packets)).toEqual(ALL.slice(0, 37));
    expect(damage.isCutOff).toBe(true);
  });

  test("no index, half an index, no sound", async () => {
    const open = (bytes: Uint8Array, isStream = false) => demux(bytes, isStream);
    await expect(open(Buffer.concat([FTYP, box("mdat", DATA)]))).rejects.toMatchObject({
      code: "audio-corrupt",
      message: "buffer: damaged file (its index is missing)",
    });
    await expect(open(index()(0).subarray(0, 150))).rejects.toMatchObject({
      code: "audio-corrupt",
      message: "buffer: damaged file (its index is cut off)",
    });
    await expect(open(Buffer.concat([FTYP, moov(0, trak({ kind: "vide" }))]))).rejects.toMatchObject({
      code: "audio-no-track",
    });
  });

  test("tables that claim more than there is come to an end", async () => {
    const huge: TrackShape = { sizes: { all: 1, n: 0xffffffff }, layout: [[1, 0xffffffff, 1]] };
    const { packets, damage } = await demux(indexFirst(index(huge), DATA));
    expect(packets.length).toBeLessThan(10 * PLAIN.length);
    expect(damage.nDamaged + Number(damage.isCutOff)).toBeGreaterThan(0);
    const large = await demux(indexFirst(index({ sizes: [0xffffffff, 30] }), DATA));
    expect(large.damage.nDamaged).toBe(1);
  });

  test.each([false, true])(
    "samples at positions that were already released (stream: %s)",
    async (isStream) => {
      const head = Buffer.concat([FTYP, moov(0, trak({ descriptions: [AAC] }), mvex(1, 64, 0))]);
      const parts = [0, 1].map((i) => fragment(1, 640 * i, AUDIO.slice(10 * i, 10 * i + 10)));
      parts[1]!.writeInt32BE(-5000, parts[1]!.indexOf("trun") + 12);
      const { packets, damage } = await demux(Buffer.concat([head, ...parts]), isStream);
      expect(numbers(packets)).toEqual(ALL.slice(0, 10));
      expect(damage.nDamaged).toBe(10);
    },
  );

  test("a rate that is no whole number", async () => {
    const description = sound("mp4a", 1, 16, 16000.25);
    const { packets } = await demux(indexFirst(index({ descriptions: [description] }), DATA));
    expect(packets[0]!.track.header).toEqual(Uint8Array.of(0x14, 0x08));
  });
});

test("a fragment that says it has four thousand million packets ends", async () => {
  const bytes = Buffer.from(read("test/fuzz/seeds/aac-fragmented.mp4"));
  const [run, header] = [bytes.indexOf("trun") + 4, bytes.indexOf("tfhd") + 4];
  bytes.writeUInt32BE(1, run); // packets without rows of their own
  bytes.writeUInt32BE(0xffffffff, run + 4);
  bytes.writeUInt32BE(1 << 25, header + 12); // more than a packet has
  await expect(decode(bytes)).rejects.toMatchObject({ code: "audio-empty" });
}, 60_000);
