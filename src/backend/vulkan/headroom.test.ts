import fc from "fast-check";
import { expect, it } from "vitest";
import { ModelPlans, plannedCard } from "../../../test/plan-card.js";
import { withFreeBytes } from "../../memory/index.js";
import { cardNamed, cardNames } from "../../memory/simulate/index.js";
import { catalogue } from "../../model/index.js";

const cards = await Promise.all(cardNames().map(cardNamed));
const models = catalogue.map(({ name }) => new ModelPlans(name));

/** What must stay free: stated here again, independently of the code that keeps it free. */
function leastFree(sizeBytes: number, freeBytes: number): number {
  return Math.min(0.05 * sizeBytes, freeBytes / 2);
}

it("mali has 5 % of its only heap left beside large-v3, or the plan is refused", async () => {
  const plan = new ModelPlans("large-v3").plan(plannedCard(await cardNamed("mali")));
  expect(plan).toMatchObject({ verdict: "refused", blocks: [] });
  expect(plan.neededBytes).toBeGreaterThan(plan.availableBytes);
  expect(plan.availableBytes).toBe(Math.floor(0.95 * 3825762304));
});

it.each(cards.map((card) => [card.name, card] as const))(
  "%s: any model leaves the headroom free",
  (_, card) => {
    for (const plans of models) {
      const { heaps } = plans.plan(plannedCard(card));
      for (const { sizeBytes, freeBytes, takenBytes } of heaps)
        expect(freeBytes - takenBytes).toBeGreaterThanOrEqual(leastFree(sizeBytes, freeBytes));
    }
  },
);

it("any model leaves the headroom free on any card, whatever others hold", () => {
  const card = fc.constantFrom(...cards);
  const model = fc.constantFrom(...models);
  const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(card, model, shares, (one, plans, free) => {
      const device = plannedCard(one);
      const bytes = one.heaps.map(({ sizeBytes }, heap) => [heap, Math.floor(sizeBytes * free[heap]!)]);
      const snapshot = withFreeBytes(device.snapshot, Object.fromEntries(bytes), one.name);
      const plan = plans.plan({ ...device, snapshot });
      for (const { sizeBytes, freeBytes, headroomBytes, takenBytes } of plan.heaps) {
        expect(headroomBytes).toBe(Math.ceil(leastFree(sizeBytes, freeBytes)));
        expect(freeBytes - takenBytes).toBeGreaterThanOrEqual(headroomBytes);
      }
      expect(plan.refusal === null).toBe(plan.verdict !== "refused");
    }),
    { numRuns: 300, seed: 20261128 },
  );
});
