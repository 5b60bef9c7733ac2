import { describe, expect, it } from "vitest";
import { signatures } from "../bindings/generated/calls.js";
import type { CallName } from "./layer.js";
import { mockTables } from "./mock/index.js";
import { noResizableBar, onlyNonCoherent, unified } from "./testing/cards.js";
import { nothingLeft } from "./testing/nothing-left.js";
import { RawMemory } from "./testing/raw-memory.js";
import { useOnce } from "./testing/use-once.js";

describe("a driver that is none", () => {
  it.each([noResizableBar, onlyNonCoherent, unified])("keeps what is written, on $name", async (card) => {
    const tables = mockTables(card);
    await useOnce(tables);
    expect(nothingLeft(tables)).toBe(true);
    expect(tables.counts().calls.vkQueueSubmit).toBeGreaterThan(0);
  });
});

describe("a script", () => {
  it.each([
    [{ refuseNth: 1 }, -2],
    [{ refuseNth: 1, refuseCode: -1000011001 }, -1000011001],
    [{ fail: { call: "vkAllocateMemory", nth: 1, code: -13 } }, -13],
  ])("refuses an allocation: %j", async (script, code) => {
    const raw = await RawMemory.open(mockTables(unified, script));
    const answers = [0, 1, 2].map(() => raw.allocate(1, 16));
    expect(answers.map((answer) => (typeof answer === "bigint" ? "got" : answer))).toEqual([
      "got",
      code,
      "got",
    ]);
  });

  it("shrinks a budget after some allocations, as advice or for good", async () => {
    const shrinks = { afterAllocations: 1, heap: 0, budgetBytes: 100 };
    for (const refuses of [false, true]) {
      const raw = await RawMemory.open(mockTables(unified, { budgetShrinks: { ...shrinks, refuses } }));
      expect(raw.device.memoryBudget()).toEqual([{ budgetBytes: 2 ** 32, usageBytes: 0 }]);
      expect(raw.allocate(1, 64)).toBeTypeOf("bigint");
      expect(raw.device.memoryBudget()).toEqual([{ budgetBytes: 100, usageBytes: 64 }]);
      expect(raw.allocate(1, 64)).toBeTypeOf(refuses ? "number" : "bigint");
    }
  });

  it("counts the polls of a submission as one use", async () => {
    const polls = async (nth: number) => {
      const tables = mockTables(
        unified,
        { fail: { call: "vkGetFenceStatus", nth, code: -4 } },
        { slow: true },
      );
      await useOnce(tables).catch(() => {});
      return tables.counts().calls;
    };
    const whole = await polls(1000);
    expect(whole.vkGetFenceStatus).toBeGreaterThan(whole.vkQueueSubmit!);
    for (let nth = 0; nth < whole.vkQueueSubmit!; nth++)
      expect((await polls(nth)).vkQueueSubmit).toBe(nth + 1);
  });

  it("can't make a call fail that has no result", () => {
    expect(() => mockTables(unified, { fail: { call: "vkFreeMemory", nth: 0, code: -1 } })).toThrow(
      "vkFreeMemory",
    );
  });

  it.each([
    ["vkGetFenceStatus", -4, "device-lost"],
    ["vkWaitForFences", -4, "device-lost"],
    ["vkWaitForFences", -1, "memory-refused"],
  ])(
    "makes %s fail with %i: the device is waited for before anything is freed",
    async (call, result, code) => {
      const tables = mockTables(unified, { fail: { call, nth: 1, code: result } }, { slow: true });
      await expect(useOnce(tables)).rejects.toMatchObject({ code });
      expect(tables.counts().calls.vkDeviceWaitIdle).toBe(1);
      expect(nothingLeft(tables)).toBe(true);
      await useOnce(tables);
      expect(tables.counts().calls.vkDeviceWaitIdle).toBe(1);
    },
  );

  it("makes every call fail in turn, once or from then on: nothing is left, and the error has a code", async () => {
    const counted = mockTables(unified);
    await useOnce(counted);
    const wrong: string[] = [];
    for (const [call, uses] of Object.entries(counted.counts().calls)) {
      if (signatures[call as CallName][1] !== "i32") continue;
      for (let nth = 0; nth < uses; nth += nth < 4 ? 1 : 11) {
        for (const [code, always] of [
          [-2, false],
          [-1, true],
          [-4, true],
        ] as const) {
          const tables = mockTables(unified, { fail: { call, nth, code, always } });
          const error = await useOnce(tables).catch((thrown: unknown) => thrown);
          const name = `${call} ${nth} ${code}${always ? " always" : ""}`;
          if (error && !(error as { code?: string }).code) wrong.push(`${name}: ${error}`);
          try {
            nothingLeft(tables);
          } catch (left) {
            wrong.push(`${name}: ${left}`);
          }
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});
