import { memoryFlags } from "./memory-device.js";

/** What memory is used for. */
export type Use = keyof typeof ladders;

/** A kind of memory: the flags it must and must not have. */
export interface Rung {
  readonly name: string;
  readonly required: number;
  readonly forbidden: number;
  /** Left out where the heap is the small visible part of a card without resizable BAR. */
  readonly spareSmallHeap?: boolean;
}

const { deviceLocal, hostVisible, hostCached } = memoryFlags;
const visible: Rung = {
  name: "HOST_VISIBLE|DEVICE_LOCAL",
  required: hostVisible | deviceLocal,
  forbidden: 0,
  spareSmallHeap: true,
};
const small: Rung = { ...visible, spareSmallHeap: false };
const local: Rung = { name: "DEVICE_LOCAL", required: deviceLocal, forbidden: hostVisible };
const host: Rung = { name: "HOST_VISIBLE", required: hostVisible, forbidden: deviceLocal };
const cached: Rung = { name: "HOST_VISIBLE|HOST_CACHED", required: hostVisible | hostCached, forbidden: 0 };
const any: Rung = { name: "HOST_VISIBLE", required: hostVisible, forbidden: 0 };

/**
 * Which kinds of memory are tried for which use, best first.
 *
 * | use | first | then | then | why |
 * |---|---|---|---|---|
 * | hotWeights, coldWeights | HOST_VISIBLE and DEVICE_LOCAL | DEVICE_LOCAL | HOST_VISIBLE | the host writes straight into VRAM; else staging copies; else the GPU reads over the bus |
 * | caches, scratch | DEVICE_LOCAL | HOST_VISIBLE and DEVICE_LOCAL | HOST_VISIBLE | the host never touches them: what it can see is left to what it writes |
 * | upload | HOST_VISIBLE and DEVICE_LOCAL, small heaps too | HOST_VISIBLE | | small, written by the host before every run |
 * | readBack | HOST_VISIBLE and HOST_CACHED | HOST_VISIBLE | | small, read by the host after every run: uncached reads crawl |
 */
export const ladders = {
  hotWeights: [visible, local, host],
  coldWeights: [visible, local, host],
  caches: [local, visible, host],
  scratch: [local, visible, host],
  upload: [small, host],
  readBack: [cached, any],
} as const satisfies Record<string, readonly Rung[]>;

/** Uses that are slower in memory that is not the device's own. */
export const wantsDeviceMemory: ReadonlySet<Use> = new Set([
  "hotWeights",
  "coldWeights",
  "caches",
  "scratch",
]);

/** Lazily allocated, protected and AMD's device-coherent types are never used. */
export const neverPicked =
  memoryFlags.lazilyAllocated |
  memoryFlags.protected |
  memoryFlags.deviceCoherentAmd |
  memoryFlags.deviceUncachedAmd;
