import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { caf } from "../../demux/caf/index.js";
import { memorySource } from "../../demux/cases.js";
import { DamageReport } from "../../demux/damage-report.js";
import type { Packet, Track } from "../../packet.js";
import type { Pcm, Speaker } from "../../pcm.js";
import type { PacketDecoder } from "../codec.js";
import { alac } from "./index.js";

async function packetsOf(name: string): Promise<Packet[]> {
  const bytes = readFileSync(new URL(`fixtures/${name}.caf`, import.meta.url));
  const opened = await caf.open(memorySource(bytes), 0, new DamageReport());
  const packets: Packet[] = [];
  if ("packets" in opened) for await (const packet of opened.packets()) packets.push(packet);
  return packets;
}

async function decode(packets: readonly Packet[]): Promise<{ pieces: Pcm[]; decoder: PacketDecoder }> {
  const decoder = await alac.open(packets[0]!.track, "a file");
  const pieces: Pcm[] = [];
  for (const { data } of packets) {
    const pcm = await decoder.decode(data);
    if (pcm !== null) pieces.push(pcm);
  }
  return { pieces, decoder };
}

/** Interleaved 32-bit integers, speakers in ffmpeg's order. */
function interleaved(pieces: readonly Pcm[], order: readonly Speaker[]): Int32Array {
  return Int32Array.from(
    pieces.flatMap(({ channels, speakers }) => {
      const ordered = order.map((speaker) => channels[speakers!.indexOf(speaker)]!);
      return Array.from(ordered[0]!).flatMap((_, i) => ordered.map((samples) => samples[i]! * 2 ** 31));
    }),
  );
}

test.each<[name: string, order: Speaker[], sha256: string]>([
  ["mono-16", ["FC"], "03e9a8eb2ff4a9dde43fc8d1909cbe19c064641522b49f5c811ad5d7d9c554ad"],
  ["stereo-24", ["FL", "FR"], "7dba0913228f1503f59c7542c3739c30f82d46ab6c1f18387ea97dfc734d30db"],
  [
    "surround-16",
    ["FL", "FR", "FC", "LFE", "BL", "BR"],
    "6c44db3d09f34275bff2392ceadf9d4b0554827002d2f3420cb5f1698cb0511b",
  ],
])("%s decodes to what ffmpeg gives, to the bit", async (name, order, sha256) => {
  const { pieces, decoder } = await decode(await packetsOf(name));
  expect(decoder.nDamaged).toBe(0);
  const samples = interleaved(pieces, order);
  expect(createHash("sha256").update(new Uint8Array(samples.buffer)).digest("hex")).toBe(sha256);
});

/** Writes bits, most significant first. */
class Bits {
  readonly #bits: number[] = [];

  add(value: number | bigint, nBits: number): this {
    for (let i = nBits - 1; i >= 0; i--) this.#bits.push(Number((BigInt(value) >> BigInt(i)) & 1n));
    return this;
  }

  bytes(): Uint8Array {
    const bits = [...this.#bits];
    return Uint8Array.from({ length: Math.ceil(bits.length / 8) }, (_, i) =>
      Array.from({ length: 8 }, (_, k) => bits[8 * i + k] ?? 0).reduce((byte, bit) => 2 * byte + bit, 0),
    );
  }
}

function cookie(bitDepth: number, nChannels: number, frameSamples = 8): Uint8Array {
  const bytes = Buffer.alloc(24);
  bytes.writeUInt32BE(frameSamples, 0);
  bytes.set([0, bitDepth, 40, 10, 14, nChannels, 0, 255], 4);
  bytes.writeUInt32BE(22050, 20);
  return new Uint8Array(bytes);
}

const track = (header: Uint8Array): Track => ({
  codec: "alac",
  header,
  sampleRate: 1,
  nChannels: 1,
  speakers: null,
});

/** The head of an element: kind, number, and what its samples are like. */
const head = (bits: Bits, kind: number, n: number, isUncompressed: boolean) =>
  bits
    .add(kind, 3)
    .add(0, 4 + 12)
    .add(1, 1)
    .add(0, 2)
    .add(Number(isUncompressed), 1)
    .add(n, 32);

describe("packets made by hand", () => {
  test.each([16, 20, 24, 32])("uncompressed samples of %i bits", async (bitDepth) => {
    const most = 2 ** (bitDepth - 1);
    const samples = [-most, most - 1, 0, -1, most / 2, 1];
    const bits = head(new Bits(), 1, samples.length / 2, true);
    for (const sample of samples) bits.add(sample, bitDepth);
    const decoder = await alac.open(track(cookie(bitDepth, 2)), "a file");
    const pcm = await decoder.decode(bits.add(7, 3).bytes());
    expect(pcm).toMatchObject({ sampleRate: 22050, speakers: ["FL", "FR"] });
    const scaled = samples.map((sample) => Math.fround(sample / most));
    expect(pcm!.channels.map((channel) => [...channel])).toEqual([
      scaled.filter((_, i) => i % 2 === 0),
      scaled.filter((_, i) => i % 2 === 1),
    ]);
  });

  /** The samples of a packet of one channel. */
  async function samplesOf(bits: Bits): Promise<number[]> {
    const decoder = await alac.open(track(cookie(16, 1)), "a file");
    const pcm = await decoder.decode(bits.add(7, 3).bytes());
    expect(decoder.nDamaged).toBe(0);
    return Array.from(pcm!.channels[0]!, (x) => x * 32768);
  }

  /** Mixing, and how samples are predicted, by coefficients of 0. */
  const settings = (bits: Bits, mode: number, nCoefficients: number) =>
    bits
      .add(0, 16)
      .add(mode, 4)
      .add(0, 4)
      .add(4, 3)
      .add(nCoefficients, 5)
      .add(0, 16 * nCoefficients);

  test("differences taken twice, residuals too large for their code, data and filling in front", async () => {
    const bits = new Bits().add(4, 3).add(0, 4).add(1, 1).add(2, 8).add(0xffff, 16); // data, from a whole byte on
    bits.add(6, 3).add(1, 4).add(0xff, 8);
    settings(head(bits, 0, 4, false), 1, 31);
    for (const folded of [200, 99, 120, 139]) bits.add(0x1ff, 9).add(folded, 16);
    const sums = (values: number[]) =>
      values.map((_, i) => values.slice(0, i + 1).reduce((a, b) => a + b, 0));
    expect(await samplesOf(bits)).toEqual(sums(sums([100, -50, 60, -70])));
  });

  test("a run of zeros", async () => {
    const bits = settings(head(new Bits(), 0, 8, false), 0, 0);
    bits.add(0b0, 1); // 0; the mean of the residuals, 10/512 at first, stays low, so a run follows:
    bits.add(0b0, 1).add(6, 4); // 5 zeros, in 4 bits
    bits.add(0b10, 2); // 1, which is at least 1 after a run
    bits.add(0b00, 2); // no run
    bits.add(0b110, 3); // -2
    expect(await samplesOf(bits)).toEqual([0, 0, 0, 0, 0, 0, 1, -2]);
  });
});

describe("damage", () => {
  test("headers that are invalid", async () => {
    for (const header of [new Uint8Array(0), cookie(17, 1), cookie(16, 9), cookie(16, 0), cookie(16, 1, 0)])
      await expect(alac.open(track(header), "a file")).rejects.toMatchObject({
        code: "audio-corrupt",
        message: "a file: damaged ALAC header",
      });
  });

  test("QuickTime's atoms around the config", async () => {
    const atom = (type: string, body: Uint8Array) => {
      const size = Buffer.alloc(4);
      size.writeUInt32BE(8 + body.length);
      return Buffer.concat([size, Buffer.from(type), body]);
    };
    const wrapped = Buffer.concat([
      atom("frma", Buffer.from("alac")),
      atom("alac", Buffer.concat([Buffer.alloc(4), cookie(16, 2)])),
    ]);
    for (const header of [wrapped, wrapped.subarray(12)])
      await expect(alac.open(track(header), "a file")).resolves.toMatchObject({ nDamaged: 0 });
  });

  test("packets cut off and changed anywhere are counted, or decoded to as many samples", async () => {
    const packets = await packetsOf("stereo-24");
    const [{ data, track }] = packets as [Packet];
    const change = fc.record({ at: fc.nat(data.length - 1), value: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 4 }), fc.nat(data.length), async (changes, length) => {
        const damaged = Uint8Array.from(data.subarray(0, length));
        for (const { at, value } of changes) if (at < length) damaged[at] = value;
        const decoder = await alac.open(track, "a file");
        const pcm = await decoder.decode(damaged);
        expect(decoder.nDamaged).toBe(pcm === null ? 1 : 0);
        expect((pcm?.channels ?? []).every(({ length }) => length <= 4096)).toBe(true);
        // What comes after is not concerned.
        expect((await decoder.decode(data))!.channels).toEqual((await decode(packets)).pieces[0]!.channels);
      }),
      { numRuns: 100 },
    );
  });
});
