import type { Counts } from "../counting-tables.js";

/** Whether every handle and every byte has been given back; throws saying what has not. */
export function nothingLeft({ handles, heapBytes }: Counts): boolean {
  const left = Object.entries(handles).filter(([, n]) => n !== 0);
  if (left.length > 0) throw new Error(`still alive: ${left.map(([kind, n]) => `${n} ${kind}`).join(", ")}`);
  if (heapBytes.some((bytes) => bytes !== 0))
    throw new Error(`bytes still held per heap: ${heapBytes.join()}`);
  return true;
}
