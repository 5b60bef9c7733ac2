import { cuttableTensors, stepTensors } from "../ops/index.js";
import type { Program } from "../ops/program.js";
import { elementCount, type Tensor, tensorSizeBytes } from "../ops/tensor.js";
import type { MemoryManifest } from "./backend.js";
import { planScratch } from "./scratch.js";

/** Every tensor of the programs that outlives a run, once, and the scratch arena of the largest of them. */
export function manifestOf(programs: readonly Program[], scratchAlignmentBytes: number): MemoryManifest {
  const tensors = new Map<string, Tensor>();
  const whole = new Set<string>();
  let scratchSizeBytes = 0;
  for (const program of programs) {
    for (const step of program.steps) {
      const { reads, writes } = stepTensors(step);
      const cuttable = cuttableTensors(step);
      for (const some of [reads, writes])
        for (const tensor of some) {
          if (tensor.role === "scratch") continue;
          if (!cuttable.includes(tensor)) whole.add(tensor.name);
          const known = tensors.get(tensor.name);
          if (known === tensor) continue;
          if (known && (known.type !== tensor.type || elementCount(known) !== elementCount(tensor)))
            throw new Error(`tensor ${tensor.name} has two shapes: [${known.shape}] and [${tensor.shape}]`);
          tensors.set(tensor.name, tensor);
        }
    }
    scratchSizeBytes = Math.max(scratchSizeBytes, planScratch(program, scratchAlignmentBytes).sizeBytes);
  }
  const entries = [...tensors.values()].map((tensor) => ({
    tensor,
    sizeBytes: tensorSizeBytes(tensor),
    cuttable: tensor.role === "weight" && !whole.has(tensor.name),
  }));
  const totalSizeBytes = entries.reduce((sum, entry) => sum + entry.sizeBytes, scratchSizeBytes);
  return { entries, scratchSizeBytes, totalSizeBytes };
}
