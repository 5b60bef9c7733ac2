import { describe, expect, it } from "vitest";
import { opCases } from "../../../../ops/cases.js";
import { checkCase } from "../../../check-case.js";
import { openVulkan, type VulkanOptions } from "../../index.js";
import { noResizableBar, onlyNonCoherent, unified } from "../testing/cards.js";
import { nothingLeft } from "../testing/nothing-left.js";
import { mockTables, referenceKernels } from "./index.js";

const options: VulkanOptions = { kernels: referenceKernels, maxFlops: 1e9 };

describe("reference kernels on a mock driver", () => {
  it.each([
    [unified.name, unified, options],
    [`${onlyNonCoherent.name}, from what is remembered`, onlyNonCoherent, options],
    [`${noResizableBar.name}, weights in parts`, noResizableBar, { ...options, maxPartBytes: 8192 }],
  ])("compute what the references compute on %s", async (_, card, options) => {
    const tables = mockTables(card);
    const backend = await openVulkan("0", options, tables);
    const wrong: Record<string, string> = {};
    for (const opCase of opCases) {
      const { mismatch } = await checkCase(backend, opCase, 2 ** -24);
      if (mismatch !== null) wrong[opCase.name] = mismatch;
    }
    expect(wrong).toEqual({});
    await backend.dispose();
    expect(nothingLeft(tables)).toBe(true);
  });
});
