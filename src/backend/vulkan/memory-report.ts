import { arch, platform, release, totalmem } from "node:os";
import {
  type DeviceMemory,
  type MemoryBandwidth,
  type MemoryReport,
  type RecordingAllocator,
  reportFormat,
} from "../../memory/index.js";
import { packageVersion } from "../../version.js";
import { cardOf } from "./card-of.js";
import type { DeviceReport } from "./device-report.js";

/** The record of a device's memory so far; null where nothing was requested yet. */
export function memoryReport<M extends DeviceMemory>(
  device: DeviceReport,
  allocator: RecordingAllocator<M>,
  bandwidth: MemoryBandwidth,
): MemoryReport | null {
  const record = allocator.record();
  if (!record) return null;
  return {
    format: reportFormat,
    version: 2,
    versions: {
      package: packageVersion,
      node: process.version,
      os: `${platform()} ${release()}`,
      architecture: arch(),
    },
    // budgets are in the requests; a second copy would have to be edited too
    card: cardOf(device, null, totalmem()),
    bandwidth,
    ...record,
  };
}
