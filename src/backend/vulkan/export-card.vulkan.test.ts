import { totalmem } from "node:os";
import { expect, it } from "vitest";
import { cardFromJson } from "../../memory/simulate/index.js";
import { exportCard } from "./export-card.js";
import { listDevices } from "./index.js";

it("exports a device of this machine, which is read back to the same card", async () => {
  const reports = await listDevices();
  const card = await exportCard("0");
  expect(card.device.name).toBe(reports[0]!.name);
  expect(card.heaps.map(({ sizeBytes }) => sizeBytes)).toEqual(
    reports[0]!.heaps.map((heap) => heap.sizeBytes),
  );
  expect(card.ramBytes).toBe(totalmem());
  expect(card.heaps[0]!.budgetBytes !== undefined).toBe(
    reports[0]!.extensions.includes("VK_EXT_memory_budget"),
  );
  expect(cardFromJson(JSON.parse(JSON.stringify(card)), "card.json")).toEqual(card);
  expect((await exportCard(null)).device.name).toEqual(expect.any(String));
  await expect(exportCard("no such device")).rejects.toMatchObject({ code: "device-unknown" });
});
