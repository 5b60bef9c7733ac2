import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { MemoryBandwidth } from "../memory/index.js";
import { cacheFolder } from "../model/index.js";

const fileName = "memory-bandwidth.json";

/**
 * The memory bandwidths of this machine's devices, measured when something spilled and kept beside the models. A file that
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
      // no cache, or one that cannot be written: the next process measures again
    }
  },
};

type Measured = Omit<MemoryBandwidth, "measured">;

function read(): Readonly<Record<string, Measured | undefined>> {
  try {
    const all: unknown = JSON.parse(readFileSync(join(cacheFolder(), fileName), "utf8"));
    return typeof all === "object" && all !== null ? (all as Record<string, Measured>) : {};
  } catch {
    return {}; // missing, or in another format
  }
}

function isBandwidth({ hostBytesPerSecond, deviceBytesPerSecond }: Measured): boolean {
  return [hostBytesPerSecond, deviceBytesPerSecond].every((n) => Number.isFinite(n) && n > 0);
}
