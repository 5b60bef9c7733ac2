import type { Card } from "../../../../memory/simulate/card.js";
import type { Vulkan } from "../../bindings/functions.js";
import { signatures, type VulkanCalls } from "../../bindings/generated/calls.js";
import type { Tables } from "../../instance.js";
import { mockCommands } from "./mock-commands.js";
import { mockDescriptors } from "./mock-descriptors.js";
import { mockMemory } from "./mock-memory.js";
import { mockObjects } from "./mock-objects.js";
import { mockProperties } from "./mock-properties.js";
import { mockQueue } from "./mock-queue.js";

/** Handles are numbers from here on, so that small numbers given by mistake are none. */
const firstHandle = 0x1000n;

export interface MockOptions {
  /** Work is never seen done by asking vkGetFenceStatus: the program has to wait for it. */
  readonly slow?: boolean;
}

/** A driver that can do whatever a card may be able to, for a simulation to take away from. */
export function mockDriver(card: Card, { slow = false }: MockOptions = {}): Tables {
  let last = firstHandle;
  const newHandle = () => last++;
  const memory = mockMemory(newHandle);
  const descriptors = mockDescriptors(newHandle);
  const commands = mockCommands(newHandle, { ...memory, ...descriptors });
  const calls: Partial<VulkanCalls> = {
    ...mockProperties(card),
    ...mockObjects(newHandle),
    ...memory.calls,
    ...descriptors.calls,
    ...commands.calls,
    ...mockQueue(newHandle, commands.execute, slow),
  };
  const table: Record<string, unknown> = {};
  for (const name of Object.keys(signatures) as (keyof VulkanCalls)[])
    table[name] =
      calls[name] ??
      (() => {
        throw new Error(`the mock driver has no ${name}`);
      });
  table.has = (name: keyof VulkanCalls) => calls[name] !== undefined;
  table.callAsync = async (name: string, ...parameters: unknown[]) =>
    (table[name] as (...parameters: unknown[]) => unknown)(...parameters);
  const vulkan = table as unknown as Vulkan;
  return { global: vulkan, instance: () => vulkan, device: () => vulkan };
}
