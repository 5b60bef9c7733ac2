/** What `npm run bench:memory` takes of the tests: the oracle, the matrix, the world's devices. */
export { realTables } from "../src/backend/vulkan/index.js";
export { simulatedTables } from "../src/backend/vulkan/simulate/index.js";
export { mockTables } from "../src/backend/vulkan/simulate/mock/index.js";
export { changes, events } from "../src/engine/testing/happenings.js";
export { onMock } from "../src/engine/testing/in-place-of-the-cpu.js";
export { Matrix } from "../src/engine/testing/matrix.js";
export { cardNamed, cardNames, vary } from "../src/memory/simulate/index.js";
export { ModelPlans, plannedCard } from "./plan-card.js";
export { plannedDevice, worldDevices, worldIsHere, worldVariations } from "./world.js";
