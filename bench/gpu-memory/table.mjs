/** A verdict in a cell: "device", "spill 12 %", "CPU". */
export function inACell({ verdict, spilledBytes, takenBytes }) {
  if (verdict === "refused") return "CPU";
  return verdict === "device" ? "device" : `spill ${Math.round((100 * spilledBytes) / takenBytes)} %`;
}

/** A table that is printed row by row, so that finished rows are visible and remain when it is stopped. */
export class Table {
  #first;
  #widths;

  constructor(firstColumn, columns) {
    this.#first = Math.max(26, firstColumn.length);
    this.#widths = columns.map((column) => Math.max(column.length, 11) + 2);
    this.row(firstColumn, columns);
  }

  row(name, cells) {
    const line = cells.map((cell, i) => cell.padEnd(this.#widths[i])).join("");
    console.log(`${name.padEnd(this.#first)}  ${line}`.trimEnd());
  }
}
