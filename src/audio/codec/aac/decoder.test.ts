import { expect, it } from "vitest";
import type { WhisperVulkanError } from "../../../errors.js";
import type { Track } from "../../packet.js";
import type { Pcm, Speaker } from "../../pcm.js";
import { Fft } from "../fft.js";
import { aac } from "./index.js";
import { demux, EXPECTED, recording } from "./testing/recordings.js";

const STEP = 29;
/** Lower edges of the bands of which energies are expected, in blocks of 2048 samples. */
const BANDS = [0, 4, 8, 16, 32, 64, 96, 128, 192, 256, 384, 512, 640, 768, 1024];
const FFMPEG_ORDER: readonly Speaker[] = [
  "FL",
  "FR",
  "FC",
  "LFE",
  "BL",
  "BR",
  "FLC",
  "FRC",
  "BC",
  "SL",
  "SR",
];

it.each([
  { name: "speech", what: "mono, 16 kHz" },
  { name: "music", what: "middle and side, intensity, short windows, noise shaping in time" },
  { name: "surround", what: "5.1" },
  { name: "main", what: "profile Main, with its prediction" },
  { name: "ltp", what: "profile LTP, with its prediction" },
  { name: "he", what: "the core of HE-AAC" },
])("$name: $what, as ffmpeg decodes it", async ({ name }) => {
  const { packets } = await demux(recording(name));
  const { sampleRate, nSamples, samples } = EXPECTED[name]!;
  const { channels, pieces, nDamaged } = await decodeAll(packets.map(({ track, data }) => ({ track, data })));
  expect(nDamaged).toBe(0);
  expect(pieces[0]!.sampleRate).toBe(sampleRate);
  expect(channels.map(({ length }) => length)).toEqual(samples.map(() => nSamples));
  samples.forEach((base64, c) => {
    const reference = new Int16Array(new Uint8Array(Buffer.from(base64, "base64")).buffer);
    const worst = reference.reduce(
      (max, x, i) => Math.max(max, Math.abs(channels[c]![i * STEP]! * 32767 - x)),
      0,
    );
    // Half a step of 16 bits is the reference's own rounding.
    expect(worst).toBeLessThan(0.51);
  });
});

it("noise substitution: each band as loud as ffmpeg's", async () => {
  const { packets } = await demux(recording("noise"));
  const { channels } = await decodeAll(packets);
  EXPECTED.noise!.bandDecibels.forEach((decibels, c) => {
    const mine = bandDecibels(channels[c]!);
    const loudest = Math.max(...decibels);
    decibels.forEach((expected, band) => {
      if (expected > loudest - 70) expect(Math.abs(mine[band]! - expected)).toBeLessThan(1);
    });
  });
});

it("the same noise each time", async () => {
  const { packets } = await demux(recording("noise"));
  expect((await decodeAll(packets)).channels).toEqual((await decodeAll(packets)).channels);
});

it("a damaged packet is counted and silent; what follows the next one is unharmed", async () => {
  const { packets } = await demux(recording("music"));
  const whole = await decodeAll(packets);
  for (const broken of [
    new Uint8Array(0),
    Uint8Array.of(0x20),
    packets[9]!.data.subarray(0, 60),
    randomBytes(300, 3),
  ]) {
    const damaged = packets.map(({ track, data }, i) => ({ track, data: i === 9 ? broken : data }));
    const { channels, nDamaged } = await decodeAll(damaged);
    expect(nDamaged).toBe(1);
    expect(channels[0]!.length).toBe(whole.channels[0]!.length);
    const bad = { start: 9 * 1024, end: 11 * 1024 };
    channels.forEach((channel, c) => {
      expect(channel.subarray(0, bad.start)).toEqual(whole.channels[c]!.subarray(0, bad.start));
      expect(channel.subarray(bad.end)).toEqual(whole.channels[c]!.subarray(bad.end));
    });
  }
});

it("after a reset nothing of earlier packets is heard", async () => {
  const { packets } = await demux(recording("speech"));
  const fresh = await aac.open(packets[0]!.track, "x");
  const used = await aac.open(packets[0]!.track, "x");
  await used.decode(packets[5]!.data);
  used.reset!();
  expect(await used.decode(packets[9]!.data)).toEqual(await fresh.decode(packets[9]!.data));
});

it("channels may change from packet to packet", async () => {
  const stereo = (await demux(recording("music"))).packets;
  // A single_channel_element of a long window without coefficients, and the end.
  const mono = { data: Uint8Array.of(0, 0, 0, 7) };
  const decoder = await aac.open(stereo[0]!.track, "x");
  const counts: number[] = [];
  for (const { data } of [stereo[0]!, stereo[1]!, mono, mono, stereo[2]!]) {
    const pcm = (await decoder.decode(data))!;
    expect(pcm.speakers).toEqual(pcm.channels.length === 1 ? ["FC"] : ["FL", "FR"]);
    counts.push(pcm.channels.length);
  }
  expect(counts).toEqual([2, 2, 1, 1, 2]);
  expect(decoder.nDamaged).toBe(0);
});

it("several blocks in one packet, and padding after them", async () => {
  const { packets } = await demux(recording("music"));
  const whole = await decodeAll(packets);
  const data = Buffer.concat([...packets.slice(0, 3).map((packet) => packet.data), Buffer.alloc(20)]);
  const decoder = await aac.open(packets[0]!.track, "x");
  const pcm = (await decoder.decode(data))!;
  expect(pcm.channels.map((channel) => channel.length)).toEqual([3072, 3072]);
  expect(pcm.channels[1]).toEqual(whole.channels[1]!.subarray(0, 3072));
  expect(decoder.nDamaged).toBe(0);
});

it("mutated packets never give an error, NaN, or too many samples", { timeout: 60_000 }, async () => {
  const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
  console.log(`AAC, seed ${seed}`);
  const random = randomNumbers(seed);
  const names = ["speech", "music", "surround", "noise", "main", "ltp", "he"];
  const recordings = await Promise.all(names.map(async (name) => (await demux(recording(name))).packets));
  for (let round = 0; round < 100; round++) {
    const packets = recordings[random(recordings.length)]!;
    const decoder = await aac.open(packets[0]!.track, "x");
    for (let i = 0; i < 30; i++) {
      const pcm = await decoder.decode(mutate(packets[random(packets.length)]!.data, random));
      for (const channel of pcm?.channels ?? []) {
        expect(channel.length).toBeLessThanOrEqual(16 * 1024);
        expect(channel.every((sample) => Math.abs(sample) <= 16)).toBe(true);
      }
    }
  }
});

it.each([
  { header: [0xb9, 0x90], type: "AAC LD" },
  { header: [0xf8, 0xe8, 0x50, 0x00], type: "AAC ELD" },
  { header: [0xf9, 0x48, 0x50, 0x00], type: "USAC (xHE-AAC)" },
  { header: [0x1a, 0x10], type: "AAC SSR" },
])("$type is refused by its name", async ({ header, type }) => {
  const track: Track = {
    codec: "aac",
    header: Uint8Array.from(header),
    sampleRate: 0,
    nChannels: 0,
    speakers: null,
  };
  const error = await aac.open(track, "a.m4a").then(
    () => null,
    (reason: WhisperVulkanError) => reason,
  );
  expect(error?.code).toBe("audio-codec-unsupported");
  expect(error?.message).toBe(`a.m4a: ${type} cannot be decoded without ffmpeg`);
  expect(error?.hint).toContain("Install ffmpeg");
});

it("a header that is invalid is damage; without a header the track says what is needed", async () => {
  const track: Track = {
    codec: "aac",
    header: Uint8Array.of(0x12),
    sampleRate: 16000,
    nChannels: 1,
    speakers: null,
  };
  await expect(aac.open(track, "a.m4a")).rejects.toMatchObject({ code: "audio-corrupt" });
  const { packets } = await demux(recording("speech"));
  const decoder = await aac.open({ ...track, header: new Uint8Array(0) }, "a.mkv");
  expect(await decoder.decode(packets[0]!.data)).toMatchObject({ sampleRate: 16000, speakers: ["FC"] });
});

async function decodeAll(packets: readonly { track: Track; data: Uint8Array }[]) {
  const decoder = await aac.open(packets[0]!.track, "x");
  const pieces: Pcm[] = [];
  for (const { data } of packets) {
    const pcm = await decoder.decode(data);
    if (pcm !== null) pieces.push(pcm);
  }
  const { channels, speakers } = pieces[0]!;
  const order = channels.map((_, i) => i);
  order.sort((a, b) => FFMPEG_ORDER.indexOf(speakers![a]!) - FFMPEG_ORDER.indexOf(speakers![b]!));
  const joined = order.map((c) => Float32Array.from(pieces.flatMap((piece) => [...piece.channels[c]!])));
  return { channels: joined, pieces, nDamaged: decoder.nDamaged };
}

function bandDecibels(samples: Float32Array): number[] {
  const size = 2048;
  const fft = new Fft(size);
  const energies = new Array<number>(BANDS.length - 1).fill(0);
  for (let at = 0; at + size <= samples.length; at += size / 2) {
    for (let i = 0; i < size; i++) {
      fft.re[i] = samples[at + i]! * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size));
      fft.im[i] = 0;
    }
    fft.transform();
    energies.forEach((_, band) => {
      for (let k = BANDS[band]!; k < BANDS[band + 1]!; k++)
        energies[band]! += fft.re[k]! ** 2 + fft.im[k]! ** 2;
    });
  }
  return energies.map((energy) => 10 * Math.log10(energy));
}

/** Flipped bits, the end cut off, bytes of other kinds: damage as by a bad line or disk. */
function mutate(data: Uint8Array, random: (below: number) => number): Uint8Array {
  const bytes = Uint8Array.from(data);
  switch (random(4)) {
    case 0:
      for (let i = random(8); i >= 0; i--) bytes[random(bytes.length)]! ^= 1 << random(8);
      return bytes;
    case 1:
      return bytes.subarray(0, random(bytes.length + 1));
    case 2:
      bytes[random(Math.min(12, bytes.length))] = random(256);
      return bytes;
    default:
      return bytes.map((byte) => (random(20) === 0 ? random(256) : byte));
  }
}

function randomBytes(length: number, seed: number): Uint8Array {
  const random = randomNumbers(seed);
  return Uint8Array.from({ length }, () => random(256));
}

function randomNumbers(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
