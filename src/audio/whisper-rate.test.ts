import { expect, test } from "vitest";
import type { SoundPiece } from "./audio-source.js";
import { noise, sine } from "./cases.js";
import type { Mono } from "./mono-mixer.js";
import type { Gap } from "./pcm.js";
import { toWhisperRate } from "./whisper-rate.js";

async function* listed(pieces: (Mono | Gap)[]) {
  yield* pieces;
}

async function converted(pieces: (Mono | Gap)[]) {
  const out: SoundPiece[] = [];
  for await (const piece of toWhisperRate(listed(pieces), "x")) out.push(piece);
  const lengthOf = (piece: SoundPiece) => ("nSilentSamples" in piece ? piece.nSilentSamples : piece.length);
  return { out, nSamples: out.reduce((sum, piece) => sum + lengthOf(piece), 0) };
}

const mono = (nSamples: number, sampleRate: number): Mono => ({ samples: noise(nSamples), sampleRate });

test("16 kHz is handed on as it is", async () => {
  const pieces = [mono(5000, 16000), mono(160, 16000)];
  expect((await converted(pieces)).out).toEqual(pieces.map(({ samples }) => samples));
});

test("a rate that changes keeps pitch and length", async () => {
  const tone = (rate: number) => ({ samples: sine(440, rate, rate), sampleRate: rate });
  const { out, nSamples } = await converted([tone(44100), tone(22050), tone(16000), tone(8000)]);
  expect(nSamples).toBe(4 * 16000);
  const all = out.flatMap((piece) => [...(piece as Float32Array)]);
  for (let second = 0; second < 4; second++) {
    const part = all.slice(second * 16000 + 1000, second * 16000 + 15000);
    const crossings = part.filter((x, i) => i > 0 && x >= 0 !== part[i - 1]! >= 0).length;
    expect(Math.abs(crossings - 2 * 440 * (14 / 16))).toBeLessThan(3);
  }
});

test("gaps are silence, in its place to the sample, however many there are", async () => {
  const piece = 1000;
  const pieces = Array.from({ length: 200 }, (): (Mono | Gap)[] => [
    mono(piece, 44100),
    { silentSeconds: 0.5 + 1 / 3 },
  ]).flat();
  const { out, nSamples } = await converted(pieces);
  expect(nSamples).toBe(Math.round(200 * (piece / 44100 + 0.5 + 1 / 3) * 16000));
  expect(out.filter((part) => "nSilentSamples" in part).length).toBe(200);
});

test("a gap of a day is one piece", async () => {
  expect((await converted([mono(16000, 16000), { silentSeconds: 86400 }])).out).toEqual([
    expect.any(Float32Array),
    { nSilentSamples: 86400 * 16000 },
  ]);
});

test("samples that are not finite and rates that are invalid are named", async () => {
  const bad = { samples: Float32Array.of(0, 0, Number.NaN), sampleRate: 1000 };
  await expect(converted([{ silentSeconds: 1 }, bad])).rejects.toMatchObject({
    code: "audio-not-finite",
    message: "x: a sample is NaN at 1.002 s",
  });
  for (const rate of [0, 999, 22050.5, 1e7])
    await expect(converted([mono(10, rate)]), `${rate}`).rejects.toMatchObject({ code: "audio-corrupt" });
});
