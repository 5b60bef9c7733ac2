import { afterAll, describe, expect, it } from "vitest";
import { onMockDrivers, slowCalls } from "./testing/faults.js";

const staged = await onMockDrivers.staged();
const slow = await onMockDrivers.slow();
afterAll(() => Promise.all([staged.close(), slow.close()]));

describe("each use of a call fails once: the text is right, nothing is left, the next window works", () => {
  it.each([...staged.uses])("%s, %i uses", async (call) => {
    expect(await staged.wrongAfterAll(call, false)).toEqual([]);
  });
  it.each(slowCalls)("%s, of memory that is not coherent", async (call) => {
    expect(slow.uses.get(call)).toBeGreaterThan(0);
    expect(await slow.wrongAfterAll(call, false)).toEqual([]);
  });
});
