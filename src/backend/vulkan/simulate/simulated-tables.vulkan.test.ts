import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { testDevice, watchValidation } from "../../../../test/validation.js";
import { type OpCase, opCases } from "../../../ops/cases.js";
import { vulkanKernels } from "../../../ops/vulkan-kernels.js";
import { checkCase } from "../../check-case.js";
import { signatures } from "../bindings/generated/calls.js";
import { listDevices, openVulkan, realTables, type VulkanBackend } from "../index.js";
import { chooseVariant } from "../plan.js";
import { selectDevice } from "../selection.js";
import { countingTables, type Script, type SimulatedTables, simulatedTables } from "./index.js";
import type { CallName } from "./layer.js";
import { noResizableBar, onlyNonCoherent, unified } from "./testing/cards.js";
import { leftOf, nothingLeft } from "./testing/nothing-left.js";
import { useOnce } from "./testing/use-once.js";

describe.skipIf(!testDevice)("simulated cards over a real driver", async () => {
  const validation = testDevice ? watchValidation() : null;
  const index = testDevice ? selectDevice(await listDevices(), testDevice) : 0;
  afterEach(() => {
    expect(validation!.newMessages()).toBe("");
  });

  describe.each([noResizableBar, onlyNonCoherent, unified])("$name", (card) => {
    let real: ReturnType<typeof countingTables>;
    let tables: SimulatedTables;
    let backend: VulkanBackend;
    beforeAll(async () => {
      real = countingTables(realTables());
      tables = simulatedTables(card, real, {}, index);
      backend = await openVulkan("auto", { maxFlops: 1e9 }, tables);
    });
    afterAll(async () => {
      await backend.dispose();
      expect(nothingLeft(tables)).toBe(true);
      expect(nothingLeft(real)).toBe(true);
    });

    it("is what the program sees, and the only device", async () => {
      expect(await listDevices(tables)).toMatchObject([
        {
          name: card.device.name,
          type: "discrete",
          vendorId: card.device.vendorId,
          heaps: card.heaps.map(({ sizeBytes, deviceLocal }) => ({ sizeBytes, deviceLocal })),
          memoryTypes: card.types,
        },
      ]);
    });

    it.each(opCases.map((opCase): [string, OpCase] => [opCase.name, opCase]))("%s", async (_, opCase) => {
      const { tolerance } = chooseVariant(vulkanKernels, opCase.step, backend.kernelDevice);
      const { mismatch } = await checkCase(backend, opCase, tolerance);
      expect(mismatch).toBeNull();
    });
  });

  it("leave nothing where a call fails, whichever it is: neither to the program nor to the driver", async () => {
    const run = async (script?: Script) => {
      const real = countingTables(realTables());
      const tables = simulatedTables(onlyNonCoherent, real, script, index);
      const error = await useOnce(tables, { maxFlops: 1e9 }).catch((thrown: unknown) => thrown);
      expect({ script, left: leftOf(tables), leftReal: leftOf(real) }).toEqual({
        script,
        left: null,
        leftReal: null,
      });
      return { error, calls: tables.counts().calls };
    };
    const { error, calls } = await run();
    expect(error).toBeUndefined();
    for (const [call, uses] of Object.entries(calls)) {
      if (signatures[call as CallName][1] !== "i32") continue;
      for (const nth of new Set([0, uses - 1])) await run({ fail: { call, nth, code: -4, always: true } });
    }
  });
});
