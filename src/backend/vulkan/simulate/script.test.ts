import { describe, expect, it } from "vitest";
import { opCases } from "../../../ops/cases.js";
import { stepTensors } from "../../../ops/index.js";
import { tensorSizeBytes } from "../../../ops/tensor.js";
import { signatures } from "../bindings/generated/calls.js";
import { openVulkan } from "../index.js";
import { mockTables, type SimulatedTables } from "./index.js";
import type { CallName } from "./layer.js";
import { noResizableBar, onlyNonCoherent, unified } from "./testing/cards.js";
import { nothingLeft } from "./testing/nothing-left.js";
import { RawMemory } from "./testing/raw-memory.js";

const step = opCases.find((opCase) => opCase.step.op === "linear")!.step;
const program = { name: "one step", steps: [step] };

/** Opens a device, writes and reads tensors, compiles and runs; everything is given back whatever happens. */
async function useOnce(tables: SimulatedTables): Promise<void> {
  const backend = await openVulkan("0", {}, tables);
  try {
    const storage = await backend.allocate(backend.manifest([program]));
    try {
      const executable = await backend.compile(program, storage);
      try {
        const { reads, writes } = stepTensors(step);
        for (const tensor of [...reads, ...writes]) {
          const bytes = new Uint8Array(tensorSizeBytes(tensor)).map((_, i) => i * 7);
          const back = new Uint8Array(bytes.length);
          await storage.write(tensor, 0, bytes);
          await storage.read(tensor, 0, back);
          expect(Buffer.compare(back, bytes)).toBe(0);
        }
        await executable.run();
      } finally {
        executable.dispose();
      }
    } finally {
      await storage.dispose();
    }
  } finally {
    await backend.dispose();
  }
}

describe("a driver that is none", () => {
  it.each([noResizableBar, onlyNonCoherent, unified])("keeps what is written, on $name", async (card) => {
    const tables = mockTables(card);
    await useOnce(tables);
    expect(nothingLeft(tables.counts())).toBe(true);
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

  it("can't make a call fail that has no result", () => {
    expect(() => mockTables(unified, { fail: { call: "vkFreeMemory", nth: 0, code: -1 } })).toThrow(
      "vkFreeMemory",
    );
  });

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
            nothingLeft(tables.counts());
          } catch (left) {
            wrong.push(`${name}: ${left}`);
          }
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});
