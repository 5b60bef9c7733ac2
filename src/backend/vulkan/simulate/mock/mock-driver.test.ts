import { describe, expect, it } from "vitest";
import { opCases } from "../../../../ops/cases.js";
import { stepTensors } from "../../../../ops/index.js";
import { elementCount, tensorSizeBytes } from "../../../../ops/tensor.js";
import { openVulkan } from "../../index.js";
import { unified } from "../testing/cards.js";
import { mockTables, referenceKernels } from "./index.js";

const { step } = opCases.find(({ step }) => step.op === "layerNorm" && step.nState > 1)!;
const { reads, writes } = stepTensors(step);
const program = { name: "one step", steps: [step] };

/** The step on a backend, with 1, 2, ... in every tensor that it reads. */
async function compiled() {
  const options = { kernels: referenceKernels, maxFlops: 1e9 };
  const backend = await openVulkan("0", options, mockTables(unified));
  const storage = await backend.allocate(backend.manifest([program]));
  const counted = (n: number) => new Uint8Array(Float32Array.from({ length: n }, (_, i) => i + 1).buffer);
  for (const tensor of reads) await storage.write(tensor, 0, counted(elementCount(tensor)));
  const executable = await backend.compile(program, storage);
  const result = async () => {
    await executable.run();
    const bytes = new Uint8Array(tensorSizeBytes(writes[0]!));
    await storage.read(writes[0]!, 0, bytes);
    return bytes;
  };
  return { storage, executable, result };
}

describe("dispatches on a mock driver", () => {
  it("see every bit that the host has changed since they last ran", async () => {
    const { storage, result } = await compiled();
    const before = await result();
    expect(await result()).toEqual(before);
    for (const tensor of reads) {
      await storage.write(tensor, 0, Uint8Array.of(1)); // 1.0000001
      expect(await result(), tensor.name).not.toEqual(before);
      await storage.write(tensor, 0, Uint8Array.of(0));
      expect(await result(), tensor.name).toEqual(before);
    }
  });

  it("are an Error once their memory is freed, or their pools are destroyed", async () => {
    const freed = await compiled();
    await freed.storage.dispose();
    await expect(freed.executable.run()).rejects.toThrow("has destroyed it");
    const destroyed = await compiled();
    destroyed.executable.dispose();
    await expect(destroyed.executable.run()).rejects.toThrow("its pool is destroyed");
  });
});
