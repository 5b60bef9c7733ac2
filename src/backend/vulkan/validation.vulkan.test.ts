import { afterEach, describe, expect, it } from "vitest";
import { chain, chainBarriers, chainWeight, input, output } from "../../../test/chain.js";
import { testDevice, validated, watchValidation } from "../../../test/validation.js";
import * as structs from "./bindings/generated/structs.js";
import { encode } from "./bindings/layout.js";
import { Device } from "./device.js";
import { openVulkan } from "./index.js";
import { openInstance, physicalDevices } from "./instance.js";
import { queryDevice } from "./query-device.js";

/** Runs the chain on a weight of 2 * identity: the output is 16 times the input. */
async function runChain(dropBarrier: number): Promise<number[]> {
  const backend = await openVulkan(testDevice!, { maxFlops: 1e9, dropBarrier });
  const storage = await backend.allocate(backend.manifest([chain]));
  const executable = await backend.compile(chain, storage);
  const n = input.shape[1]!;
  const twice = Float32Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 2 : 0));
  const values = Float32Array.from({ length: n }, (_, i) => i);
  await storage.write(chainWeight, 0, new Uint8Array(twice.buffer));
  await storage.write(input, 0, new Uint8Array(values.buffer));
  await executable.run();
  const bytes = new Uint8Array(n * 4);
  await storage.read(output, 0, bytes);
  executable.dispose();
  await storage.dispose();
  await backend.dispose();
  return [...new Float32Array(bytes.buffer)];
}

describe.skipIf(!testDevice || !validated)("validation layers", () => {
  const validation = testDevice ? watchValidation() : null;
  afterEach(() => {
    validation!.newMessages();
  });

  it("notice an error of the core kind", async () => {
    const instance = await openInstance();
    const [physicalDevice] = (await physicalDevices(instance)) as [bigint];
    const device = await Device.create(instance, physicalDevice, queryDevice(instance, physicalDevice));
    const out = Buffer.alloc(8);
    device.vk.vkCreateBuffer(
      device.handle,
      encode(structs.VkBufferCreateInfo, { size: 0, usage: 32 }),
      null,
      out,
    );
    if (out.readBigUInt64LE()) device.vk.vkDestroyBuffer(device.handle, out.readBigUInt64LE(), null);
    await device.destroy();
    expect(validation!.newMessages()).toContain("VUID-VkBufferCreateInfo-size-00912");
  });

  it.each(Array.from({ length: chainBarriers }, (_, n) => n))(
    "notice that barrier %i is missing",
    async (n) => {
      await runChain(n);
      expect(validation!.newMessages()).toMatch(
        /SYNC-HAZARD-(READ-AFTER-WRITE|WRITE-AFTER-READ|WRITE-AFTER-WRITE)/,
      );
    },
  );

  it("have nothing to say of the whole program, and it computes what it should", async () => {
    expect(await runChain(-1)).toEqual(Array.from({ length: input.shape[1]! }, (_, i) => i * 16));
    expect(validation!.newMessages()).toBe("");
  });
});
