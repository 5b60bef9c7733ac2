import { expect, it } from "vitest";
import { chain } from "../../../test/chain.js";
import { openVulkan } from "./index.js";
import { mockTables } from "./simulate/index.js";
import { unified } from "./simulate/testing/cards.js";

it("plans with so much free in a heap, and refuses a heap that isn't there", async () => {
  const backend = await openVulkan("0", { maxFlops: 1e9 }, mockTables(unified));
  const manifest = backend.manifest([chain]);
  expect(backend.plan(manifest).verdict).toBe("device");
  expect(backend.plan(manifest, { 0: 0 }).verdict).toBe("refused");
  expect(() => backend.plan(manifest, { 9: 1 })).toThrow(
    expect.objectContaining({ code: "option-invalid", message: "Test unified has no heap 9" }),
  );
  await backend.dispose();
});
