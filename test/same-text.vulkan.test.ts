import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { Whisper } from "../src/index.js";
import { testDevice } from "./validation.js";

const enabled = testDevice !== null && process.env.WHISPER_VULKAN_TEST_MODELS === "1";
if (!enabled) console.log("skipped: needs Vulkan and the model base (npm test brings both, where it can)");

const jfk = {
  path: fileURLToPath(new URL("../../shared/speech/jfk/jfk.flac", import.meta.url)),
  text: "And so, my fellow Americans, ask not what your country can do for you, ask what you can do for your country.",
};
const river = {
  path: fileURLToPath(new URL("../samples/river.wav", import.meta.url)),
  text: readFileSync(new URL("../samples/river.txt", import.meta.url), "utf8"),
};
/** JFK where it is beside the checkout, else the project's own recording. */
const recording = existsSync(jfk.path) ? jfk : river;

async function hear(device: string) {
  await using whisper = await Whisper.load("base", { device });
  const { segments, text } = await whisper.transcribe(recording.path, { language: "en", temperature: 0 });
  return { kind: whisper.device.kind, tokens: segments.flatMap(({ tokens }) => tokens), text };
}

const words = (text: string) => text.toLowerCase().match(/[a-z]+/g);

describe.skipIf(!enabled)("base on a Vulkan device and on the CPU", () => {
  it("gives the same tokens, and the right words", async () => {
    const gpu = await hear(testDevice!);
    expect(gpu.kind).toBe("vulkan");
    expect(words(gpu.text)).toEqual(words(recording.text));
    const cpu = await hear("cpu");
    expect(cpu.kind).toBe("cpu");
    expect(gpu.tokens).toEqual(cpu.tokens);
  });
});
