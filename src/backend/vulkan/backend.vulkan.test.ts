import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { testDevice, watchValidation } from "../../../test/validation.js";
import { type OpCase, opCases } from "../../ops/cases.js";
import { vulkanKernels } from "../../ops/vulkan-kernels.js";
import { checkCase } from "../check-case.js";
import { kernelDevice } from "./device-report.js";
import { listDevices, openVulkan, type VulkanBackend, type VulkanOptions } from "./index.js";
import { chooseVariant } from "./plan.js";
import { eachVariant } from "./testing/each-variant.js";

/** How to open the device, and what that is to show. */
const ways: readonly (readonly [string, VulkanOptions & { noViews?: boolean }])[] = [
  ["as a user does", {}],
  ["without views of mapped memory", { maxFlops: 1e9, noViews: true }],
];
const cut: VulkanOptions = { maxFlops: 1e5, maxPartBytes: 8192 };

/** /^\d+$/: the number of a device, else a part of its name. */
async function reportOfTestDevice() {
  const devices = await listDevices();
  return /^\d+$/.test(testDevice!)
    ? devices[Number(testDevice)]!
    : devices.find((device) => device.name.includes(testDevice!))!;
}

describe.skipIf(!testDevice)("Vulkan backend", async () => {
  const validation = testDevice ? watchValidation() : null;
  const report = testDevice ? await reportOfTestDevice() : null;
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
      expect(backend.describe()).toMatchObject({ kind: "vulkan", device: report!.name });
    });

    it.each(opCases.map((opCase): [string, OpCase] => [opCase.name, opCase]))("%s", async (_, opCase) => {
      const { tolerance } = chooseVariant(vulkanKernels, opCase.step, backend.kernelDevice);
      const { mismatch } = await checkCase(backend, opCase, tolerance);
      expect(mismatch).toBeNull();
    });
  });

  const variants = report ? eachVariant(kernelDevice(report)) : [];
  describe.each(variants.map((forced) => [forced.name, forced] as const))("%s", (_, forced) => {
    const { variant, kernels, cases } = forced;
    it.each([
      ["whole", { maxFlops: 1e9 }],
      ["cut into small dispatches, weights in parts", cut],
    ])("passes all cases it is meant for, %s", async (_, options) => {
      const backend = await openVulkan(testDevice!, { ...options, kernels });
      try {
        const mismatches: Record<string, string> = {};
        for (const opCase of cases) {
          const { mismatch } = await checkCase(backend, opCase, variant.tolerance);
          if (mismatch !== null) mismatches[opCase.name] = mismatch;
        }
        expect(mismatches).toEqual({});
        expect(cases.length).toBeGreaterThan(0);
      } finally {
        await backend.dispose();
      }
    });
  });
});
