import { expect, test } from "vitest";
import { planMemory } from "./plan-memory.js";

const card = "amd-rx5700xt-windows";

test.each([Number.NaN, -1])("a limit of %d bytes is none", async (vramLimitBytes) => {
  await expect(planMemory("base", { simulate: card, vramLimitBytes })).rejects.toMatchObject({
    code: "option-invalid",
  });
});

test("with a limit of 0 all lies in the host's memory", async () => {
  const { heaps } = await planMemory("base", { simulate: card, vramLimitBytes: 0 });
  for (const { deviceLocal, takenBytes } of heaps) expect(takenBytes > 0).toBe(!deviceLocal);
});
