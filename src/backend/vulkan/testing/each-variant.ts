import { type OpCase, opCases } from "../../../ops/cases.js";
import type { OpName } from "../../../ops/index.js";
import type { KernelDevice, KernelTable, KernelVariant } from "../../../ops/kernel.js";
import { vulkanKernels } from "../../../ops/vulkan-kernels.js";

/** One kernel variant, alone in the table for its op, and the cases it is meant for. */
export interface ForcedVariant {
  readonly name: string;
  readonly variant: KernelVariant;
  readonly kernels: KernelTable;
  readonly cases: readonly OpCase[];
}

/** Every variant of every op that the device can run, also those that it would not choose. */
export function eachVariant(device: KernelDevice): ForcedVariant[] {
  return (Object.keys(vulkanKernels) as OpName[]).flatMap((op) =>
    (vulkanKernels[op] as readonly KernelVariant[])
      .filter((variant) => variant.unsupported(device) === null)
      .map((variant) => ({
        name: `${op}: ${variant.name}`,
        variant,
        kernels: { ...vulkanKernels, [op]: [{ ...variant, pays: () => true }] },
        cases: opCases.filter(({ step }) => step.op === op && variant.suits(step)),
      })),
  );
}
