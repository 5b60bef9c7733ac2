/** What a heap has room for: its size less what was in use, ours with it, and what was taken since. */
export function roomBytes(heapSizeBytes: number, usageBytes: number, takenSinceBytes: number): number {
  return heapSizeBytes - Math.min(usageBytes, heapSizeBytes) - takenSinceBytes;
}
