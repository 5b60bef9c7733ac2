// How long planning large-v3 takes on one core, from its dimensions to the plan.                          (build first)
import { manifestOf } from "../../dist/backend/manifest.js";
import { planManifest, planningLimits } from "../../dist/backend/vulkan/index.js";
import { cardNamed, snapshotOf } from "../../dist/memory/simulate/index.js";
import { modelNamed } from "../../dist/model/index.js";
import { networkPrograms } from "../../dist/network/device-network.js";
import { describeWeights } from "../../dist/network/tensors.js";
import { median } from "../statistics.mjs";

const { dimensions } = modelNamed("large-v3");
const card = await cardNamed("nvidia-rebar");
const snapshot = snapshotOf(card);
const { maxBindingBytes, alignmentBytes } = planningLimits({ ...card.limits, ...snapshot.limits });
const cut = { maxBindingBytes, maxPartBytes: maxBindingBytes };
const times = { "its programs": [], "what they need": [], placing: [], "all of it": [] };
for (let run = 0; run < 100; run++) {
  const start = performance.now();
  const programs = networkPrograms(dimensions, describeWeights(dimensions, "f16").weights);
  const made = performance.now();
  const manifest = manifestOf(programs, alignmentBytes);
  const listed = performance.now();
  planManifest(manifest, { snapshot, cut, memory: { alignmentBytes } });
  const placed = performance.now();
  times["its programs"].push(made - start);
  times["what they need"].push(listed - made);
  times.placing.push(placed - listed);
  times["all of it"].push(placed - start);
}
for (const [what, ms] of Object.entries(times)) {
  const goal = what === "all of it" ? "   (goal: below 10)" : "";
  console.log(`  ${what.padEnd(16)} median ${median(ms).toFixed(2).padStart(6)} ms${goal}`);
}
console.log(`  the first one, with nothing compiled yet ${times["all of it"][0].toFixed(0)} ms`);
