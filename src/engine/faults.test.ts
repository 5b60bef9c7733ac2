import { afterAll, describe, expect, it } from "vitest";
import { mockTables } from "../backend/vulkan/simulate/index.js";
import { noResizableBar, onlyNonCoherent } from "../backend/vulkan/simulate/testing/cards.js";
import { FaultTrials } from "./testing/faults.js";

const staged = await FaultTrials.prepare((script) => mockTables(noResizableBar, script));
// flushing and invalidating, and waiting instead of asking
const slow = await FaultTrials.prepare((script) => mockTables(onlyNonCoherent, script, { slow: true }));
afterAll(() => Promise.all([staged.close(), slow.close()]));
const only = ["vkFlushMappedMemoryRanges", "vkInvalidateMappedMemoryRanges", "vkMapMemory", "vkWaitForFences"];

/** Everything that is wrong after a call's faults. */
async function wrongAfterAll(trials: FaultTrials, call: string, always: boolean): Promise<string[]> {
  const wrong: string[] = [];
  for (const fault of trials.faultsOf(call, always)) {
    const found = await trials.wrongAfter(fault);
    if (found) wrong.push(found);
  }
  return wrong;
}

describe("each use of a call fails once: the right is heard, nothing is left, the next window works", () => {
  it.each([...staged.uses])("%s, %i uses", async (call) => {
    expect(await wrongAfterAll(staged, call, false)).toEqual([]);
  });
  it.each(only)("%s, of memory that is not coherent", async (call) => {
    expect(slow.uses.get(call)).toBeGreaterThan(0);
    expect(await wrongAfterAll(slow, call, false)).toEqual([]);
  });
});
