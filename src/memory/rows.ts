import type { Piece } from "./piece.js";

/** Rows that lie one after the other in a piece: between them it may be cut. */
export interface Rows {
  /** The tensor that the rows belong to. */
  readonly of: string;
  /** Of all its rows the first one here, from 0 on, and how many. */
  readonly first: number;
  readonly count: number;
  readonly rowBytes: number;
}

/** Kernels read round numbers of rows fastest, and of rows of 16-bit numbers only every second one may start on 32 bits. */
const multiples = [64, 16, 2] as const;

/** The key of a piece that holds rows from this one on. */
export function rowsKey(of: string, first: number): string {
  return `${of} ${first}`;
}

/** How many of the first rows take at most maxBytes; null where not even a few fit, or all fit. */
export function leadingRows(
  { count, rowBytes }: Pick<Rows, "count" | "rowBytes">,
  maxBytes: number,
): number | null {
  const fitting = Math.floor(maxBytes / rowBytes);
  const multiple = multiples.find((n) => n <= fitting);
  if (!multiple || fitting >= count) return null;
  return Math.floor(fitting / multiple) * multiple;
}

/** A piece's first rows, which take at most maxBytes, and the rest; null where it cannot be cut like this. */
export function cut(piece: Piece, maxBytes: number): readonly [head: Piece, rest: Piece] | null {
  const { rows } = piece;
  const count = rows && leadingRows(rows, maxBytes);
  if (!count) return null;
  const part = (first: number, n: number): Piece => ({
    ...piece,
    key: rowsKey(rows.of, first),
    sizeBytes: n * rows.rowBytes,
    rows: { ...rows, first, count: n },
  });
  return [part(rows.first, count), part(rows.first + count, rows.count - count)];
}
