// One share of the world's devices; world.mjs starts one for every core.
//   node world-share.mjs PART N_PARTS [N]
import { tests } from "./typescript.mjs";

const [part, nParts, n] = process.argv.slice(2).map(Number);
const test = await tests();
const all = test.worldIsHere ? test.worldDevices() : [];
const nChosen = Math.min(n ?? all.length, all.length);
const models = ["base", "small", "large-v3"].map((name) => ({ name, plans: new test.ModelPlans(name) }));
for (let i = part; i < nChosen; i += nParts) {
  const device = all[Math.floor((i * all.length) / nChosen)];
  const verdicts = [];
  const disagreements = [];
  for (const variation of test.worldVariations) {
    const planned = test.plannedDevice(device, variation);
    for (const { name, plans } of models) {
      const plan = plans.plan(planned);
      const row = `${name}, ${variation}`;
      verdicts.push([row, plan.verdict]);
      for (const what of plans.disagreements(plan, planned))
        disagreements.push(`${device.id} ${device.name}, ${row}: ${what}`);
    }
  }
  await new Promise((sent) => process.send({ verdicts, disagreements }, sent));
}
process.disconnect();
