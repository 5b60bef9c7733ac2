// Plans for base, large-v3 and large-v3-turbo on all cards, in every state they may be in, what the oracle says of them, and
// what is held beyond what is needed on a card with room.
import { inACell, Table } from "./table.mjs";
import { tests } from "./typescript.mjs";

const test = await tests();
const wrong = [];
const columns = test.changes.map(([name]) => name);
for (const model of ["base", "large-v3", "large-v3-turbo"]) {
  const plans = new test.ModelPlans(model);
  const table = new Table(model, columns);
  for (const name of test.cardNames()) {
    const card = await test.cardNamed(name);
    const cells = columns.map((column) => {
      const device = test.plannedCard(test.vary(card, column));
      const plan = plans.plan(device);
      const found = plans.disagreements(plan, device);
      wrong.push(...found.map((what) => `${model}, ${name}, ${column}: ${what}`));
      return `${inACell(plan)}${found.length > 0 ? " !" : ""}`;
    });
    table.row(name, cells);
  }
  const { takenBytes, neededBytes } = plans.plan(test.plannedCard(await test.cardNamed("nvidia-h100")));
  const waste = ((100 * (takenBytes - neededBytes)) / neededBytes).toFixed(2);
  const goal = model === "base" ? 3 : 1;
  console.log(`held beyond what is needed, on a card with room: ${waste} % (goal: at most ${goal} %)\n`);
}
console.log(`${wrong.length} disagreements with the oracle${wrong.map((what) => `\n  ${what}`).join("")}`);
process.exitCode = wrong.length > 0 ? 1 : 0;
