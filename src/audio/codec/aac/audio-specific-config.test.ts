import { expect, it } from "vitest";
import { bytesOfBits } from "../../cases.js";
import { readAudioSpecificConfig } from "./audio-specific-config.js";

const CASES = [
  { name: "LC, 44100 Hz, stereo", hex: "1210", sampleRate: 44100, frameLength: 1024, speakers: "FL FR" },
  {
    name: "LC with a sync extension for SBR",
    hex: "139056e5a5",
    sampleRate: 22050,
    frameLength: 1024,
    speakers: "FL FR",
  },
  {
    name: "explicit SBR: the core is LC at half the rate",
    hex: "2b920800",
    sampleRate: 22050,
    frameLength: 1024,
    speakers: "FL FR",
  },
  {
    name: "explicit PS: the core is mono",
    hex: "eb8a0800",
    sampleRate: 22050,
    frameLength: 1024,
    speakers: "FC",
  },
  { name: "frames of 960", hex: "1214", sampleRate: 44100, frameLength: 960, speakers: "FL FR" },
  {
    name: "a rate written out: 37800 Hz",
    hex: "178049d408",
    sampleRate: 37800,
    frameLength: 1024,
    speakers: "FC",
  },
  { name: "5.1", hex: "11b0", sampleRate: 48000, frameLength: 1024, speakers: "FC FL FR BL BR LFE" },
  { name: "7.1", hex: "11b8", sampleRate: 48000, frameLength: 1024, speakers: "FC FL FR SL SR BL BR LFE" },
  { name: "channels said in the packets", hex: "1180", sampleRate: 48000, frameLength: 1024, speakers: null },
];

it.each(CASES)("$name", ({ hex, sampleRate, frameLength, speakers }) => {
  const config = readAudioSpecificConfig(Uint8Array.from(Buffer.from(hex, "hex")));
  expect(config).toMatchObject({ objectType: 2, sampleRate, frameLength });
  expect(config?.layout?.flatMap((element) => element.speakers).join(" ") ?? null).toBe(speakers);
});

it("a program_config_element says the layout", () => {
  // As ffmpeg 5.1 writes it for 7.1 in front, side and back pairs: SCE 0, CPE 0; CPE 1; CPE 2; LFE 0.
  const bits =
    "00010 0011 0000 000" + // LC, 48000 Hz, no configuration
    "0000 01 0011 0010 0001 0001 01 000 0000 000" + // how many elements of each kind
    "0 0000 1 0000 1 0001 1 0010 0000";
  const header = Uint8Array.of(...bytesOfBits(bits), 0); // no comment
  expect(readAudioSpecificConfig(header)?.layout).toEqual([
    { kind: "single", tag: 0, speakers: ["FC"] },
    { kind: "pair", tag: 0, speakers: ["FL", "FR"] },
    { kind: "pair", tag: 1, speakers: ["SL", "SR"] },
    { kind: "pair", tag: 2, speakers: ["BL", "BR"] },
    { kind: "lfe", tag: 0, speakers: ["LFE"] },
  ]);
});

it.each(["", "12", "1f80", "1780"])("a header that is invalid (%s) is none", (hex) => {
  expect(readAudioSpecificConfig(Uint8Array.from(Buffer.from(hex, "hex")))).toBeNull();
});
