import { type OpName, type Step, stepTensors } from "../../../../ops/index.js";
import type { KernelContext, KernelTable, KernelVariant } from "../../../../ops/kernel.js";
import { elementCount, elementSizeBytes, type Tensor, tensorSizeBytes } from "../../../../ops/tensor.js";
import { vulkanKernels } from "../../../../ops/vulkan-kernels.js";

/** A step that one dispatch computes, and what is in the buffers that it binds, in their order. */
export interface BoundStep {
  readonly step: Step;
  readonly bindings: readonly BoundPart[];
}

interface BoundPart {
  readonly tensor: Tensor;
  readonly part: number;
  /** The buffer may be larger. */
  readonly sizeBytes: number;
}

/**
 * Kernels that a mock driver computes by the ops' f64 references: one dispatch a step, which binds all parts of all its
 * tensors. Shader, constants and work are those of the op's last variant, so that the driver is asked for as much.
 */
export const referenceKernels = Object.fromEntries(
  Object.keys(vulkanKernels).map((op) => [op, [referenceKernel(op as OpName)]]),
) as unknown as KernelTable;

function referenceKernel(op: OpName): KernelVariant {
  const plain = vulkanKernels[op].at(-1) as KernelVariant;
  return {
    name: "reference",
    tolerance: 2 ** -24,
    unsupported: () => null,
    suits: () => true,
    dispatches(step, context) {
      const uncut = plain.dispatches(step, { ...context, maxFlopsPerDispatch: Number.MAX_SAFE_INTEGER });
      const { reads, writes } = stepTensors(step);
      const tensors = new Map([...reads, ...writes].map((tensor) => [tensor.name, tensor]));
      const bindings = [...tensors.values()].flatMap((tensor) => partsOf(tensor, context));
      const written = new Set(writes.map(({ name }) => name));
      return [
        {
          ...uncut[0]!,
          buffers: bindings.map(({ tensor, part }) => ({
            ...{ tensor, part },
            access: written.has(tensor.name) ? "readwrite" : "read",
          })),
          pushConstants: Int32Array.of(mark, numberOf({ step, bindings })),
          groups: [1, 1, 1],
          flops: uncut.reduce((sum, { flops }) => sum + flops, 0),
        },
      ];
    },
  };
}

function partsOf(tensor: Tensor, context: KernelContext): BoundPart[] {
  const parts = context.parts(tensor);
  const nRows = parts.reduce((sum, part) => sum + part.nRows, 0);
  const rowBytes = (elementCount(tensor) / nRows) * elementSizeBytes[tensor.type];
  return parts.map(({ index, firstRow, ...part }) => {
    // the padding to whole words belongs to the last part
    const isLast = firstRow + part.nRows === nRows;
    const sizeBytes = isLast ? tensorSizeBytes(tensor) - firstRow * rowBytes : part.nRows * rowBytes;
    return { tensor, part: index, sizeBytes };
  });
}

/** Stands before a step's number in the push constants; those of real kernels begin with sizes. */
const mark = -0x57455453;

/** Bound steps by number; the same one always has the same, so that compiling again adds none. */
const steps: BoundStep[] = [];
const numbers = new Map<string, number>();

function numberOf(step: BoundStep): number {
  const key = JSON.stringify(step);
  const number = numbers.get(key) ?? steps.push(step) - 1;
  numbers.set(key, number);
  return number;
}

/** The number of the step that a dispatch with such push constants computes; null for a real kernel's. */
export function dispatchedStep(pushConstants: Buffer): number | null {
  if (pushConstants.length < 8 || pushConstants.readInt32LE() !== mark) return null;
  return pushConstants.readInt32LE(4);
}

export function stepNumbered(number: number): BoundStep {
  const step = steps[number];
  if (!step) throw new Error(`no step has the number ${number}`);
  return step;
}
