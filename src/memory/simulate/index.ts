export type { Card, CardHeap, CardLimits } from "./card.js";
export { cardFrom } from "./card-defaults.js";
export { cardNamed, cardNames } from "./card-files.js";
export { cardFromJson } from "./card-from-json.js";
export { freeBytes, parseFree, withFree } from "./free.js";
export { readCard } from "./read-card.js";
export { cardFromRow } from "./reports/table-row.js";
export { cardName } from "./reports/vulkan-structures.js";
export { type Variation, variations, vary } from "./variations.js";
