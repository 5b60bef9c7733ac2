import { readFileSync } from "node:fs";
import { adts } from "../../../demux/adts.js";
import { memorySource } from "../../../demux/cases.js";
import { DamageReport } from "../../../demux/damage-report.js";
import type { Container } from "../../../demux/demuxer.js";
import type { Packet } from "../../../packet.js";

const FOLDER = new URL("../../../../../test/data/aac/", import.meta.url);

/** What ffmpeg's decoder makes of a recording of test/data/aac. */
export interface Expected {
  readonly sampleRate: number;
  /** Of each channel. */
  readonly nSamples: number;
  /** Every 29th sample of each channel, 16 bits, little-endian, base64; channels in ffmpeg's order. */
  readonly samples: readonly string[];
  /** Energies of bands over all, by channel. */
  readonly bandDecibels: readonly (readonly number[])[];
}

export const EXPECTED: Readonly<Record<string, Expected>> = JSON.parse(
  readFileSync(new URL("expected.json", FOLDER), "utf8"),
);

/** The bytes of NAME.aac, or of a file with another ending. */
export function recording(name: string, ending = "aac"): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`${name}.${ending}`, FOLDER)));
}

/** All packets of a recording, and what was damaged. */
export async function demux(
  bytes: Uint8Array,
  isStream = false,
  container: Container = adts,
): Promise<{ packets: Packet[]; damage: DamageReport }> {
  const damage = new DamageReport();
  const start = container.recognise(bytes.subarray(0, 65536), bytes.length <= 65536);
  if (start === null) throw new Error("not recognised");
  const demuxer = await container.open(memorySource(bytes, isStream), start, damage);
  if (!("packets" in demuxer)) throw new Error("sound that is not decoded here");
  const packets: Packet[] = [];
  for await (const packet of demuxer.packets()) packets.push(packet);
  return { packets, damage };
}
