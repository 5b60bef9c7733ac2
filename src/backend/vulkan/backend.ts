import { WhisperVulkanError } from "../../errors.js";
import {
  type Allocator,
  type AllocatorOptions,
  estimatedBandwidth,
  Ledger,
  type MemoryBandwidth,
  type MemoryPlan,
  MemoryRefusedError,
  type MemoryReport,
  RecordingAllocator,
  takeSnapshot,
} from "../../memory/index.js";
import type { KernelContext, KernelDevice, KernelTable } from "../../ops/kernel.js";
import type { Program } from "../../ops/program.js";
import { tensorSizeBytes } from "../../ops/tensor.js";
import type { Backend, BackendDescription, MemoryManifest, Storage } from "../backend.js";
import { manifestOf } from "../manifest.js";
import { planScratch } from "../scratch.js";
import type { Device } from "./device.js";
import { type DeviceReport, kernelDevice } from "./device-report.js";
import { VulkanExecutable } from "./executable.js";
import { type BandwidthStore, measureBandwidth } from "./measure-bandwidth.js";
import { memoryReport } from "./memory-report.js";
import type { CutLimits } from "./pieces.js";
import { Pipelines } from "./pipelines.js";
import { planDispatches } from "./plan.js";
import { type PlanningInputs, planManifest, planningLimits } from "./plan-memory.js";
import { measureFlopsPerSecond } from "./speed.js";
import { VulkanStorage } from "./storage.js";
import { type BufferMemory, VulkanMemory } from "./vulkan-memory.js";

/** The estimated time of one submission is at most this: half of what may occupy a GPU, since estimates are inexact. */
const submissionSeconds = 0.1;
/** Used until the speed is known: 20 ms on a device with 1 GFLOP/s. */
const unmeasuredFlops = 2e7;

export interface VulkanOptions {
  /** Cuts weights into parts of at most this size, as a device with small bindings would: for tests. */
  readonly maxPartBytes?: number;
  /** The user's limits on memory; smaller blocks for tests. */
  readonly memory?: Omit<AllocatorOptions, "alignmentBytes">;
  /** Where measured bandwidths are kept. Default: in the backend, as long as it lives. */
  readonly bandwidths?: BandwidthStore;
  /** Leaves out the n-th barrier of every program, to prove that validation notices. */
  readonly dropBarrier?: number;
  /** Other kernels to choose from, to test each of them. */
  readonly kernels?: KernelTable;
  /** Floating-point operations a submission and a dispatch may hold, instead of measuring the device. */
  readonly maxFlops?: number;
}

/** Programs on a Vulkan device. */
export class VulkanBackend implements Backend {
  readonly #device: Device;
  readonly #memory: VulkanMemory;
  readonly #allocator: RecordingAllocator<BufferMemory>;
  readonly #pipelines: Pipelines;
  readonly #table: KernelTable;
  readonly #kernelDevice: KernelDevice;
  readonly #alignmentBytes: number;
  readonly #maxBindingBytes: number;
  readonly #options: VulkanOptions;
  readonly #bandwidths: BandwidthStore;
  /** Set where only half of the measurement had room. */
  #halfMeasured: MemoryBandwidth | undefined;
  #maxFlops: number;
  /** Every attempt to get memory since the device was opened. */
  readonly ledger = new Ledger();

  private constructor(device: Device, table: KernelTable, options: VulkanOptions) {
    this.#device = device;
    this.#memory = new VulkanMemory(device);
    this.#pipelines = new Pipelines(device);
    this.#table = table;
    this.#kernelDevice = kernelDevice(device.report);
    const { limits } = device.report;
    const planning = planningLimits({ ...limits, ...this.#memory.limits });
    this.#alignmentBytes = planning.alignmentBytes;
    this.#maxBindingBytes = planning.maxBindingBytes;
    this.#allocator = new RecordingAllocator(this.#memory, this.ledger, {
      alignmentBytes: this.#alignmentBytes,
      ...options.memory,
    });
    this.#options = options;
    this.#bandwidths = options.bandwidths ?? new Map<string, MemoryBandwidth>();
    this.#maxFlops = options.maxFlops ?? unmeasuredFlops;
  }

  /** Takes ownership of the device and measures its speed. Errors: vulkan-call-failed, device-lost, memory-refused. */
  static async create(
    device: Device,
    table: KernelTable,
    options: VulkanOptions = {},
  ): Promise<VulkanBackend> {
    let backend: VulkanBackend;
    try {
      backend = new VulkanBackend(device, table, options);
    } catch (error) {
      await device.destroy();
      throw error;
    }
    try {
      if (options.maxFlops === undefined)
        backend.#maxFlops = (await measureFlopsPerSecond(backend)) * submissionSeconds;
    } catch (error) {
      await backend.dispose();
      throw error;
    }
    return backend;
  }

  get kernelDevice(): KernelDevice {
    return this.#kernelDevice;
  }

  get report(): DeviceReport {
    return this.#device.report;
  }

  describe(): BackendDescription {
    const { name, driver, apiVersion } = this.#device.report;
    return { kind: "vulkan", device: name, details: `Vulkan ${apiVersion.join(".")}, ${driver}` };
  }

  manifest(programs: readonly Program[]): MemoryManifest {
    return manifestOf(programs, this.#alignmentBytes);
  }

  async allocate(manifest: MemoryManifest): Promise<Storage> {
    // measure before all of the device's memory is taken: afterwards only the host's could be measured
    if (!this.#knownBandwidth() && this.plan(manifest).verdict === "spill") await this.#measureBandwidth();
    try {
      return this.#storage(manifest, this.#allocator);
    } catch (error) {
      if (error instanceof MemoryRefusedError) error.report = this.memoryReport();
      throw error;
    }
  }

  /** The requests since the device was opened, and its answers. */
  memoryReport(): MemoryReport | null {
    const bandwidth = this.#knownBandwidth() ?? estimatedBandwidth;
    return memoryReport(this.#device.report, this.#allocator, bandwidth);
  }

  #storage(manifest: MemoryManifest, allocator: Allocator<BufferMemory>): VulkanStorage {
    return new VulkanStorage(manifest, {
      ...{ device: this.#device, memory: this.#memory, allocator, ledger: this.ledger },
      limits: this.#cutLimits(),
      bandwidth: () => this.#knownBandwidth(),
      measureBandwidth: () => this.#measureBandwidth(),
    });
  }

  /** Runs once per device and driver: the measurement is kept for later plans. */
  async #measureBandwidth(): Promise<void> {
    if (this.#knownBandwidth()) return;
    const { heaps } = this.#memory;
    const held = this.#allocator.heldBytes.reduce((sum, n, i) => sum + (heaps[i]!.deviceLocal ? n : 0), 0);
    const measured = await measureBandwidth({
      ...{ memory: this.#memory, alignmentBytes: this.#alignmentBytes },
      vramLimitBytes: (this.#options.memory?.vramLimitBytes ?? Number.POSITIVE_INFINITY) - held,
      storage: (program, allocator) => this.#storage(this.manifest([program]), allocator),
      compile: (program, storage) => this.compile(program, storage),
    }).catch((error) => {
      // where not even that much memory is left, the bandwidth stays an estimate; the device is still used
      if (error instanceof WhisperVulkanError && error.code === "memory-refused") return null;
      throw error;
    });
    // a value that is half an estimate is good enough for this plan, but is not kept
    if (measured?.measured) this.#bandwidths.set(this.#bandwidthKey, measured);
    else this.#halfMeasured = measured ?? undefined;
  }

  #knownBandwidth(): MemoryBandwidth | undefined {
    return this.#bandwidths.get(this.#bandwidthKey) ?? this.#halfMeasured;
  }

  get #bandwidthKey(): string {
    const { name, driver } = this.#device.report;
    return `${name}, ${driver}`;
  }

  /** Where allocate() would put a manifest's tensors at this moment. */
  plan(manifest: MemoryManifest): MemoryPlan {
    return planManifest(manifest, this.planningInputs());
  }

  /** What planning on this device depends on, at this moment. */
  planningInputs(): PlanningInputs {
    const memory = { alignmentBytes: this.#alignmentBytes, ...this.#options.memory };
    const bandwidth = this.#knownBandwidth();
    const snapshot = { ...takeSnapshot(this.#memory), ...(bandwidth && { bandwidth }) };
    return { snapshot, cut: this.#cutLimits(), memory };
  }

  #cutLimits(): CutLimits {
    const maxBindingBytes = this.#maxBindingBytes;
    return {
      maxBindingBytes,
      maxPartBytes: Math.min(this.#options.maxPartBytes ?? maxBindingBytes, maxBindingBytes),
    };
  }

  async compile(program: Program, storage: Storage): Promise<VulkanExecutable> {
    if (!(storage instanceof VulkanStorage)) throw new Error("storage of another backend");
    const scratch = planScratch(program, this.#alignmentBytes);
    const context: KernelContext = {
      device: this.#kernelDevice,
      parts: (tensor) => storage.parts(tensor),
      maxFlopsPerDispatch: this.#maxFlops,
    };
    const plan = planDispatches(
      program,
      this.#table,
      context,
      (tensor, part) =>
        tensor.role === "scratch"
          ? storage.scratchRange(scratch.offsets.get(tensor.name)!, tensorSizeBytes(tensor))
          : storage.range(tensor, part),
      this.#maxFlops,
    );
    return VulkanExecutable.record(this.#device, this.#pipelines, plan, this.#options.dropBarrier);
  }

  /** Executables and storages must be disposed of first. */
  async dispose(): Promise<void> {
    await this.#device.queue.idle();
    await this.#pipelines.destroy();
    await this.#device.destroy();
  }
}
