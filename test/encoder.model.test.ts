import { describe, expect, it } from "vitest";
import { openCpu } from "../src/backend/cpu/index.js";
import { encoderErrors } from "./encoder-truth.js";

const enabled = process.env.WHISPER_VULKAN_TEST_MODELS === "1";
if (!enabled) console.log("skipped: needs the model base (npm test brings it, where it can)");

describe.skipIf(!enabled)("base's encoder on the CPU", () => {
  it("comes within 1e-3 of f64, row by row", async () => {
    const backend = await openCpu();
    const errors = await encoderErrors(backend).finally(() => backend.dispose());
    expect(Object.keys(errors).length).toBeGreaterThan(10);
    for (const [position, error] of Object.entries(errors)) expect(error, position).toBeLessThan(1e-3);
  });
});
