import { expect, it } from "vitest";
import { BitReader } from "./bit-reader.js";
import { readProgramConfig } from "./program-config-element.js";

it("one channel alone at the side is no loudspeaker that is heard: ffmpeg writes the low frequencies of 5.1(side) so", () => {
  // As ffmpeg 5.1 writes it: SCE 0, CPE 0 in front; SCE 1 at the side; CPE 1 behind.
  const element = readProgramConfig(new BitReader(Uint8Array.from(Buffer.from("04c844002000c40d00", "hex"))));
  expect(element.map(({ speakers }) => speakers.join(" "))).toEqual(["FC", "FL FR", "other", "BL BR"]);
});
