import { opCases } from "../../../../ops/cases.js";
import { stepTensors } from "../../../../ops/index.js";
import { tensorSizeBytes } from "../../../../ops/tensor.js";
import { openVulkan, type Tables, type VulkanOptions } from "../../index.js";

const step = opCases.find((opCase) => opCase.step.op === "linear")!.step;
const program = { name: "one step", steps: [step] };

/** Opens a device, writes and reads tensors, compiles and runs; everything is given back whatever happens. */
export async function useOnce(tables: Tables, options: VulkanOptions = {}): Promise<void> {
  const backend = await openVulkan("0", options, tables);
  try {
    const storage = await backend.allocate(backend.manifest([program]));
    try {
      const executable = await backend.compile(program, storage);
      try {
        const { reads, writes } = stepTensors(step);
        for (const tensor of [...reads, ...writes]) {
          const bytes = new Uint8Array(tensorSizeBytes(tensor)).map((_, i) => i * 7);
          const back = new Uint8Array(bytes.length);
          await storage.write(tensor, 0, bytes);
          await storage.read(tensor, 0, back);
          if (Buffer.compare(back, bytes) !== 0) throw new Error(`${tensor.name} is not what was written`);
        }
        await executable.run();
      } finally {
        executable.dispose();
      }
    } finally {
      await storage.dispose();
    }
  } finally {
    await backend.dispose();
  }
}
