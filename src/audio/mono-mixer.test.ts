import { describe, expect, test } from "vitest";
import { openAudio } from "./audio-file.js";
import { collect, isSame, noise, sine, wav } from "./cases.js";
import { MonoMixer } from "./mono-mixer.js";
import type { Speaker } from "./pcm.js";

const RATE = 16000;

/** Mixes channels that come in packets. */
function mixed(
  channels: readonly Float32Array[],
  { speakers = null, packet = 1000 }: { speakers?: readonly Speaker[] | null; packet?: number } = {},
) {
  const mixer = new MonoMixer();
  const pieces: Float32Array[] = [];
  for (let at = 0; at < channels[0]!.length; at += packet) {
    const part = channels.map((channel) => channel.subarray(at, at + packet));
    pieces.push(...mixer.push({ channels: part, sampleRate: RATE, speakers }).map((mono) => mono.samples));
  }
  pieces.push(...mixer.flush().map((mono) => mono.samples));
  return { samples: joined(pieces), told: mixer.told };
}

function joined(pieces: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

const negative = (samples: Float32Array) => samples.map((x) => -x);
const silent = (seconds: number) => new Float32Array(seconds * RATE);
const rms = (samples: Float32Array) => Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
/** Greatest step from sample to sample. */
const steepest = (samples: Float32Array) =>
  samples.reduce((most, x, i) => Math.max(most, i === 0 ? 0 : Math.abs(x - samples[i - 1]!)), 0);

describe("related channels are mixed", () => {
  const left = noise(3 * RATE);
  const cases: [string, Float32Array][] = [
    ["the same", left],
    ["with nothing in common", noise(3 * RATE, 7)],
    ["one silent", silent(3)],
    ["half of it turned round", left.map((x, i) => (i & 512 ? -x : x))],
  ];
  test.each(cases)("%s", (_, right) => {
    const { samples, told } = mixed([left, right]);
    expect(told).toBeNull();
    expect(
      isSame(
        samples,
        left.map((x, i) => (x + right[i]!) / 2),
      ),
    ).toBe(true);
  });

  test("whatever the packets", () => {
    const right = noise(3 * RATE, 7);
    const whole = mixed([left, right], { packet: 3 * RATE }).samples;
    for (const packet of [1, 333, 4000, 4001])
      expect(isSame(mixed([left, right], { packet }).samples, whole), `${packet}`).toBe(true);
  });
});

describe("channels that cancel", () => {
  test("from the first sample on, one is taken", () => {
    const left = sine(300, RATE, 2 * RATE);
    const { samples, told } = mixed([left, negative(left)]);
    expect(isSame(samples, left)).toBe(true);
    expect(told).toEqual({ channel: 0, nChannels: 2 });
  });

  test("the louder one, after silence and faint noise too", () => {
    const speech = sine(300, RATE, 2 * RATE);
    const hiss = noise(2 * RATE).map((x) => x / 2000);
    const left = joined([silent(1), hiss, speech.map((x) => 0.8 * x)]);
    const right = joined([silent(1), hiss, negative(speech)]);
    const { samples, told } = mixed([left, right]);
    expect(told).toEqual({ channel: 1, nChannels: 2 });
    expect(isSame(samples.subarray(3 * RATE + 100), right.subarray(3 * RATE + 100))).toBe(true);
  });

  test("with noise of their own beside the speech", () => {
    const speech = sine(300, RATE, 3 * RATE);
    const left = speech.map((x, i) => x + noise(1, i + 1)[0]! / 20);
    const right = speech.map((x, i) => -x + noise(1, i + 9999)[0]! / 20);
    expect(mixed([left, right]).told).not.toBeNull();
  });

  test("in the middle: heard within two seconds, without a jump, and mixed again after", () => {
    const left = sine(100, RATE, 12 * RATE);
    const right = left.map((x, i) => (i > 4 * RATE && i < 8 * RATE ? -x : x));
    const { samples, told } = mixed([left, right]);
    expect(told).toEqual({ channel: 0, nChannels: 2 });
    for (const second of [0, 3, 6, 7, 9, 11])
      expect(rms(samples.subarray(second * RATE, (second + 1) * RATE)), `at ${second} s`).toBeGreaterThan(
        0.3,
      );
    expect(steepest(samples)).toBeLessThan(1.2 * steepest(left));
  });

  test("surround whose speech is in the centre stays mixed beside loud music that cancels", () => {
    const music = sine(200, RATE, 3 * RATE);
    const speech = noise(3 * RATE, 3).map((x) => x / 4);
    const channels = [music, negative(music), speech, silent(3), silent(3), silent(3)];
    const speakers = ["FL", "FR", "FC", "LFE", "BL", "BR"] as const;
    expect(mixed(channels, { speakers }).told).toBeNull();
  });
});

test("a rumble in the low-frequency channel does not select that channel", () => {
  const channels = [silent(2), silent(2), silent(2), sine(40, RATE, 2 * RATE), silent(2), silent(2)];
  const { samples, told } = mixed(channels, { speakers: ["FL", "FR", "FC", "LFE", "BL", "BR"] });
  expect(told).toBeNull();
  expect(rms(samples)).toBe(0);
});

test("one channel less, whose weights are the first ones of before", () => {
  const mixer = new MonoMixer();
  const [left, right, lfe] = [noise(100), noise(100), noise(100)];
  const done = [
    ...mixer.push({ channels: [left, right, lfe], sampleRate: RATE, speakers: ["FL", "FR", "LFE"] }),
    ...mixer.push({ channels: [left, right], sampleRate: RATE, speakers: ["FL", "FR"] }),
    ...mixer.flush(),
  ];
  expect(done.map(({ samples }) => samples.length)).toEqual([100, 100]);
  expect(done[1]).toEqual(done[0]);
});

test("channels and rate may change at any sample; mono is handed on as it is", () => {
  const mixer = new MonoMixer();
  const mono = noise(100);
  const done = [
    ...mixer.push({ channels: [mono], sampleRate: 8000, speakers: null }),
    ...mixer.push({ channels: [noise(333), noise(333)], sampleRate: 8000, speakers: null }),
    ...mixer.push({ channels: [noise(444), noise(444)], sampleRate: 44100, speakers: null }),
    ...mixer.push({ channels: [mono, mono, mono], sampleRate: 44100, speakers: ["FL", "FR", "FC"] }),
    ...mixer.push({ channels: [mono], sampleRate: 44100, speakers: null }),
    ...mixer.flush(),
  ];
  expect(done.map(({ samples, sampleRate }) => [samples.length, sampleRate])).toEqual([
    [100, 8000],
    [333, 8000],
    [444, 44100],
    [100, 44100],
    [100, 44100],
  ]);
  expect(done[0]!.samples).toBe(mono);
});

test("a rate that makes no sense is refused before memory is taken for it", async () => {
  const bytes = wav(new Uint8Array(255 * 2 * 100), { nChannels: 255, sampleRate: 0xff000080 });
  const before = process.memoryUsage().arrayBuffers;
  const audio = await openAudio(bytes);
  await expect(collect(audio)).rejects.toMatchObject({ code: "audio-corrupt" });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 26);
  await audio.dispose();
});
