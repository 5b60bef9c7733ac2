import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

/** Reports of 18,708 devices from vulkan.gpuinfo.org (CC BY 4.0), where they lie beside the checkout. */
const file = fileURLToPath(new URL("../../shared/reference/data/devices.jsonl.gz", import.meta.url));
export const worldIsHere = existsSync(file);

/** One device, as the table has it. */
export interface WorldDevice {
  readonly id: number;
  readonly name: string;
  readonly vendor: number;
  readonly type: number;
  readonly driver?: string;
  readonly api: string;
  readonly heaps: readonly (readonly [sizeBytes: number, flags: number])[];
  readonly types: readonly (readonly [flags: number, heap: number])[];
  readonly limits: Readonly<Record<string, number & readonly [number, number, number]>>;
  readonly features: readonly string[];
  readonly extensions: readonly string[];
  readonly queues: readonly number[];
}

export function worldDevices(): WorldDevice[] {
  const lines = gunzipSync(readFileSync(file)).toString().trim().split("\n");
  return lines.map((line) => JSON.parse(line) as WorldDevice);
}
