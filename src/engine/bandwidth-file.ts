import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { MemoryBandwidth } from "../memory/index.js";
import { cacheFolder } from "../model/index.js";

const fileName = "memory-bandwidth.json";

/**
 * How fast the devices of this machine read memory, measured when something spilled, kept beside the models. A file that
 * cannot be read or written is not an error: what isn't known is measured again.
 */
export const bandwidthFile = {
  get(device: string): MemoryBandwidth | undefined {
    const bandwidth = read()[device];
    return bandwidth && isBandwidth(bandwidth) ? { ...bandwidth, measured: true } : undefined;
  },
  set(device: string, { hostBytesPerSecond, deviceBytesPerSecond }: MemoryBandwidth): void {
    const all = { ...read(), [device]: { hostBytesPerSecond, deviceBytesPerSecond } };
    try {
      const folder = cacheFolder();
      const path = join(folder, fileName);
      const temporary = `${path}.${process.pid}`;
      mkdirSync(folder, { recursive: true });
      writeFileSync(temporary, `${JSON.stringify(all, null, 2)}\n`);
      renameSync(temporary, path);
    } catch {
      // no cache, or one that cannot be written to: the next process measures for itself
    }
  },
};

type Measured = Omit<MemoryBandwidth, "measured">;

function read(): Readonly<Record<string, Measured | undefined>> {
  try {
    const all: unknown = JSON.parse(readFileSync(join(cacheFolder(), fileName), "utf8"));
    return typeof all === "object" && all !== null ? (all as Record<string, Measured>) : {};
  } catch {
    return {}; // not there yet, or not ours
  }
}

function isBandwidth({ hostBytesPerSecond, deviceBytesPerSecond }: Measured): boolean {
  return [hostBytesPerSecond, deviceBytesPerSecond].every((n) => Number.isFinite(n) && n > 0);
}
