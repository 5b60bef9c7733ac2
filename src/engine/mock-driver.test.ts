import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noise, sine } from "../audio/cases.js";
import { openCpu } from "../backend/cpu/index.js";
import { openVulkan, type VulkanOptions } from "../backend/vulkan/index.js";
import { mockTables, referenceKernels } from "../backend/vulkan/simulate/mock/index.js";
import { noResizableBar, onlyNonCoherent, unified } from "../backend/vulkan/simulate/testing/cards.js";
import { nothingLeft } from "../backend/vulkan/simulate/testing/nothing-left.js";
import type { WindowJob } from "../whisper/index.js";
import { toyDimensions, toyModel } from "./testing/toy-model.js";
import { ToyWindows } from "./testing/toy-window.js";

/** So short a context that a window has 16 tokens. */
const dimensions = { ...toyDimensions, nTextCtx: 32 };
const recordings = [noise(16_000 * 30), sine(440, 16_000, 16_000 * 29)];
const options: VulkanOptions = { kernels: referenceKernels, maxFlops: 1e8 };

let toy: ToyWindows;
let jobs: WindowJob[];
let expected: Awaited<ReturnType<ToyWindows["hear"]>>;
beforeAll(async () => {
  toy = await ToyWindows.open(toyModel(dimensions));
  jobs = await Promise.all(recordings.map((samples) => toy.job(samples)));
  expected = await toy.hear(await openCpu({ threads: 1 }), jobs);
});
afterAll(() => toy.close());

describe("the toy on a mock driver", () => {
  it.each([
    [unified.name, unified, options],
    [onlyNonCoherent.name, onlyNonCoherent, options],
    [noResizableBar.name, noResizableBar, options],
    ["a card with small bindings", noResizableBar, { ...options, maxPartBytes: 1 << 20 }],
  ])("recognises the same as on the CPU: %s", async (_, card, options) => {
    expect(new Set(expected.map(String)).size).toBe(recordings.length);
    const tables = mockTables(card);
    expect(await toy.hear(await openVulkan("0", options, tables), jobs)).toEqual(expected);
    expect(nothingLeft(tables)).toBe(true);
  });

  it("recognises something else when one weight is changed, although it remembers the right ones", async () => {
    const model = toyModel(dimensions);
    const { data } = model.tensors.find(({ name }) => name === "encoder.conv1.weight")!;
    data[1]! ^= 0x40; // the exponent
    const wrong = await ToyWindows.open(model);
    const heard = await wrong.hear(await openVulkan("0", options, mockTables(unified)), jobs.slice(0, 1));
    expect(heard).not.toEqual(expected.slice(0, 1));
    await wrong.close();
  });
});
