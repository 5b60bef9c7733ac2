import { expect, test } from "vitest";
import { pcm } from "./pcm.js";

test.each([
  ["u8", [0, 128, 255], [-1, 0, 127 / 128]],
  ["s8", [0x80, 0, 0x7f], [-1, 0, 127 / 128]],
  ["s16be", [0x80, 0, 0x40, 0], [-1, 0.5]],
  ["s24le", [0, 0, 0x80, 0, 0, 0x40], [-1, 0.5]],
  ["s24be", [0x80, 0, 0, 0x40, 0, 0], [-1, 0.5]],
  ["s32be", [0x80, 0, 0, 0, 0x40, 0, 0, 0], [-1, 0.5]],
  ["f32be", [0x3f, 0, 0, 0, 0xbf, 0x80, 0, 0], [0.5, -1]],
  ["f64be", [0x3f, 0xe0, 0, 0, 0, 0, 0, 0], [0.5]],
] as const)("%s", async (sampleFormat, bytes, expected) => {
  const track = {
    codec: "pcm",
    header: new Uint8Array(0),
    sampleRate: 8000,
    nChannels: 1,
    speakers: null,
  } as const;
  const decoder = await pcm.open({ ...track, sampleFormat }, "buffer");
  const decoded = await decoder.decode(Uint8Array.from(bytes));
  expect([...decoded!.channels[0]!]).toEqual(expected);
});

test("channels are separated; part of a frame at the end is left out", async () => {
  const track = {
    codec: "pcm",
    header: new Uint8Array(0),
    sampleRate: 8000,
    nChannels: 2,
    speakers: null,
  } as const;
  const decoder = await pcm.open({ ...track, sampleFormat: "u8" }, "buffer");
  const decoded = await decoder.decode(Uint8Array.of(0, 128, 64, 192, 7));
  expect(decoded!.channels.map((channel) => [...channel])).toEqual([
    [-1, -0.5],
    [0, 0.5],
  ]);
});
