import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ModelPlans } from "../../test/plan-card.js";
import { noise } from "../audio/cases.js";
import { openVulkan } from "../backend/vulkan/index.js";
import type { CountedTables, Script } from "../backend/vulkan/simulate/index.js";
import { mockTables } from "../backend/vulkan/simulate/mock/index.js";
import { errorCodes } from "../backend/vulkan/simulate/testing/error-codes.js";
import { nothingLeft } from "../backend/vulkan/simulate/testing/nothing-left.js";
import { readReport, replay } from "../memory/index.js";
import { type Card, cardNamed, cardNames, variations, vary } from "../memory/simulate/index.js";
import type { WindowJob } from "../whisper/index.js";
import type { EngineState } from "./engine.js";
import { LocalEngine } from "./local-engine.js";
import { inPlaceOfTheCpu, onMock } from "./testing/in-place-of-the-cpu.js";
import { scaledBlockBytes, scaledCard, scaleOf } from "./testing/scaled-card.js";
import { toyDimensions, toyModel } from "./testing/toy-model.js";
import { ToyWindows } from "./testing/toy-window.js";

// Whatever happens to a card, in whichever order: the text is right, the reported memory equals what the driver counts, a
// report gives the same result when it is replayed, and nothing is left.

const dimensions = { ...toyDimensions, nTextCtx: 8, nAudioState: 16, nTextState: 16 };
const scale = scaleOf(new ModelPlans("base").manifest(), new ModelPlans(dimensions).manifest());
const maxBlockBytes = scaledBlockBytes(scale);

let toy: ToyWindows;
let window: WindowJob;
let right: string;
beforeAll(async () => {
  toy = await ToyWindows.open(toyModel(dimensions));
  window = await toy.job(noise(16_000 * 3));
  [right] = (await toy.hear(await inPlaceOfTheCpu(), [window])).map(String) as [string];
});
afterAll(() => toy.close());

const calls = [
  ...["vkAllocateMemory", "vkMapMemory", "vkCreateBuffer", "vkBindBufferMemory", "vkCreateComputePipelines"],
  ...["vkAllocateDescriptorSets", "vkQueueSubmit", "vkGetFenceStatus"],
] as const;
const codes = [-1, -2, -4]; // out of memory of either kind, device lost
const fault = fc
  .record({
    call: fc.constantFrom(...calls),
    nth: fc.nat(200),
    always: fc.boolean(),
    code: fc.constantFrom(...codes),
  })
  .filter(({ call, code }) => (errorCodes[call] as readonly number[]).includes(code));
const lives = fc.record({
  name: fc.constantFrom(...cardNames()),
  variation: fc.constantFrom(...variations),
  fault: fc.option(fault),
  refuseNth: fc.option(fc.nat(12)),
  /** From some allocation on others hold a share of a heap. */
  others: fc.option(
    fc.record({
      afterAllocations: fc.nat(12),
      heap: fc.nat(2),
      share: fc.double({ min: 0, max: 1.1, noNaN: true }),
    }),
  ),
  vramLimitBytes: fc.option(fc.nat(4 << 20)),
  steps: fc.array(fc.constantFrom("window", "window", "window", "two windows", "release"), {
    minLength: 1,
    maxLength: 9,
  }),
});

test("a model lives on a card", async () => {
  await fc.assert(
    fc.asyncProperty(lives, async ({ name, variation, vramLimitBytes, steps, ...happens }) => {
      const card = scaledCard(vary(await cardNamed(name), variation), scale);
      const tables = mockTables(card, scriptOf(card, happens));
      const memory = { maxBlockBytes, ...(vramLimitBytes !== null && { vramLimitBytes }) };
      const openDevice = (onCpu: boolean) =>
        onCpu ? inPlaceOfTheCpu() : openVulkan("0", { ...onMock, memory }, tables);
      const engine = await LocalEngine.load(toy.model, toy.vocabulary, { openDevice });
      try {
        for (const step of steps) {
          if (step === "release") await engine.release();
          else
            await Promise.all(
              (step === "window" ? [1] : [1, 2]).map(async () => {
                const { decoded } = await engine.recognise(window);
                expect(String(decoded.tokens)).toBe(right);
              }),
            );
          if (engine.state.device.kind === "vulkan") isTrue(engine.state, tables);
        }
      } finally {
        await engine.dispose();
      }
      expect(nothingLeft(tables)).toBe(true);
    }),
    { numRuns: 25 },
  );
});

type Life = typeof lives extends fc.Arbitrary<infer T> ? T : never;

function scriptOf(
  { heaps }: Card,
  { fault, refuseNth, others }: Pick<Life, "fault" | "refuseNth" | "others">,
) {
  const heap = others && heaps[others.heap];
  const script: Script = {
    ...(fault && { fail: fault }),
    ...(refuseNth !== null && { refuseNth }),
    ...(heap && {
      othersHold: {
        ...{ afterAllocations: others.afterAllocations, heap: others.heap },
        usageBytes: Math.floor(heap.sizeBytes * others.share),
      },
    }),
  };
  return script;
}

/** Compares the reported memory with what the driver counts, and with its own replay. */
function isTrue({ memoryPlan, memory, memoryReport }: EngineState, tables: CountedTables): void {
  if (!memoryPlan) {
    expect(memory).toEqual([]); // released
    return;
  }
  const { heapBytes } = tables.counts();
  expect(memoryPlan.heaps.map(({ takenBytes }) => takenBytes)).toEqual(
    heapBytes.slice(0, memoryPlan.heaps.length),
  );
  expect(memory.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)).toBe(memoryPlan.takenBytes);
  const again = replay(readReport(JSON.parse(JSON.stringify(memoryReport)), "the report")).plan;
  const places = ({ blocks, verdict }: typeof again) => ({
    verdict,
    blocks: blocks.map(({ type, use, sizeBytes, pieces }) => ({ type, use, sizeBytes, pieces })),
  });
  expect(places(again)).toEqual(places(memoryPlan));
}
