export { type CountedTables, type Counts, countingTables, type HandleKind } from "./counting-tables.js";
export type { BudgetShrinks, Script } from "./script.js";
export { type SimulatedTables, simulatedTables } from "./simulated-tables.js";
