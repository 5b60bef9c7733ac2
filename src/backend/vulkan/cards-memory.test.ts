import { describe, expect, it } from "vitest";
import { ModelPlans, plannedCard } from "../../../test/plan-card.js";
import { cardNamed, cardNames, variations, vary } from "../../memory/simulate/index.js";

const models = ["base", "large-v3", "large-v3-turbo"].map((name): [string, ModelPlans] => [
  name,
  new ModelPlans(name),
]);

describe.each(cardNames())("plans for %s", (name) => {
  it.each(models)("%s: agree with the oracle in every variation", async (model, plans) => {
    const card = await cardNamed(name);
    for (const variation of variations) {
      const device = plannedCard(vary(card, variation));
      const plan = plans.plan(device);
      expect(plans.disagreements(plan, device), variation).toEqual([]);
      if (variation !== "nothing" || plan.verdict === "refused") continue;
      const waste = (plan.takenBytes - plan.neededBytes) / plan.neededBytes;
      expect(waste, "bytes held beyond those needed").toBeLessThan(model === "base" ? 0.03 : 0.01);
    }
  });
});
