import type { Vulkan } from "../bindings/functions.js";
import { signatures, type VulkanCalls } from "../bindings/generated/calls.js";
import type { Tables } from "../instance.js";

/** The name of a Vulkan call. */
export type CallName = keyof VulkanCalls;
type AnyCall = (...parameters: unknown[]) => unknown;
type AnyCallAsync = (name: CallName, ...parameters: unknown[]) => Promise<unknown>;

const callNames = Object.keys(signatures) as CallName[];

/** The calls between a program and a driver, whether made directly or through `callAsync`. */
interface Watch {
  /** A number is returned in place of the driver's answer. */
  before?(name: CallName, parameters: readonly unknown[]): number | undefined;
  /** After the driver's answer, or the one in its place. */
  after?(name: CallName, parameters: readonly unknown[], result: unknown): void;
}

/** Tables that observe each call before and after the driver. */
export function watching(tables: Tables, { before, after }: Watch): Tables {
  return layered(tables, (below) => {
    const call = (name: CallName) =>
      ((...parameters) => {
        const result = before?.(name, parameters) ?? (below[name] as AnyCall)(...parameters);
        after?.(name, parameters, result);
        return result;
      }) satisfies AnyCall;
    const callAsync: AnyCallAsync = async (name, ...parameters) => {
      const result =
        before?.(name, parameters) ?? (await (below.callAsync as AnyCallAsync)(name, ...parameters));
      after?.(name, parameters, result);
      return result;
    };
    return tableOf(below, call, callAsync);
  });
}

/** Tables in which some calls are replaced; the replacements run synchronously through `callAsync` too. */
export function replacing(tables: Tables, replace: (below: Vulkan) => Partial<VulkanCalls>): Tables {
  return layered(tables, (below) => {
    const replaced = replace(below);
    const call = (name: CallName) =>
      (replaced[name] as AnyCall | undefined) ?? ((...parameters) => (below[name] as AnyCall)(...parameters));
    const callAsync: AnyCallAsync = async (name, ...parameters) =>
      replaced[name]
        ? (replaced[name] as AnyCall)(...parameters)
        : (below.callAsync as AnyCallAsync)(name, ...parameters);
    return tableOf(below, call, callAsync);
  });
}

function tableOf(below: Vulkan, call: (name: CallName) => AnyCall, callAsync: AnyCallAsync): Vulkan {
  const table: Record<string, unknown> = Object.fromEntries(callNames.map((name) => [name, call(name)]));
  table.has = (name: CallName) => below.has(name);
  table.callAsync = callAsync;
  return table as unknown as Vulkan;
}

/** The same layer at every level. */
function layered(tables: Tables, layer: (below: Vulkan) => Vulkan): Tables {
  // the real tables look device calls up through the instance's own table, not through the layer over it
  const below = new WeakMap<Vulkan, Vulkan>();
  return {
    global: layer(tables.global),
    instance(handle) {
      const real = tables.instance(handle);
      const table = layer(real);
      below.set(table, real);
      return table;
    },
    device: (instance, handle) => layer(tables.device(below.get(instance) ?? instance, handle)),
  };
}
