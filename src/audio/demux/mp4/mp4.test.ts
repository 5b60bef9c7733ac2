import { describe, expect, test } from "vitest";
import type { Packet } from "../../packet.js";
import { decode, memorySource, read, TAGS } from "../cases.js";
import { DamageReport } from "../damage-report.js";
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

test.each(Object.entries(TAGS))("%s in front moves what its index points to", async (_, tag) => {
  const bytes = Uint8Array.from([...tag, ...PLAIN]);
  for (const isStream of [false, true]) {
    const opened = await openDemuxer(memorySource(bytes, isStream), new DamageReport());
    const packets: Packet[] = [];
    if ("packets" in opened) for await (const packet of opened.packets()) packets.push(packet);
    expect(numbers(packets)).toEqual(ALL);
  }
});
