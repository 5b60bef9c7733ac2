import { describe, expect, it } from "vitest";
import type { KernelDevice } from "../kernel.js";
import { matrixTile } from "./vulkan.js";

const sizes = {
  subgroupSize: [4, 8, 16, 32, 64, 128],
  maxWorkgroupInvocations: [128, 256, 512, 1024, 2048],
  sharedMemorySizeBytes: [16384, 20480, 32768, 49152, 65536],
};
const devices = sizes.subgroupSize.flatMap((subgroupSize) =>
  sizes.maxWorkgroupInvocations.flatMap((maxWorkgroupInvocations) =>
    sizes.sharedMemorySizeBytes.map((sharedMemorySizeBytes) => ({
      ...{ subgroupSize, maxWorkgroupInvocations, sharedMemorySizeBytes },
    })),
  ),
);

describe("a tile on matrix units", () => {
  it.each(devices)("is loaded by all threads alike: %o", (device) => {
    const tile = matrixTile(device as KernelDevice);
    if (!tile) {
      const smallest = 4 * device.subgroupSize;
      const tooSmall = device.sharedMemorySizeBytes < 18432 || smallest > device.maxWorkgroupInvocations;
      expect(tooSmall || smallest > 256).toBe(true);
      return;
    }
    const { across, threads, depth } = tile;
    // a thread that has nothing to load would leave part of the tile empty
    expect(((64 * depth) / 8) % threads).toBe(0);
    expect((64 / across) % 16).toBe(0);
    expect(threads).toBeLessThanOrEqual(device.maxWorkgroupInvocations);
  });
});
