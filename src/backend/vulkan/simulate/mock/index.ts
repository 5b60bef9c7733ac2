export type { MockOptions } from "./mock-driver.js";
export { mockTables } from "./mock-tables.js";
export { referenceKernels } from "./reference-kernels.js";
