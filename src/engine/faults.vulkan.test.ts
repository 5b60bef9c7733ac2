import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testDevice, watchValidation } from "../../test/validation.js";
import { listDevices, realTables, selectDevice } from "../backend/vulkan/index.js";
import { simulatedTables } from "../backend/vulkan/simulate/index.js";
import { noResizableBar } from "../backend/vulkan/simulate/testing/cards.js";
import { errorCodes } from "../backend/vulkan/simulate/testing/error-codes.js";
import { describeFault, type Fault, FaultTrials } from "./testing/faults.js";

/** "npm run test:faults": all faults, and the file of finished ones, with which an interrupted run continues. */
const doneFile = process.env.WHISPER_VULKAN_TEST_FAULTS;
const done = new Set(doneFile && existsSync(doneFile) ? readFileSync(doneFile, "utf8").split("\n") : []);
if (done.size > 0) console.log(`${done.size} faults are done already (${doneFile})`);

/** Of these the last use is in the middle of a window, not at opening. */
const lateToo = new Set(["vkAllocateDescriptorSets", "vkQueueSubmit", "vkGetFenceStatus", "vkWaitForFences"]);

describe.skipIf(!testDevice)("faults over a real driver", () => {
  let trials: FaultTrials;
  let validation: ReturnType<typeof watchValidation>;
  beforeAll(async () => {
    validation = watchValidation();
    // keeps the driver loaded: some can be loaded only a limited number of times
    const index = selectDevice(await listDevices(), testDevice!);
    const tables = (script: object) => simulatedTables(noResizableBar, realTables(), script, index);
    trials = await FaultTrials.prepare(tables, { maxFlops: 1e9 });
  });
  afterAll(() => trials.close());

  /** Of each call the first use, and of some the last, once, with its worst code; or everything. */
  function chosen(call: string): Fault[] {
    const all = [...trials.faultsOf(call, false), ...(doneFile ? trials.faultsOf(call, true) : [])];
    if (doneFile) return all.filter((fault) => !done.has(describeFault(fault)));
    const code = Math.min(...all.map((fault) => fault.code).filter((n) => n >= -4));
    const last = lateToo.has(call) ? trials.uses.get(call)! - 1 : 0;
    return all.filter((fault) => fault.code === code && (fault.nth === 0 || fault.nth === last));
  }

  const options = doneFile ? { timeout: 0 } : {}; // none: all faults of a call may take an hour

  it.each(Object.keys(errorCodes))("%s", options, async (call) => {
    const wrong: string[] = [];
    for (const fault of chosen(call)) {
      const found = (await trials.wrongAfter(fault)) ?? validation.newMessages();
      if (found) wrong.push(`${describeFault(fault)}: ${found}`);
      else if (doneFile) writeFileSync(doneFile, `${describeFault(fault)}\n`, { flag: "a" });
    }
    expect(wrong).toEqual([]);
  });
});
