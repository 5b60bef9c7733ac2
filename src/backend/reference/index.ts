import { WhisperVulkanError } from "../../errors.js";
import { floatToHalf, halfToFloat } from "../../ops/half.js";
import { runReference, stepTensors } from "../../ops/index.js";
import type { Program } from "../../ops/program.js";
import { elementCount, type Tensor } from "../../ops/tensor.js";
import type { Backend, Executable, MemoryManifest, Storage } from "../backend.js";
import { manifestOf } from "../manifest.js";
import { planScratch } from "../scratch.js";

type Values = Float64Array | Int32Array;

/** The f64 references as a backend: slow, but the values that the others are compared with. */
export class ReferenceBackend implements Backend {
  describe() {
    return { kind: "reference", device: "f64 reference", details: "plain JavaScript" } as const;
  }

  manifest(programs: readonly Program[]): MemoryManifest {
    return manifestOf(programs, 4);
  }

  async allocate(manifest: MemoryManifest): Promise<ReferenceStorage> {
    return new ReferenceStorage(manifest);
  }

  async compile(program: Program, storage: Storage): Promise<Executable> {
    const { values } = storage as ReferenceStorage;
    // scratch lives in arrays of its own here: sharing bytes between f64 arrays would gain nothing
    planScratch(program, 4);
    const local = new Map(values);
    for (const step of program.steps) {
      for (const tensor of stepTensors(step).writes)
        if (tensor.role === "scratch" && !local.has(tensor.name))
          local.set(tensor.name, new Float64Array(elementCount(tensor)));
    }
    const data = {
      floats: (tensor: Tensor) => local.get(tensor.name) as Float64Array,
      ints: (tensor: Tensor) => local.get(tensor.name) as Int32Array,
    };
    return {
      async run(signal) {
        for (const step of program.steps) {
          if (signal?.aborted) throw new WhisperVulkanError("aborted", "Stopped on request");
          runReference(step, data);
          await new Promise(setImmediate);
        }
      },
      dispose() {},
    };
  }

  async dispose(): Promise<void> {}
}

/** Tensors as f64 (i32 as they are); bytes go in and out in the tensor's own type. */
class ReferenceStorage implements Storage {
  readonly values = new Map<string, Values>();
  readonly #sizeBytes: number;

  constructor(manifest: MemoryManifest) {
    for (const { tensor } of manifest.entries) {
      const n = elementCount(tensor);
      this.values.set(tensor.name, tensor.type === "i32" ? new Int32Array(n) : new Float64Array(n));
    }
    this.#sizeBytes = manifest.totalSizeBytes;
  }

  async write(tensor: Tensor, offsetBytes: number, data: Uint8Array): Promise<void> {
    const values = this.values.get(tensor.name)!;
    const copy = data.slice().buffer;
    if (tensor.type === "i32") values.set(new Int32Array(copy), offsetBytes / 4);
    else if (tensor.type === "f32") values.set(new Float32Array(copy), offsetBytes / 4);
    else {
      const halves = new Uint16Array(copy).subarray(0, values.length - offsetBytes / 2);
      halves.forEach((half, i) => {
        values[offsetBytes / 2 + i] = halfToFloat(half);
      });
    }
  }

  async read(tensor: Tensor, offsetBytes: number, into: Uint8Array): Promise<void> {
    const values = this.values.get(tensor.name)!;
    const elementBytes = tensor.type === "f16" ? 2 : 4;
    const part = values.subarray(offsetBytes / elementBytes, (offsetBytes + into.byteLength) / elementBytes);
    const raw =
      tensor.type === "i32"
        ? Int32Array.from(part)
        : tensor.type === "f32"
          ? Float32Array.from(part)
          : Uint16Array.from(part, floatToHalf);
    into.set(new Uint8Array(raw.buffer));
  }

  memory() {
    return [{ what: "everything", where: "JavaScript arrays", sizeBytes: this.#sizeBytes * 2 }];
  }

  async dispose(): Promise<void> {
    this.values.clear();
  }
}
