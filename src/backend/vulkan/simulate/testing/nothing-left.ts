import type { CountedTables } from "../counting-tables.js";
import type { Holder } from "../live-handles.js";

const nListed = 20;

/** Checks that every handle and every byte has been freed; the error says what has not, and who holds it. */
export function nothingLeft(tables: CountedTables): boolean {
  const left = tables.holders();
  if (left.length === 0) return true;
  const { handles, heapBytes } = tables.counts();
  const kinds = Object.entries(handles).flatMap(([kind, n]) => (n === 0 ? [] : `${n} ${kind}`));
  const lines = left.slice(0, nListed).map(inWords);
  if (left.length > nListed) lines.push(`and ${left.length - nListed} more`);
  if (left.every(({ madeAt }) => madeAt.length === 0))
    lines.push("WHISPER_VULKAN_TEST_LEAKS=1 says where each was made");
  throw new Error(`still alive: ${kinds.join(", ")}; bytes per heap: ${heapBytes}\n  ${lines.join("\n  ")}`);
}

/** Returns what has not been freed, or null. */
export function leftOf(tables: CountedTables): string | null {
  try {
    nothingLeft(tables);
    return null;
  } catch (left) {
    return String(left);
  }
}

function inWords({ kind, handle, memory, madeAt }: Holder): string {
  const size = memory ? `, ${memory.sizeBytes} bytes in heap ${memory.heap}` : "";
  return [`${kind} 0x${handle.toString(16)}${size}`, ...madeAt].join("\n    ");
}
