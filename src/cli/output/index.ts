export { checkStream, type Destination, type Wanted, wanted } from "./destination.js";
export { leftAlone } from "./existing.js";
export { type PlannedResult, plannedResults } from "./plan.js";
export { checkDistinct, prepare, type ToWrite } from "./prepare.js";
export { unwritable, writeWhole } from "./write-whole.js";
