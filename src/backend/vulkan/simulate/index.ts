export { type CountedTables, type Counts, countingTables, type HandleKind } from "./counting-tables.js";
export type { MockOptions } from "./mock/mock-driver.js";
export { mockTables } from "./mock/mock-tables.js";
export { referenceKernels } from "./mock/reference-kernels.js";
export type { BudgetShrinks, Script } from "./script.js";
export { type SimulatedTables, simulatedTables } from "./simulated-tables.js";
