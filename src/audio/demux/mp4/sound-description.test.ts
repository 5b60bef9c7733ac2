import { describe, expect, test } from "vitest";
import { box, esds, fullBox, indexFirst, moov, sound, soundV1, soundV2, trak, u32 } from "./cases.js";
import { AAC, DATA, demux, shape } from "./testing/recordings.js";

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
