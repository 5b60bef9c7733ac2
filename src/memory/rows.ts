import type { Piece } from "./piece.js";

/** Rows that lie one after the other in a piece: between them it may be cut. */
export interface Rows {
  /** What they are rows of. */
  readonly of: string;
  /** Of all its rows the first one here, from 0 on, and how many. */
  readonly first: number;
  readonly count: number;
  readonly rowBytes: number;
}

/** Whoever reads rows likes round numbers of them; and rows of 16-bit numbers start on 32 bits only every second time. */
const multiples = [64, 16, 2] as const;

/** The key of a piece that holds rows from this one on. */
export function rowsKey(of: string, first: number): string {
  return `${of} ${first}`;
}

/** How many first rows come to at most maxBytes; null where not even a few do, or all do. */
export function leadingRows(
  { count, rowBytes }: Pick<Rows, "count" | "rowBytes">,
  maxBytes: number,
): number | null {
  const fitting = Math.floor(maxBytes / rowBytes);
  const multiple = multiples.find((n) => n <= fitting);
  if (!multiple || fitting >= count) return null;
  return Math.floor(fitting / multiple) * multiple;
}

/** A piece's first rows, which come to at most maxBytes, and the rest; null where it cannot be cut so. */
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
