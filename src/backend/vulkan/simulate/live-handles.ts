import { fileURLToPath } from "node:url";
import type { HandleKind } from "./counting-tables.js";

/** A handle that is alive: what it is, and who made it. */
export interface Holder {
  readonly kind: HandleKind;
  readonly handle: bigint;
  /** Of memory: where it is and how large it is. */
  readonly memory?: { readonly heap: number; readonly sizeBytes: number };
  /** The innermost of our own calls that made it; empty where they are not kept. */
  readonly madeAt: readonly string[];
}

const { href } = new URL("../../../../", import.meta.url);
/** What our own files' names begin with in a stack: an address, or a path. */
const root = [href, fileURLToPath(href)];
const counting = /[/\\](live-handles|counting-tables|layer)\.[jt]s:/;
const nFrames = 4;

/** Handles between the call that makes them and the one that destroys them. */
export class LiveHandles {
  readonly #keepsStacks: boolean;
  /** A driver may give the same handle out several times for things that are alike. */
  readonly #alive = new Map<string, Holder[]>();

  constructor(keepsStacks: boolean) {
    this.#keepsStacks = keepsStacks;
  }

  born(kind: HandleKind, handle: bigint, memory?: Holder["memory"]): void {
    const key = `${kind} 0x${handle.toString(16)}`;
    const alike = this.#alive.get(key) ?? [];
    alike.push({ kind, handle, ...(memory && { memory }), madeAt: this.#keepsStacks ? ownCalls() : [] });
    this.#alive.set(key, alike);
  }

  /** 0 is ignored, as Vulkan does; any other handle that isn't alive is an Error. */
  dead(call: string, kind: HandleKind, handle: bigint): void {
    if (handle === 0n) return;
    const key = `${kind} 0x${handle.toString(16)}`;
    const alike = this.#alive.get(key);
    if (!alike) throw new Error(`${call}: there is no ${key}`);
    alike.pop();
    if (alike.length === 0) this.#alive.delete(key);
  }

  holders(): Holder[] {
    return [...this.#alive.values()].flat();
  }
}

/** "Device.create (src/backend/vulkan/device.ts:61:3)", innermost first; without those that count. */
function ownCalls(): string[] {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 50;
  const { stack = "" } = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  return stack
    .split("\n")
    .filter((line) => root.some((start) => line.includes(start)))
    .filter((line) => !line.includes("node_modules") && !counting.test(line))
    .slice(0, nFrames)
    .map((line) => root.reduce((text, start) => text.replace(start, ""), line.trim().replace(/^at /, "")));
}
