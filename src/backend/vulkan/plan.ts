import type { Step } from "../../ops/index.js";
import type { Dispatch, KernelContext, KernelDevice, KernelTable, KernelVariant } from "../../ops/kernel.js";
import type { Program } from "../../ops/program.js";
import type { Tensor } from "../../ops/tensor.js";
import { type Access, Hazards } from "./hazards.js";

/** Where a tensor part is, in terms of whatever identifies a buffer. */
export interface Range<B> {
  readonly buffer: B;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

export interface PlannedDispatch<B> {
  readonly dispatch: Dispatch;
  readonly bindings: readonly Range<B>[];
  readonly barrierBefore: boolean;
}

/** The first variant that the device can run and that suits the step; the last of each list does both. */
export function chooseVariant<S extends Step>(
  table: KernelTable,
  step: S,
  device: KernelDevice,
): KernelVariant<S> {
  const variants = table[step.op] as unknown as readonly KernelVariant<S>[];
  const variant = variants.find(
    (v) => v.unsupported(device) === null && v.suits(step) && (v.pays?.(step, device) ?? true),
  );
  if (variant) return variant;
  const reasons = variants
    .map((v) => `${v.name}: ${v.unsupported(device) ?? "not for these sizes"}`)
    .join("; ");
  throw new Error(`no kernel for ${step.op}: ${reasons}`);
}

/**
 * Turns a program into submissions of dispatches with buffer ranges and barriers. Pure: no driver is asked.
 * A submission holds dispatches of at most maxFlops together, or a single one.
 */
export function planDispatches<B>(
  program: Program,
  table: KernelTable,
  context: KernelContext,
  rangeOf: (tensor: Tensor, part: number) => Range<B>,
  maxFlops: number,
): readonly (readonly PlannedDispatch<B>[])[] {
  const submissions: PlannedDispatch<B>[][] = [];
  const hazards = new Hazards();
  let flops = 0;
  for (const step of program.steps) {
    for (const dispatch of chooseVariant(table, step, context.device).dispatches(step, context)) {
      if (submissions.length === 0 || flops + dispatch.flops > maxFlops) {
        submissions.push([]);
        hazards.settle(); // every submission starts with a barrier
        flops = 0;
      }
      flops += dispatch.flops;
      const bindings = dispatch.buffers.map(({ tensor, part }) => rangeOf(tensor, part));
      const accesses = dispatch.buffers.map(
        ({ access }, i): Access => ({ ...bindings[i]!, write: access !== "read" }),
      );
      submissions.at(-1)!.push({ dispatch, bindings, barrierBefore: hazards.barrierBefore(accesses) });
    }
  }
  return submissions;
}
