import { expect, it } from "vitest";
import { chain } from "../../../test/chain.js";
import { withFreeBytes } from "../../memory/index.js";
import { openVulkan, planManifest } from "./index.js";
import { mockTables } from "./simulate/mock/index.js";
import { unified } from "./simulate/testing/cards.js";

it("plans with that much free in a heap, and refuses a heap that isn't there", async () => {
  const backend = await openVulkan("0", { maxFlops: 1e9 }, mockTables(unified));
  const manifest = backend.manifest([chain]);
  const inputs = backend.planningInputs();
  const free = (bytes: Record<number, number>) => withFreeBytes(inputs.snapshot, bytes, backend.report.name);
  expect(backend.plan(manifest).verdict).toBe("device");
  expect(planManifest(manifest, { ...inputs, snapshot: free({ 0: 0 }) }).verdict).toBe("refused");
  expect(() => free({ 9: 1 })).toThrow(
    expect.objectContaining({ code: "option-invalid", message: "Test unified has no heap 9" }),
  );
  await backend.dispose();
});
