import {
  Allocator,
  estimatedBandwidth,
  Ledger,
  type MemoryBandwidth,
  type MemoryPlan,
  MemoryRefusedError,
} from "../../memory/index.js";
import type { Program } from "../../ops/program.js";
import type { Tensor } from "../../ops/tensor.js";
import type { Executable, Storage } from "../backend.js";
import type { BufferMemory, VulkanMemory } from "./vulkan-memory.js";

/** Weights read by one run: several, so that no device cache can hold them all. */
const nWeights = 4;
const nIn = 1024;
const nRuns = 5;
/** Rows of each weight: 8 MiB, or less where there isn't that much. */
const rowsTried = [4096, 2048, 1024, 512] as const;
/** So few rows that a run's time is not spent on reading. */
const fewRows = 2;

/** Bandwidths by device and driver, kept for the next plan. */
export interface BandwidthStore {
  get(device: string): MemoryBandwidth | undefined;
  set(device: string, bandwidth: MemoryBandwidth): void;
}

/** What measuring needs of a backend. */
export interface MeasurableBackend {
  readonly memory: VulkanMemory;
  readonly alignmentBytes: number;
  /** What may be taken of the device's memory besides what is held. */
  readonly vramLimitBytes: number;
  /** Errors: memory-refused. */
  storage(program: Program, allocator: Allocator<BufferMemory>): Storage;
  compile(program: Program, storage: Storage): Promise<Executable>;
}

/**
 * What the device reads from its own memory and from the host's, in bytes a second, as a decoder step reads its weights: a
 * row times a matrix. Takes at most 32 MiB of each for a moment; null where the host's memory is refused. Where the device's
 * is full its speed, and with it the whole, stays an estimate. Errors: device-lost, memory-refused (by another call).
 */
export async function measureBandwidth(test: MeasurableBackend): Promise<MemoryBandwidth | null> {
  const { heaps, types } = test.memory;
  const inDevice = (type: number) => heaps[types[type]!.heap]?.deviceLocal ?? false;
  const host = await bytesPerSecond(test, (type) => !inDevice(type), "spill");
  if (host === null) return null;
  const device = await bytesPerSecond(test, () => true, "device");
  return {
    hostBytesPerSecond: host,
    deviceBytesPerSecond: device ?? Math.max(host, estimatedBandwidth.deviceBytesPerSecond),
    measured: device !== null,
  };
}

async function bytesPerSecond(
  test: MeasurableBackend,
  useType: (type: number) => boolean,
  verdict: MemoryPlan["verdict"],
): Promise<number | null> {
  for (const nRows of rowsTried) {
    const elapsedMs = await medianMs(test, nRows, useType, verdict);
    if (elapsedMs === null) continue;
    // what a run takes beyond reading
    const overheadMs = (await medianMs(test, fewRows, useType, verdict)) ?? 0;
    return (2 * nIn * nRows * nWeights * 1000) / Math.max(elapsedMs - overheadMs, elapsedMs / 10);
  }
  return null;
}

/** Storage on some types alone, of which nothing counts elsewhere; null where there isn't that much of them. */
function storageOn(
  test: MeasurableBackend,
  program: Program,
  useType: (type: number) => boolean,
): Storage | null {
  const { memory, alignmentBytes, vramLimitBytes } = test;
  const options = { alignmentBytes, vramLimitBytes };
  try {
    return test.storage(program, new Allocator(memory.only(useType), new Ledger(), options));
  } catch (error) {
    if (error instanceof MemoryRefusedError) return null;
    throw error;
  }
}

async function medianMs(
  test: MeasurableBackend,
  nRows: number,
  useType: (type: number) => boolean,
  verdict: MemoryPlan["verdict"],
): Promise<number | null> {
  const program = readingProgram(nRows);
  const storage = storageOn(test, program, useType);
  if (!storage) return null;
  try {
    if (storage.plan!().verdict !== verdict) return null;
    const executable = await test.compile(program, storage);
    try {
      const times: number[] = [];
      for (let run = 0; run < 1 + nRuns; run++) {
        const start = performance.now();
        await executable.run();
        times.push(performance.now() - start);
      }
      times.shift(); // the first run pays for work that the driver postponed
      return times.sort((a, b) => a - b)[nRuns >> 1]!;
    } finally {
      executable.dispose();
    }
  } finally {
    await storage.dispose();
  }
}

/** Each weight times the same row. */
function readingProgram(nRows: number): Program {
  const tensor = (name: string, shape: readonly number[], role: Tensor["role"]): Tensor => ({
    ...{ name, shape, role, heat: "token" },
    type: role === "weight" ? "f16" : "f32",
  });
  const x = tensor("x", [1, nIn], "input");
  const out = tensor("out", [1, nRows], "output");
  return {
    name: "read test",
    steps: Array.from({ length: nWeights }, (_, i) => ({
      ...{ op: "linear", x, weight: tensor(`weight ${i}`, [nRows, nIn], "weight"), bias: null, out },
      ...{ nBatch: 1, nRows: 1, nIn, nOut: nRows, activation: "none", accumulate: false },
      xLayout: { batchStride: nIn, rowStride: nIn, offset: 0, batchExtent: nIn },
      outLayout: { batchStride: nRows, rowStride: nRows, offset: 0 },
    })),
  };
}
