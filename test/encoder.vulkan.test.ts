import { describe, expect, it } from "vitest";
import { openVulkan } from "../src/backend/vulkan/index.js";
import { encoderErrors } from "./encoder-truth.js";
import { testDevice } from "./validation.js";

const enabled = testDevice !== null && process.env.WHISPER_VULKAN_TEST_MODELS === "1";
if (!enabled) console.log("skipped: needs Vulkan and the model base (npm test brings both, where it can)");

describe.skipIf(!enabled)("base's encoder on a Vulkan device", () => {
  it("comes within 1e-3 of f64, or within 1e-2 where matrix units multiply in f16", async () => {
    const backend = await openVulkan(testDevice!);
    const halves = backend.kernelDevice.cooperativeMatrices.length > 0;
    const errors = await encoderErrors(backend).finally(() => backend.dispose());
    expect(Object.keys(errors).length).toBeGreaterThan(10);
    expect(errors.all).toBeLessThan(halves ? 1e-2 : 1e-3);
  });
});
