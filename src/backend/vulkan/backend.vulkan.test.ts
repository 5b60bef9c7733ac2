import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { testDevice, watchValidation } from "../../../test/validation.js";
import { type OpCase, opCases } from "../../ops/cases.js";
import { checkCase } from "../check-case.js";
import { listDevices, openVulkan, type VulkanBackend, type VulkanOptions } from "./index.js";

/** How to open the device, and what that is to show. */
const ways: readonly (readonly [string, VulkanOptions & { noViews?: boolean }])[] = [
  ["as a user does", {}],
  ["cut into small dispatches, weights in parts", { maxFlops: 1e6, maxPartBytes: 8192 }],
  ["without views of mapped memory", { maxFlops: 1e9, noViews: true }],
];

describe.skipIf(!testDevice)("Vulkan backend", () => {
  const validation = testDevice ? watchValidation() : null;
  afterEach(() => {
    expect(validation!.newMessages()).toBe("");
  });

  describe.each(ways)("opened %s", (_, { noViews, ...options }) => {
    let backend: VulkanBackend;
    beforeAll(async () => {
      if (noViews) process.env.WHISPER_VULKAN_NO_VIEWS = "1";
      backend = await openVulkan(testDevice!, options);
    });
    afterAll(async () => {
      await backend.dispose();
      delete process.env.WHISPER_VULKAN_NO_VIEWS;
    });

    it("is the device asked for", () => {
      const devices = listDevices();
      const name = /^\d+$/.test(testDevice!) ? devices[Number(testDevice)]!.name : testDevice!;
      expect(backend.describe()).toMatchObject({ kind: "vulkan", device: expect.stringContaining(name) });
    });

    it.each(opCases.map((opCase): [string, OpCase] => [opCase.name, opCase]))("%s", async (_, opCase) => {
      const { mismatch } = await checkCase(backend, opCase);
      expect(mismatch).toBeNull();
    });
  });
});
