import type { Card } from "./card.js";
import type { Fields } from "./fields.js";

/** VK_MAX_MEMORY_HEAPS and VK_MAX_MEMORY_TYPES. */
const maxHeaps = 16;
const maxTypes = 32;

/**
 * Whether heaps and types belong together. names: what heaps, types and, behind a type, its heap are called where they come from.
 * Error: card-invalid.
 */
export function checkMemory(
  fields: Fields,
  heaps: Card["heaps"],
  types: Card["types"],
  names: { readonly heaps: string; readonly types: string; readonly heap: string },
): void {
  if (types.length === 0) fields.invalid(`no memory type (${names.types} is empty)`);
  if (heaps.length > maxHeaps)
    fields.invalid(`${names.heaps}: ${heaps.length} of them, Vulkan has at most ${maxHeaps}`);
  if (types.length > maxTypes)
    fields.invalid(`${names.types}: ${types.length} of them, Vulkan has at most ${maxTypes}`);
  const astray = types.findIndex(({ heap }) => heap >= heaps.length);
  if (astray >= 0)
    fields.invalid(
      `${names.types}[${astray}]${names.heap} is ${types[astray]!.heap}, but there are ${heaps.length} heaps, counted from 0`,
    );
}
