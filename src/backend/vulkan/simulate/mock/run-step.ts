import { stepTensors } from "../../../../ops/index.js";
import { contentsOf, holdsNow } from "./contents.js";
import { outcomeOf, type Written } from "./outcome.js";
import { type BoundStep, stepNumbered } from "./reference-kernels.js";

/** What all remembered outcomes together may hold. */
const maxRememberedBytes = 256 << 20;

/** Results of steps, by their numbers and everything that they read; the least recently used first. */
const outcomes = new Map<string, readonly Written[]>();
let rememberedBytes = 0;

/** Runs a step on the memory bound to it, or writes the remembered result for the same bytes. */
export function runStep(number: number, memory: readonly Buffer[]): void {
  const bound = stepNumbered(number);
  const parts = partsByName(bound, memory);
  const reads = new Map(
    stepTensors(bound.step).reads.map((tensor) => [tensor.name, contentsOf(tensor, parts.get(tensor.name)!)]),
  );
  const key = [number, ...Array.from(reads.values(), ({ hash }) => hash)].join(" ");
  const outcome = outcomes.get(key) ?? outcomeOf(bound.step, reads);
  remember(key, outcome);
  for (const { tensor, pieces, whole } of outcome) {
    // only weights, which are never written, are cut into several parts
    const [target] = parts.get(tensor.name)!;
    for (const { offsetBytes, bytes } of pieces) target!.set(bytes, offsetBytes);
    if (whole) holdsNow(tensor, whole);
  }
}

function partsByName(
  { step, bindings }: BoundStep,
  memory: readonly Buffer[],
): ReadonlyMap<string, readonly Buffer[]> {
  if (memory.length !== bindings.length) throw new Error(`${step.op}: the wrong number of buffers is bound`);
  const parts = new Map<string, Buffer[]>();
  bindings.forEach(({ tensor: { name }, sizeBytes }, i) => {
    if (memory[i]!.length < sizeBytes)
      throw new Error(`${step.op}: the buffer bound for ${name} is too small`);
    parts.set(name, [...(parts.get(name) ?? []), memory[i]!.subarray(0, sizeBytes)]);
  });
  return parts;
}

function remember(key: string, outcome: readonly Written[]): void {
  rememberedBytes += outcomes.delete(key) ? 0 : sizeOf(key, outcome);
  outcomes.set(key, outcome);
  for (const [oldest, old] of outcomes) {
    if (rememberedBytes <= maxRememberedBytes) break;
    outcomes.delete(oldest);
    rememberedBytes -= sizeOf(oldest, old);
  }
}

function sizeOf(key: string, outcome: readonly Written[]): number {
  const pieces = outcome.flatMap((written) => written.pieces);
  return pieces.reduce((sum, { bytes }) => sum + bytes.length, key.length);
}
