import type { Piece } from "../piece.js";
import type { Rows } from "../rows.js";
import type { Fields } from "../simulate/fields.js";
import { ladders, type Use } from "../uses.js";

const uses = Object.keys(ladders) as Use[];
const pieceFields = ["key", "sizeBytes", "use", "label", "reads", "rows"];
/** Sums of pieces are counted exactly. */
const mostBytes = 2 ** 50;

/** A piece that was asked for. Error: that of fields. */
export function readPiece(fields: Fields, json: unknown, path: string): Piece {
  const given = fields.objectOf(json, path, pieceFields);
  const piece = {
    key: fields.text(given.key, `${path}.key`),
    sizeBytes: readSize(fields, given.sizeBytes, `${path}.sizeBytes`),
    use: fields.oneOf(given.use, `${path}.use`, uses),
    label: fields.text(given.label, `${path}.label`),
    reads: fields.number(given.reads, `${path}.reads`),
  };
  if (given.rows === undefined) return piece;
  const rows = readRows(fields, given.rows, `${path}.rows`);
  if (rows.count * rows.rowBytes > piece.sizeBytes)
    fields.invalid(
      `${path}.rows: ${rows.count} rows of ${rows.rowBytes} bytes are more than sizeBytes, ${piece.sizeBytes}`,
    );
  return { ...piece, rows };
}

function readRows(fields: Fields, json: unknown, path: string): Rows {
  const rows = fields.objectOf(json, path, ["of", "first", "count", "rowBytes"]);
  const rowBytes = readSize(fields, rows.rowBytes, `${path}.rowBytes`);
  if (rowBytes === 0) fields.invalid(`${path}.rowBytes must be above 0`);
  return {
    of: fields.text(rows.of, `${path}.of`),
    first: fields.count(rows.first, `${path}.first`),
    count: fields.count(rows.count, `${path}.count`),
    rowBytes,
  };
}

function readSize(fields: Fields, json: unknown, path: string): number {
  const bytes = fields.bytes(json, path);
  if (bytes > mostBytes) fields.invalid(`${path} must be at most 2^50 bytes, not ${bytes}`);
  return bytes;
}
