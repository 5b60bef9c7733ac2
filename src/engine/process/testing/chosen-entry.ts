import { builtChild } from "./odd-child.js";

/** What tests put in the place of entry.ts: the built child, since Node 20 runs no TypeScript, or an odd one. */
export let childEntry: URL = builtChild;

/** Processes started from now on run this file. */
export function useChild(entry: URL): void {
  childEntry = entry;
}
