import { builtChild } from "./odd-child.js";

/** Replaces entry.ts in tests: the built child, since Node 20 cannot run TypeScript, or one that misbehaves. */
export let childEntry: URL = builtChild;

/** Processes started from now on run this file. */
export function useChild(entry: URL): void {
  childEntry = entry;
}
