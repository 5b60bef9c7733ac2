import { describe, expect, test } from "vitest";
import type { Packet } from "../packet.js";
import { aiff } from "./aiff.js";
import { memorySource, TAGS } from "./cases.js";
import { DamageReport } from "./damage-report.js";

/** 20,000 samples of 16 bits, two channels. */
const SOUND = Buffer.from(Array.from({ length: 80_000 }, (_, i) => i & 255));

function chunk(name: string, body: Uint8Array, sizeBytes = body.length): Buffer {
  return Buffer.concat([Buffer.from(name), u32(sizeBytes), body, Buffer.alloc(body.length & 1)]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A rate as 80 bits: its exponent, and its bits from the first 1 on. */
function comm(nChannels: number, bits: number, sampleRate: number, kind?: string): Buffer {
  const body = Buffer.alloc(18);
  body.writeUInt16BE(nChannels, 0);
  body.writeUInt16BE(bits, 6);
  const exponent = Math.floor(Math.log2(sampleRate));
  body.writeUInt16BE(16383 + exponent, 8);
  body.writeBigUInt64BE(BigInt(sampleRate * 2 ** (52 - exponent)) << 11n, 10);
  return chunk("COMM", kind === undefined ? body : Buffer.concat([body, Buffer.from(kind), Buffer.of(0, 0)]));
}

/** The chunk with the sound; `offset` bytes come before it. */
const ssnd = (sound: Uint8Array, sizeBytes?: number, offset = 0) =>
  chunk("SSND", Buffer.concat([u32(offset), u32(0), Buffer.alloc(offset), sound]), sizeBytes);
const file = (form: string, ...chunks: Uint8Array[]) =>
  Buffer.concat([Buffer.from("FORM"), u32(0), Buffer.from(form), ...chunks]);
const COMM = comm(2, 16, 44100);

async function demux(bytes: Uint8Array, isStream = false) {
  const damage = new DamageReport();
  expect(aiff.recognise(bytes, true)).toBe(0);
  const opened = await aiff.open(memorySource(bytes, isStream), 0, damage);
  const packets: Packet[] = [];
  if ("packets" in opened) for await (const packet of opened.packets()) packets.push(packet);
  return { opened, packets, sound: Buffer.concat(packets.map(({ data }) => data)), damage };
}

test.each<[string, Uint8Array]>([
  ["plain", file("AIFF", COMM, ssnd(SOUND))],
  [
    "chunks around it, one of odd size",
    file("AIFF", chunk("NAME", Buffer.from("odd")), COMM, ssnd(SOUND), chunk("ANNO", SOUND)),
  ],
  ["sound that begins later", file("AIFF", COMM, ssnd(SOUND, undefined, 13))],
  ["a size of 0", file("AIFF", COMM, ssnd(SOUND, 0))],
  ["a size that is not known", file("AIFF", COMM, ssnd(SOUND, 0xffffffff))],
  ["a size of half of it", file("AIFF", COMM, ssnd(SOUND, 40_008))],
  ...Object.entries(TAGS).map(([name, tag]): [string, Uint8Array] => [
    `${name} behind it`,
    Buffer.concat([file("AIFF", COMM, ssnd(SOUND)), tag]),
  ]),
  ["zeros behind it", file("AIFF", COMM, ssnd(SOUND), Buffer.alloc(50))],
])("%s", async (_, bytes) => {
  for (const isStream of [false, true]) {
    const { packets, sound, damage } = await demux(bytes, isStream);
    expect(packets[0]!.track).toMatchObject({
      codec: "pcm",
      sampleFormat: "s16be",
      nChannels: 2,
      sampleRate: 44100,
    });
    expect(sound.equals(SOUND)).toBe(true);
    expect(damage).toEqual(new DamageReport());
  }
});

test.each<[string, Buffer, object]>([
  ["8 bits", comm(1, 8, 8000), { sampleFormat: "s8", sampleRate: 8000 }],
  ["12 bits fill two bytes", comm(1, 12, 8000), { sampleFormat: "s16be" }],
  ["20 bits fill three", comm(1, 20, 96000), { sampleFormat: "s24be", sampleRate: 96000 }],
  ["32 bits", comm(1, 32, 8000), { sampleFormat: "s32be" }],
  ["sowt", comm(1, 16, 8000, "sowt"), { sampleFormat: "s16le" }],
  ["raw", comm(1, 8, 8000, "raw "), { sampleFormat: "u8" }],
  ["fl32", comm(1, 32, 8000, "fl32"), { sampleFormat: "f32be" }],
  ["FL64", comm(1, 64, 8000, "FL64"), { sampleFormat: "f64be" }],
  ["ulaw", comm(1, 16, 8000, "ulaw"), { sampleFormat: "mulaw" }],
  ["ALAW", comm(1, 16, 8000, "ALAW"), { sampleFormat: "alaw" }],
])("%s", async (_, described, expected) => {
  const { packets, sound } = await demux(file("AIFC", described, ssnd(SOUND)));
  expect(packets[0]!.track).toMatchObject(expected);
  expect(sound.length).toBeGreaterThan(SOUND.length - 8);
});

describe("damage", () => {
  test("cut off, it is read as far as it goes", async () => {
    const whole = file("AIFF", COMM, ssnd(SOUND));
    const { sound, damage } = await demux(whole.subarray(0, whole.length - 1001));
    expect(sound.equals(SOUND.subarray(0, SOUND.length - 1004))).toBe(true);
    expect(damage.isCutOff).toBe(true);
  });

  test("what is not decoded here, no sound, no description", async () => {
    expect((await demux(file("AIFC", comm(1, 16, 8000, "ima4"), ssnd(SOUND)))).opened).toMatchObject({
      codec: "ADPCM",
    });
    await expect(demux(file("AIFF", COMM))).rejects.toMatchObject({ code: "audio-no-track" });
    await expect(demux(file("AIFF", ssnd(SOUND)))).rejects.toMatchObject({ code: "audio-corrupt" });
    await expect(demux(file("AIFF", comm(0, 16, 8000), ssnd(SOUND)))).rejects.toMatchObject({
      code: "audio-corrupt",
    });
  });
});
