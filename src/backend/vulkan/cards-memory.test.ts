import { describe, expect, it } from "vitest";
import { disagreements } from "../../../test/memory-oracle.js";
import { cardNamed, cardNames, snapshotOf, variations, vary } from "../../memory/simulate/index.js";
import { modelNamed } from "../../model/index.js";
import { networkPrograms } from "../../network/device-network.js";
import { describeWeights } from "../../network/tensors.js";
import { manifestOf } from "../manifest.js";
import { planManifest, planningLimits } from "./plan-memory.js";

describe.each(cardNames())("plans for %s", (name) => {
  it.each(["base", "large-v3", "large-v3-turbo"])(
    "%s: agree with the oracle in every variation",
    async (model) => {
      const { dimensions } = modelNamed(model);
      const programs = networkPrograms(dimensions, describeWeights(dimensions, "f16").weights);
      const card = await cardNamed(name);
      for (const variation of variations) {
        const { limits, ...rest } = vary(card, variation);
        const snapshot = snapshotOf({ ...rest, limits });
        const { maxBindingBytes, alignmentBytes } = planningLimits({ ...limits, ...snapshot.limits });
        const manifest = manifestOf(programs, alignmentBytes);
        const cut = { maxBindingBytes, maxPartBytes: maxBindingBytes };
        const plan = planManifest(manifest, { snapshot, cut, memory: { alignmentBytes } });
        expect(disagreements(plan, manifest, snapshot, cut, alignmentBytes), variation).toEqual([]);
        if (variation !== "nothing" || plan.verdict === "refused") continue;
        const waste = (plan.takenBytes - plan.neededBytes) / plan.neededBytes;
        expect(waste, "bytes held beyond those needed").toBeLessThan(model === "base" ? 0.03 : 0.01);
      }
    },
  );
});
