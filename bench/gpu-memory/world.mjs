// The world: plans for the 18,708 devices of shared/reference/data/devices.jsonl.gz, with all free, 95 % taken and 64 MiB
// free, each compared with the oracle.
//   node bench/gpu-memory/world.mjs [N]          N: only so many of them, evenly spread
import { tests } from "./typescript.mjs";

const test = await tests();
const all = test.worldIsHere ? test.worldDevices() : [];
if (!test.worldIsHere) console.log("the table of devices is absent");
const nChosen = Math.min(Number(process.argv[2] ?? all.length), all.length);
const models = ["base", "small", "large-v3"].map((name) => ({ name, plans: new test.ModelPlans(name) }));
const counts = new Map();
const wrong = [];
const startedAt = performance.now();
for (let i = 0; i < nChosen; i++) {
  const device = all[Math.floor((i * all.length) / nChosen)];
  for (const variation of test.worldVariations) {
    const planned = test.plannedDevice(device, variation);
    for (const { name, plans } of models) {
      const plan = plans.plan(planned);
      const row = `${name}, ${variation}`;
      const count = counts.get(row) ?? { device: 0, spill: 0, refused: 0 };
      count[plan.verdict]++;
      counts.set(row, count);
      for (const what of plans.disagreements(plan, planned))
        wrong.push(`${device.id} ${device.name}, ${row}: ${what}`);
    }
  }
  if ((i + 1) % 1000 === 0)
    console.log(
      `  ${i + 1} of ${nChosen} devices, ${((performance.now() - startedAt) / 1000).toFixed(0)} s, ${wrong.length} disagreements`,
    );
}
for (const [row, { device, spill, refused }] of [...counts].sort())
  console.log(`${row.padEnd(24)} device ${device}, spill ${spill}, CPU ${refused}`);
const plans = nChosen * models.length * test.worldVariations.length;
console.log(`${nChosen} devices, ${plans} plans, ${wrong.length} disagreements with the oracle`);
for (const what of wrong.slice(0, 50)) console.log(`  ${what}`);
process.exitCode = wrong.length > 0 ? 1 : 0;
