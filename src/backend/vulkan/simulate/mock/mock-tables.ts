import type { Card } from "../../../../memory/simulate/card.js";
import type { Script } from "../script.js";
import { type SimulatedTables, simulatedTables } from "../simulated-tables.js";
import { type MockOptions, mockDriver } from "./mock-driver.js";

/**
 * A card with no Vulkan underneath: memory is the process's own, copies copy, and dispatches of referenceKernels
 * compute what the ops' references do; those of real kernels do nothing. Everything else - refusals, flushing, poison,
 * scripts, counts - is what simulatedTables() does over a real driver.
 */
export function mockTables(card: Card, script: Script = {}, options: MockOptions = {}): SimulatedTables {
  return simulatedTables(card, mockDriver(card, options), script);
}
