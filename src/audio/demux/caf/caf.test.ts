import { describe, expect, test } from "vitest";
import type { Packet } from "../../packet.js";
import { memorySource } from "../cases.js";
import { DamageReport } from "../damage-report.js";
import { caf } from "./index.js";

const SOUND = Buffer.from(Array.from({ length: 60_000 }, (_, i) => i & 255));
/** 10 packets; their bytes tell them apart. */
const AUDIO = Array.from({ length: 10 }, (_, i) => Buffer.alloc(120 + i, i + 1));

function chunk(type: string, body: Uint8Array, size = body.length): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(size));
  return Buffer.concat([Buffer.from(type), bytes, body]);
}

function u32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value, 4 * i);
  return bytes;
}

function desc(
  format: string,
  flags: number,
  packet: [bytes: number, frames: number],
  nChannels: number,
  bits: number,
): Buffer {
  const rate = Buffer.alloc(8);
  rate.writeDoubleBE(16000);
  return chunk("desc", Buffer.concat([rate, Buffer.from(format), u32(flags, ...packet, nChannels, bits)]));
}

/** The sound after a count of edits. */
const data = (sound: Uint8Array, size?: number) => chunk("data", Buffer.concat([u32(0), sound]), size);
const file = (...chunks: Uint8Array[]) =>
  Buffer.concat([Buffer.from("caff"), Buffer.of(0, 1, 0, 0), ...chunks]);

/** The packet table: sizes of one or two bytes. */
function pakt(nValid: number, nPriming: number, nRemainder: number): Buffer {
  const sizes = AUDIO.map(({ length }) => (length < 128 ? Buffer.of(length) : Buffer.of(0x81, length & 127)));
  return chunk("pakt", Buffer.concat([u32(0, AUDIO.length, 0, nValid, nPriming, nRemainder), ...sizes]));
}

async function demux(bytes: Uint8Array, isStream = false) {
  const damage = new DamageReport();
  expect(caf.recognise(bytes, true)).toBe(0);
  const opened = await caf.open(memorySource(new Uint8Array(bytes), isStream), 0, damage);
  const packets: Packet[] = [];
  if ("packets" in opened) for await (const packet of opened.packets()) packets.push(packet);
  return { opened, packets, sound: Buffer.concat(packets.map((packet) => packet.data)), damage };
}

const PCM = desc("lpcm", 2, [6, 1], 2, 24);
test.each<[string, Uint8Array]>([
  ["plain", file(PCM, data(SOUND))],
  ["chunks around it", file(PCM, chunk("free", Buffer.alloc(9)), data(SOUND), chunk("info", SOUND))],
  ["a size that is not known", file(PCM, data(SOUND, -1))],
])("PCM, %s", async (_, bytes) => {
  for (const isStream of [false, true]) {
    const { packets, sound, damage } = await demux(bytes, isStream);
    expect(packets[0]!.track).toMatchObject({
      codec: "pcm",
      sampleFormat: "s24le",
      nChannels: 2,
      sampleRate: 16000,
    });
    expect(sound.equals(SOUND)).toBe(true);
    expect(damage).toEqual(new DamageReport());
  }
});

test.each<[string, Buffer, object]>([
  ["big-endian", desc("lpcm", 0, [2, 1], 1, 16), { sampleFormat: "s16be" }],
  ["20 bits in 4 bytes", desc("lpcm", 2, [4, 1], 1, 20), { sampleFormat: "s32le" }],
  ["floats", desc("lpcm", 1, [4, 1], 1, 32), { sampleFormat: "f32be" }],
  ["doubles", desc("lpcm", 3, [8, 1], 1, 64), { sampleFormat: "f64le" }],
  ["A-law", desc("alaw", 0, [1, 1], 1, 8), { sampleFormat: "alaw" }],
])("PCM of %s", async (_, described, expected) => {
  expect((await demux(file(described, data(SOUND)))).packets[0]!.track).toMatchObject(expected);
});

test("speakers, by layout, by bits and one by one", async () => {
  const six = desc("lpcm", 2, [12, 1], 6, 16);
  const speakers = async (...layout: number[]) =>
    (await demux(file(six, chunk("chan", u32(...layout)), data(SOUND)))).packets[0]!.track.speakers;
  expect(await speakers((121 << 16) | 6, 0, 0)).toEqual(["FL", "FR", "FC", "LFE", "BL", "BR"]);
  expect(await speakers(0x10000, 0b1111011, 0)).toEqual(["FL", "FR", "LFE", "BL", "BR", "FLC"]);
  const each = [3, 1, 2, 33, 34, 4].flatMap((label) => [label, 0, 0, 0, 0]);
  expect(await speakers(0, 0, 6, ...each)).toEqual(["FC", "FL", "FR", "BL", "BR", "LFE"]);
  expect(await speakers((101 << 16) | 2, 0, 0)).toBeNull();
});

describe("packets", () => {
  const AAC = desc("aac ", 0, [0, 1024], 1, 0);
  // descriptors of an AudioSpecificConfig
  const kuki = chunk(
    "kuki",
    Buffer.of(3, 22, 0, 0, 0, 4, 17, 0x40, 0x15, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 2, 0x14, 8),
  );
  const table = pakt(9000, 1024, 216);

  test("of their table, with delay and padding", async () => {
    const { opened, packets, damage } = await demux(file(AAC, kuki, table, data(Buffer.concat(AUDIO))), true);
    expect(opened.durationSeconds).toBe(9000 / 16000);
    expect(packets.map((packet) => Buffer.from(packet.data))).toEqual(AUDIO);
    expect(packets[0]).toMatchObject({
      skipSeconds: 0.064,
      stopSeconds: 0.5625,
      track: { codec: "aac", header: new Uint8Array([0x14, 8]) },
    });
    expect(packets[1]).not.toHaveProperty("skipSeconds");
    expect(damage).toEqual(new DamageReport());
  });

  test("whose table follows them", async () => {
    const bytes = file(AAC, kuki, data(Buffer.concat(AUDIO)), table);
    expect((await demux(bytes)).packets.map((packet) => Buffer.from(packet.data))).toEqual(AUDIO);
    await expect(demux(bytes, true)).rejects.toThrow("needs the whole file");
  });

  test("cut off, without a table, and what is not decoded here", async () => {
    const whole = file(AAC, kuki, table, data(Buffer.concat(AUDIO)));
    const { packets, damage } = await demux(whole.subarray(0, whole.length - 200));
    expect([packets.length, damage.isCutOff]).toEqual([8, true]);
    await expect(demux(file(AAC, kuki, data(SOUND)))).rejects.toMatchObject({ code: "audio-corrupt" });
    await expect(demux(file(AAC, kuki, table))).rejects.toMatchObject({ code: "audio-no-track" });
    await expect(demux(file(data(SOUND, -1)))).rejects.toMatchObject({ code: "audio-corrupt" });
    const adpcm = file(desc("ima4", 0, [34, 64], 1, 0), data(SOUND));
    expect((await demux(adpcm)).opened).toMatchObject({ codec: "ADPCM" });
  });
});
