export type { Card, CardHeap, CardLimits } from "./card.js";
export { cardNamed, cardNames } from "./card-files.js";
export { parseFree, withFree } from "./free.js";
export { readCard } from "./read-card.js";
export { snapshotOf } from "./snapshot-of.js";
export { type Variation, variations, vary } from "./variations.js";
