import { expect, it } from "vitest";
import { BitReader } from "../bit-reader.js";
import { readProgramConfig } from "./program-config-element.js";

it("one channel alone at the side is no loudspeaker that is heard: ffmpeg writes the low frequencies of 5.1(side) so", () => {
  // As ffmpeg 5.1 writes it: CPE 0, SCE 0 in front; one SCE at the side; a CPE behind. The audio object type comes before it.
  const bits = new BitReader(
    Uint8Array.from(Buffer.from("118004c844002000c40d4c61766335392e33372e313030", "hex")),
  );
  bits.skip(16);
  const element = readProgramConfig(bits);
  expect(element.map(({ speakers }) => speakers.join(" "))).toEqual(["FL FR", "FC", "other", "BL BR"]);
});
