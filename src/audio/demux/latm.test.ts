import { expect, it } from "vitest";
import { bytesOfBits } from "../cases.js";
import { demux, recording } from "../codec/aac/testing/recordings.js";
import { memorySource } from "./cases.js";
import { DamageReport } from "./damage-report.js";
import { latm } from "./latm.js";

const MUSIC = recording("music", "latm");

it("the packets that the same recording has in ADTS, and their header", async () => {
  const { packets, damage } = await demux(MUSIC, true, latm);
  const plain = (await demux(recording("music"))).packets;
  expect(packets.map(({ data }) => hex(data))).toEqual(plain.map(({ data }) => hex(data)));
  expect(hex(packets[0]!.track.header)).toMatch(/^1210/); // LC, 44100 Hz, stereo
  expect(packets[0]!.track).toMatchObject({ codec: "aac", sampleRate: 44100, nChannels: 2 });
  expect(new Set(packets.map(({ track }) => track)).size).toBe(1);
  expect(damage).toMatchObject({ nDamaged: 0, isCutOff: false });
  const demuxer = await latm.open(memorySource(MUSIC), 0, new DamageReport());
  expect(demuxer.durationSeconds).toBeCloseTo((34 * 1024) / 44100, 6);
});

it("the second version, with several frames an element", async () => {
  const plain = (await demux(recording("music"))).packets.slice(0, 6).map(({ data }) => data);
  const elements: string[] = [];
  for (let i = 0; i < 6; i += 2) {
    // version 1 (not A), fullness, same time, 2 frames, 1 program, 1 layer, a header of 16 bits, frames of any length
    const mux = `0 1 0 00 00000000 1 000001 0000 000 00 00010000 ${bitsOf(Uint8Array.of(0x12, 0x10))} 000 11111111 0 0`;
    const frames = plain.slice(i, i + 2).map((data) => bitsOf(lengthOf(data)) + bitsOf(data));
    elements.push((i === 0 ? mux.replaceAll(" ", "") : "1") + frames.join(""));
  }
  const { packets } = await demux(Buffer.concat(elements.map(element)), false, latm);
  expect(packets.map(({ data }) => hex(data))).toEqual(plain.map(hex));
  expect(hex(packets[0]!.track.header)).toBe("1210");
});

it("joined in the middle: what comes before the first description is left out, without damage", async () => {
  const { packets, damage } = await demux(
    Buffer.concat([element(`1${"0".repeat(80)}`), element(`1${"0".repeat(80)}`), MUSIC]),
    false,
    latm,
  );
  expect(packets.length).toBe(34);
  expect(damage.nDamaged).toBe(0);
});

it("reading any bytes ends", async () => {
  let state = 7;
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let round = 0; round < 300; round++) {
    const bytes = Uint8Array.from(MUSIC);
    for (let i = random(40); i >= 0; i--) bytes[random(bytes.length)] = random(256);
    const demuxer = await latm.open(memorySource(bytes, true), 0, new DamageReport());
    let nBytes = 0;
    if ("packets" in demuxer) for await (const { data } of demuxer.packets()) nBytes += data.length;
    expect(nBytes).toBeLessThanOrEqual(bytes.length);
  }
});

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

function bitsOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
}

/** A length as PayloadLengthInfo has it. */
function lengthOf({ length }: Uint8Array): Uint8Array {
  return Uint8Array.from([...new Array<number>(Math.floor(length / 255)).fill(255), length % 255]);
}

/** An element after its sync word and length. */
function element(bits: string): Buffer {
  const bytes = bytesOfBits(bits);
  return Buffer.from([0x56, 0xe0 | (bytes.length >> 8), bytes.length & 255, ...bytes]);
}
