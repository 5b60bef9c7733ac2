import { signatures } from "../bindings/generated/calls.js";
import { VK_ERROR_OUT_OF_DEVICE_MEMORY } from "../bindings/generated/constants.js";
import type { Tables } from "../instance.js";
import { type CallName, watching } from "./layer.js";

/**
 * What goes wrong on a simulated card over time. Uses of a call are counted from 0, per name; polling the state of a
 * fence counts as one use until the next submission.
 */
export interface Script {
  /** This use of vkAllocateMemory is refused, once. */
  readonly refuseNth?: number;
  /** Its result. Default: VK_ERROR_OUT_OF_DEVICE_MEMORY. */
  readonly refuseCode?: number;
  /** After that many uses of vkAllocateMemory others have taken memory: a heap has another budget. */
  readonly budgetShrinks?: BudgetShrinks;
  /** After that many uses of vkAllocateMemory others hold another amount of a heap: when they have ended, less. */
  readonly othersHold?: {
    readonly afterAllocations: number;
    readonly heap: number;
    readonly usageBytes: number;
  };
  /** A use of any call that returns a VkResult answers this code; always: so do all uses after it. */
  readonly fail?: {
    readonly call: string;
    readonly nth: number;
    readonly code: number;
    readonly always?: boolean;
  };
}

export interface BudgetShrinks {
  readonly afterAllocations: number;
  readonly heap: number;
  readonly budgetBytes: number;
  /** The heap refuses what goes beyond it; else it is advice, as budgets are on most drivers. */
  readonly refuses?: boolean;
}

/** Tables in which calls fail as a script says; a call that fails never reaches the driver. */
export function failing(tables: Tables, { refuseNth, refuseCode, fail }: Script): Tables {
  if (refuseNth === undefined && !fail) return tables;
  if (fail && signatures[fail.call as CallName]?.[1] !== "i32")
    throw new Error(`there is no Vulkan call named ${fail.call} that can be made to fail`);
  const uses = new Map<CallName, number>();
  let polling = false;
  return watching(tables, {
    before(name) {
      const again = name === "vkGetFenceStatus" && polling;
      polling = name === "vkGetFenceStatus" || (polling && name !== "vkQueueSubmit");
      const nth = (uses.get(name) ?? 0) - (again ? 1 : 0);
      uses.set(name, nth + 1);
      if (name === "vkAllocateMemory" && nth === refuseNth)
        return refuseCode ?? VK_ERROR_OUT_OF_DEVICE_MEMORY;
      if (name !== fail?.call || (fail.always ? nth < fail.nth : nth !== fail.nth || again)) return undefined;
      return fail.code;
    },
  });
}
