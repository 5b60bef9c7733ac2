// The matrix: all cards by all events that may happen to them. A toy model instead of base, on cards as small for it as the real ones are
// for base, with Mesa's software driver underneath, or a mock where that is missing. A cell says where it ran; a "!" means that
// something was wrong: other tokens, another place than the oracle says, something left behind.
import { inACell, Table } from "./table.mjs";
import { tests } from "./typescript.mjs";

const test = await tests();
const onDriver = process.argv[2] === "driver";
const driver = onDriver
  ? (card, script) => test.simulatedTables(card, test.realTables(), script)
  : test.mockTables;
const matrix = await test.Matrix.open(driver, onDriver ? { maxFlops: 1e9 } : test.onMock);
const columns = [...test.changes, ...test.events];
const table = new Table(
  "card",
  columns.map(([name]) => name),
);
const wrong = [];
let nCells = 0;
for (const name of test.cardNames()) {
  const card = await test.cardNamed(name);
  const cells = [];
  for (const [column, happens] of columns) {
    const cell = await matrix.run(card, happens);
    nCells++;
    wrong.push(...cell.wrong.map((what) => `${name}, ${column}: ${what}`));
    cells.push(`${inACell(cell.where)}${cell.wrong.length > 0 ? " !" : ""}`);
  }
  table.row(name, cells);
}
await matrix.close();
console.log(`${nCells} cells, ${wrong.length} wrong${wrong.map((what) => `\n  ${what}`).join("")}`);
process.exitCode = wrong.length > 0 ? 1 : 0;
