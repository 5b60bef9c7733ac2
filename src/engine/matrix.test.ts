import { afterAll, describe, expect, it } from "vitest";
import { ModelPlans, plannedCard } from "../../test/plan-card.js";
import { mockTables } from "../backend/vulkan/simulate/mock/index.js";
import { cardNamed, cardNames, vary } from "../memory/simulate/index.js";
import { changes, events, refusalCodes, refusedOnce, rulesFor } from "./testing/happenings.js";
import { onMock } from "./testing/in-place-of-the-cpu.js";
import { Matrix } from "./testing/matrix.js";

// All cards by all events: the tokens are right, and memory is placed where the oracle says.

const matrix = await Matrix.open(mockTables, onMock);
afterAll(() => matrix.close());
const base = new ModelPlans("base");

describe.each(cardNames())("%s", (name) => {
  it.each(changes)("%s: where base would be on the full card", async (variation, happens) => {
    const card = await cardNamed(name);
    const { where, wrong } = await matrix.run(card, happens);
    expect(wrong).toEqual([]);
    const full = plannedCard(vary(card, variation));
    const verdicts = rulesFor(vary(card, variation)).map(
      (snapshot) => base.plan({ ...full, snapshot }).verdict,
    );
    expect(verdicts).toContain(where.verdict);
  });

  it.each(events)("%s", async (_, happens) => {
    expect((await matrix.run(await cardNamed(name), happens)).wrong).toEqual([]);
  });
});

// without resizable BAR, with it, unified
describe.each(["amd-rx5700xt-windows", "nvidia-rebar", "intel-igpu-anv-llc"])("%s", (name) => {
  it.each(Object.entries(refusalCodes))("each use of vkAllocateMemory answers %s", async (_, code) => {
    const card = await cardNamed(name);
    const { nAllocations } = await matrix.run(card, changes[0]![1]);
    for (let nth = 0; nth < nAllocations; nth++)
      expect((await matrix.run(card, refusedOnce(nth, code))).wrong, `of number ${nth}`).toEqual([]);
  });
});
