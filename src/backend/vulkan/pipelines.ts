import { packageIncomplete, readPackageFile } from "../../package-file.js";
import {
  VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
  VK_SHADER_STAGE_COMPUTE_BIT,
  VK_SUCCESS,
} from "./bindings/generated/constants.js";
import * as structs from "./bindings/generated/structs.js";
import { cString, encode, encodeArray, handles } from "./bindings/layout.js";
import type { Device } from "./device.js";
import { check } from "./result.js";

/** src/ and dist/ are equally deep, so this holds in a checkout and in the package. */
const spirvFolder = new URL("../../../assets/spirv/", import.meta.url);

const spirvMagic = 0x07230203;

/** Bytes of push constants every device has. */
export const pushConstantSizeBytes = 128;

/** How a shader's buffers are bound: n storage buffers in set 0 and 128 bytes of push constants. */
export interface PipelineLayout {
  readonly set: bigint;
  readonly layout: bigint;
}

export interface PipelineRequest {
  readonly shader: string;
  readonly constants: readonly number[];
  readonly nBuffers: number;
}

/** Compute pipelines by shader and specialisation constants, each made once, off the event loop. */
export class Pipelines {
  readonly #device: Device;
  readonly #layouts = new Map<number, PipelineLayout>();
  readonly #modules = new Map<string, Promise<bigint>>();
  readonly #pipelines = new Map<string, Promise<bigint>>();

  constructor(device: Device) {
    this.#device = device;
  }

  layout(nBuffers: number): PipelineLayout {
    const known = this.#layouts.get(nBuffers);
    if (known) return known;
    const { vk, handle } = this.#device;
    const out = Buffer.alloc(8);
    const bindings = Array.from({ length: nBuffers }, (_, binding) => ({
      binding,
      descriptorType: VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
      descriptorCount: 1,
      stageFlags: VK_SHADER_STAGE_COMPUTE_BIT,
    }));
    const setInfo = encode(structs.VkDescriptorSetLayoutCreateInfo, {
      bindingCount: nBuffers,
      pBindings: encodeArray(structs.VkDescriptorSetLayoutBinding, bindings),
    });
    check(vk.vkCreateDescriptorSetLayout(handle, setInfo, null, out), "vkCreateDescriptorSetLayout");
    const set = out.readBigUInt64LE();
    const range = { stageFlags: VK_SHADER_STAGE_COMPUTE_BIT, offset: 0, size: pushConstantSizeBytes };
    const layoutInfo = encode(structs.VkPipelineLayoutCreateInfo, {
      setLayoutCount: 1,
      pSetLayouts: handles(set),
      pushConstantRangeCount: 1,
      pPushConstantRanges: encode(structs.VkPushConstantRange, range),
    });
    const result = vk.vkCreatePipelineLayout(handle, layoutInfo, null, out);
    if (result !== VK_SUCCESS) vk.vkDestroyDescriptorSetLayout(handle, set, null);
    check(result, "vkCreatePipelineLayout");
    const layout = { set, layout: out.readBigUInt64LE() };
    this.#layouts.set(nBuffers, layout);
    return layout;
  }

  /** Errors: vulkan-call-failed, device-lost, package-incomplete. */
  get({ shader, constants, nBuffers }: PipelineRequest): Promise<bigint> {
    const key = `${shader} ${nBuffers} ${constants.join()}`;
    const known = this.#pipelines.get(key);
    if (known) return known;
    const pipeline = this.#create(shader, constants, nBuffers);
    this.#pipelines.set(key, pipeline);
    pipeline.catch(() => this.#pipelines.delete(key));
    return pipeline;
  }

  async #create(shader: string, constants: readonly number[], nBuffers: number): Promise<bigint> {
    const { vk, handle } = this.#device;
    const module = await this.#module(shader);
    const entries = constants.map((_, i) => ({ constantID: i, offset: i * 4, size: 4 }));
    const specialization = encode(structs.VkSpecializationInfo, {
      mapEntryCount: constants.length,
      pMapEntries: encodeArray(structs.VkSpecializationMapEntry, entries),
      dataSize: constants.length * 4,
      pData: Buffer.from(Int32Array.from(constants).buffer),
    });
    const info = encode(structs.VkComputePipelineCreateInfo, {
      stage: {
        stage: VK_SHADER_STAGE_COMPUTE_BIT,
        module,
        pName: cString("main"),
        pSpecializationInfo: specialization,
      },
      layout: this.layout(nBuffers).layout,
      basePipelineIndex: -1,
    });
    const out = Buffer.alloc(8);
    check(
      await vk.callAsync("vkCreateComputePipelines", handle, 0n, 1, info, null, out),
      `pipeline ${shader}`,
    );
    return out.readBigUInt64LE();
  }

  #module(shader: string): Promise<bigint> {
    const known = this.#modules.get(shader);
    if (known) return known;
    const module = this.#load(shader);
    this.#modules.set(shader, module);
    module.catch(() => this.#modules.delete(shader));
    return module;
  }

  async #load(shader: string): Promise<bigint> {
    const { vk, handle } = this.#device;
    const file = new URL(`${shader}.spv`, spirvFolder);
    const code = await readPackageFile(file);
    // a driver that is given anything else may crash
    if (code.byteLength % 4 !== 0 || code.byteLength < 20 || code.readUInt32LE() !== spirvMagic)
      throw packageIncomplete(file, "is damaged");
    const info = encode(structs.VkShaderModuleCreateInfo, { codeSize: code.byteLength, pCode: code });
    const out = Buffer.alloc(8);
    check(vk.vkCreateShaderModule(handle, info, null, out), `shader ${shader}`);
    return out.readBigUInt64LE();
  }

  async destroy(): Promise<void> {
    const { vk, handle } = this.#device;
    const settled = async (promises: Iterable<Promise<bigint>>) =>
      (await Promise.allSettled(promises)).flatMap((result) =>
        result.status === "fulfilled" ? [result.value] : [],
      );
    for (const pipeline of await settled(this.#pipelines.values()))
      vk.vkDestroyPipeline(handle, pipeline, null);
    for (const module of await settled(this.#modules.values()))
      vk.vkDestroyShaderModule(handle, module, null);
    for (const { set, layout } of this.#layouts.values()) {
      vk.vkDestroyPipelineLayout(handle, layout, null);
      vk.vkDestroyDescriptorSetLayout(handle, set, null);
    }
  }
}
