import { describe, expect, it } from "vitest";
import { disagreements } from "../../../test/memory-oracle.js";
import { type WorldDevice, worldDevices, worldIsHere } from "../../../test/world.js";
import type { MemorySnapshot } from "../../memory/index.js";
import { modelNamed } from "../../model/index.js";
import { networkPrograms } from "../../network/device-network.js";
import { describeWeights } from "../../network/tensors.js";
import { manifestOf } from "../manifest.js";
import { planManifest, planningLimits } from "./plan-memory.js";

if (!worldIsHere) console.log("skipped: plans for the world's devices (the table of devices is absent)");

const MiB = 2 ** 20;
const all = process.env.WHISPER_VULKAN_TEST_WORLD === "all";
const nAtRandom = 1000;

/** A device of each shape of heaps and types, and some more at random; or all of them. */
function chosenDevices(): WorldDevice[] {
  const devices = worldDevices();
  if (all) return devices;
  const shapes = new Map<string, WorldDevice>();
  for (const device of devices) {
    const shape = JSON.stringify([device.heaps.map(([, flags]) => flags), device.types]);
    if (!shapes.has(shape)) shapes.set(shape, device);
  }
  // the same ones unless told otherwise, so that no change fails for a device that it has nothing to do with
  const seed = Number(process.env.WHISPER_VULKAN_TEST_SEED ?? 573680);
  console.log(
    `${shapes.size} shapes of heaps and types, ${nAtRandom} devices at random (WHISPER_VULKAN_TEST_SEED=${seed})`,
  );
  let state = seed >>> 0;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return [
    ...shapes.values(),
    ...Array.from({ length: nAtRandom }, () => devices[Math.floor(random() * devices.length)]!),
  ];
}

const variations = ["all free", "95 % taken", "64 MiB free"] as const;

function snapshotOf(
  { heaps, types, limits }: WorldDevice,
  variation: (typeof variations)[number],
): MemorySnapshot {
  const sizes = heaps
    .map(([sizeBytes, flags]) => ({ sizeBytes, deviceLocal: (flags & 1) !== 0 }))
    // some drivers leave a heap's flags unset; its types tell
    .map((heap, i) => ({
      ...heap,
      deviceLocal: heap.deviceLocal || types.some(([f, h]) => h === i && (f & 1) !== 0),
    }));
  const hostBytes = sizes.reduce((sum, heap) => sum + (heap.deviceLocal ? 0 : heap.sizeBytes), 0);
  const usageOf = ({ sizeBytes, deviceLocal }: (typeof sizes)[number]) => {
    if (!deviceLocal || variation === "all free") return 0;
    return variation === "95 % taken" ? Math.floor(0.95 * sizeBytes) : Math.max(0, sizeBytes - 64 * MiB);
  };
  return {
    heaps: sizes,
    types: types.map(([flags, heap]) => ({ flags, heap })),
    usableTypes: 2 ** types.length - 1,
    limits: {
      maxAllocationSizeBytes: Math.min(
        limits.maxMemoryAllocationSize || 2 ** 30,
        limits.maxBufferSize || Number.POSITIVE_INFINITY,
      ),
      maxAllocationCount: limits.maxMemoryAllocationCount ?? 4096,
      maxHostBytes: (hostBytes || Math.max(0, ...sizes.map(({ sizeBytes }) => sizeBytes))) / 2,
    },
    budgets: sizes.map((heap) => ({ budgetBytes: heap.sizeBytes, usageBytes: usageOf(heap) })),
  };
}

const manifests = new Map<string, ReturnType<typeof manifestOf>>();
function manifestFor(model: string, alignmentBytes: number) {
  const key = `${model} ${alignmentBytes}`;
  let manifest = manifests.get(key);
  if (!manifest) {
    const { dimensions } = modelNamed(model);
    const { weights } = describeWeights(dimensions, "f16");
    manifest = manifestOf(networkPrograms(dimensions, weights), alignmentBytes);
    manifests.set(key, manifest);
  }
  return manifest;
}

describe.skipIf(!worldIsHere)("plans for the world's devices", () => {
  it("keep every limit and agree with the oracle: base, small and large-v3, all free, 95 % taken, 64 MiB free", () => {
    const outcomes = new Map<string, number>();
    const wrong: string[] = [];
    for (const device of chosenDevices())
      for (const variation of variations) {
        const snapshot = snapshotOf(device, variation);
        const { maxBindingBytes, alignmentBytes } = planningLimits({
          ...snapshot.limits,
          maxStorageBufferRange: device.limits.maxStorageBufferRange || 2 ** 27,
          minStorageBufferOffsetAlignment: device.limits.minStorageBufferOffsetAlignment ?? 256,
          nonCoherentAtomSize: device.limits.nonCoherentAtomSize ?? 256,
        });
        for (const model of ["base", "small", "large-v3"]) {
          const manifest = manifestFor(model, alignmentBytes);
          const cut = { maxBindingBytes, maxPartBytes: maxBindingBytes };
          const plan = planManifest(manifest, { snapshot, cut, memory: { alignmentBytes } });
          const count = `${model}, ${variation}: ${plan.verdict}`;
          outcomes.set(count, (outcomes.get(count) ?? 0) + 1);
          for (const what of disagreements(plan, manifest, snapshot, cut, alignmentBytes))
            wrong.push(`${device.id} ${device.name}, ${model}, ${variation}: ${what}`);
        }
      }
    for (const [outcome, n] of [...outcomes].sort()) console.log(`${String(n).padStart(7)}  ${outcome}`);
    expect(wrong.slice(0, 20)).toEqual([]);
  });
});
