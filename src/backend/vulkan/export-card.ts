import { totalmem } from "node:os";
import type { Card } from "../../memory/simulate/index.js";
import { cardOf } from "./card-of.js";
import { openInstance, physicalDevices, type Tables } from "./instance.js";
import { queryBudget } from "./query-budget.js";
import { queryDevice } from "./query-device.js";
import { bestDevice, type DeviceSelection, selectDevice } from "./selection.js";

/**
 * One of this machine's devices as a card, with what is free on it at this moment: the selected one, else the one that
 * "auto" uses, else the first. Errors: vulkan-unavailable, device-unknown.
 */
export async function exportCard(selection: DeviceSelection | null, tables?: Tables): Promise<Card> {
  const instance = await openInstance(tables);
  try {
    const handles = await physicalDevices(instance);
    const reports = handles.map((handle) => queryDevice(instance, handle));
    // where "auto" uses no device, the first may still be of interest
    const fallback = bestDevice(reports) < 0 ? "0" : "auto";
    const chosen = selectDevice(reports, selection ?? fallback);
    const report = reports[chosen]!;
    return cardOf(report, queryBudget(instance, handles[chosen]!, report), totalmem());
  } finally {
    instance.destroy();
  }
}
