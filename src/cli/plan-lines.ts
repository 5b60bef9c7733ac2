import { describeEntry, flagNames, type MemoryPlan, size } from "../memory/index.js";

/** The size of each heap, what is used of it, and for what. */
export function printHeaps(plan: MemoryPlan): void {
  if (plan.vramLimitBytes !== null)
    console.log(`limit   ${size(plan.vramLimitBytes)} of the device's memory may be used (--vram-limit)`);
  plan.heaps.forEach(({ sizeBytes, deviceLocal, freeBytes, headroomBytes, takenBytes }, heap) => {
    const whose = deviceLocal ? "on the device" : "in the host's memory";
    const free = `${size(freeBytes)} free (${size(headroomBytes)} of it is kept free)`;
    console.log(`heap ${heap}  ${size(sizeBytes)} ${whose}, ${free}, ${size(takenBytes)} taken`);
    const lines = new Map<string, number>();
    for (const block of plan.blocks.filter((b) => b.heap === heap)) {
      const line = `${block.label.padEnd(9)} in ${flagNames(block.flags)}`;
      lines.set(line, (lines.get(line) ?? 0) + block.sizeBytes);
    }
    for (const [line, bytes] of lines) console.log(`        ${size(bytes).padStart(8)}  ${line}`);
  });
}

/** The tries that did not succeed at once, the newest last. */
export function printRecord({ record }: Pick<MemoryPlan, "record">): void {
  console.log("What was tried:");
  for (const entry of record.filter(({ outcome }) => outcome !== "allocated").slice(-12))
    console.log(`  ${describeEntry(entry)}`);
}
