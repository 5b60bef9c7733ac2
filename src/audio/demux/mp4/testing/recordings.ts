// Recordings that the tests of this folder share, and what the demuxer makes of them.

import { expect } from "vitest";
import type { Packet } from "../../../packet.js";
import { memorySource } from "../../cases.js";
import { DamageReport } from "../../damage-report.js";
import { esds, indexFirst, moov, sound, type TrackShape, trak } from "../cases.js";
import { mp4 } from "../index.js";

/** 40 packets of 64 ms, in chunks of 5; their bytes tell them apart. */
export const AUDIO = Array.from({ length: 40 }, (_, i) => Buffer.alloc(30 + i, i + 1));
export const DATA = Buffer.concat(AUDIO);
export const ALL = AUDIO.map((_, i) => i);
export const PACKET_SECONDS = 0.064;
export const AAC = sound("mp4a", 2, 16, 16000, esds(0x40, Buffer.of(0x14, 0x10)));

/** The track of these packets, whose data begin at `at`. */
export function shape(at: number, more: TrackShape = {}): TrackShape {
  const chunks = Array.from({ length: 8 }, (_, i) =>
    AUDIO.slice(0, 5 * i).reduce((sum, { length }) => sum + length, at),
  );
  const sizes = AUDIO.map(({ length }) => length);
  return { descriptions: [AAC], durations: [[40, 64]], sizes, layout: [[1, 5, 1]], chunks, ...more };
}
export const index =
  (more: TrackShape = {}, ...rest: Uint8Array[]) =>
  (at: number) =>
    moov(2560, trak(shape(at, more)), ...rest);
export const PLAIN = indexFirst(index(), DATA);

export async function demux(bytes: Uint8Array, isStream = false) {
  const damage = new DamageReport();
  const opened = await mp4.open(memorySource(new Uint8Array(bytes), isStream), 0, damage);
  if (!("packets" in opened)) return { opened, packets: [], damage };
  const packets: Packet[] = [];
  for await (const packet of opened.packets()) packets.push(packet);
  return { opened, packets, damage };
}

export const numbers = (packets: readonly Packet[]) => packets.map(({ data }) => data[0]! - 1);
export const starts = (packets: readonly Packet[]) => packets.map(({ startSeconds }) => startSeconds);
export const close = (...seconds: number[]) => seconds.map((x) => expect.closeTo(x, 9));
