import { eitherOf, type Must, wrongOutcome } from "../../../test/memory-oracle.js";
import { ModelPlans, plannedCard } from "../../../test/plan-card.js";
import { noise } from "../../audio/cases.js";
import { openVulkan, type VulkanOptions } from "../../backend/vulkan/index.js";
import type { CountedTables, Script } from "../../backend/vulkan/simulate/index.js";
import { leftOf } from "../../backend/vulkan/simulate/testing/nothing-left.js";
import type { MemoryPlan } from "../../memory/index.js";
import type { Card } from "../../memory/simulate/index.js";
import type { ModelDimensions } from "../../model/dimensions.js";
import type { WindowJob } from "../../whisper/index.js";
import { LocalEngine } from "../local-engine.js";
import type { Happening, Happens } from "./happenings.js";
import { inPlaceOfTheCpu } from "./in-place-of-the-cpu.js";
import { scaledBlockBytes, scaledCard, scaleOf } from "./scaled-card.js";
import { toyDimensions, toyModel } from "./toy-model.js";
import { ToyWindows } from "./toy-window.js";

/** Two layers, so that there are pieces of every kind and many of some; a window of 4 tokens. */
const dimensions: ModelDimensions = { ...toyDimensions, nTextCtx: 8, nAudioLayer: 2, nTextLayer: 2 };
const scale = scaleOf(new ModelPlans("base").manifest(), new ModelPlans(dimensions).manifest());
const memory = { maxBlockBytes: scaledBlockBytes(scale) };
const plans = new ModelPlans(dimensions, memory);

/** A driver that behaves like a card on which a script happens. */
export type Driver = (card: Card, script: Script) => CountedTables;

/** Where the work was done. */
export type Where = Pick<MemoryPlan, "verdict" | "spilledBytes" | "takenBytes">;

/** What came of one cell of the matrix. */
export interface Cell {
  readonly where: Where;
  readonly heardRight: boolean;
  /** Vulkan's vkAllocateMemory was called so often. */
  readonly nAllocations: number;
  /** Memory in a place that the rules do not allow, wrong tokens, or something left allocated. */
  readonly wrong: readonly string[];
}

/** A toy model instead of base, on cards that are as small for it as the real ones are for base. */
export class Matrix {
  readonly #toy: ToyWindows;
  readonly #window: WindowJob;
  readonly #driver: Driver;
  readonly #options: VulkanOptions;
  /** Tokens recognised on another device. */
  readonly #expected: readonly number[];

  private constructor(
    toy: ToyWindows,
    window: WindowJob,
    driver: Driver,
    options: VulkanOptions,
    expected: readonly number[],
  ) {
    this.#toy = toy;
    this.#window = window;
    this.#driver = driver;
    this.#options = { ...options, memory };
    this.#expected = expected;
  }

  static async open(driver: Driver, options: VulkanOptions): Promise<Matrix> {
    const toy = await ToyWindows.open(toyModel(dimensions));
    const window = await toy.job(noise(16_000 * 3));
    const [expected] = await toy.hear(await inPlaceOfTheCpu(), [window]);
    return new Matrix(toy, window, driver, options, expected!);
  }

  /** Loads the toy model on a card on which an event happens, and recognises a window. */
  async run(card: Card, happens: Happens): Promise<Cell> {
    const small = (full: Card) => scaledCard(full, scale);
    const nBlocks = plans.plan(plannedCard(small(card))).blocks.length;
    const happening = happens(card, small, nBlocks);
    const tables = this.#driver(happening.card, happening.script);
    const { tokens, where } = await this.#hear(tables);
    const heardRight = `${tokens}` === `${this.#expected}`;
    const wrong = [
      wrongOutcome(mustOf(happening), where),
      heardRight ? null : `heard ${tokens} instead of ${this.#expected}`,
      leftOf(tables),
    ].filter((what) => what !== null);
    return { where, heardRight, nAllocations: tables.counts().allocations, wrong };
  }

  async #hear(tables: CountedTables): Promise<{ tokens: readonly number[]; where: Where }> {
    const openDevice = (onCpu: boolean) =>
      onCpu ? inPlaceOfTheCpu() : openVulkan("0", this.#options, tables);
    const engine = await LocalEngine.load(this.#toy.model, this.#toy.vocabulary, { openDevice });
    try {
      const { tokens } = (await engine.recognise(this.#window)).decoded;
      const { device, memoryPlan } = engine.state;
      const onCpu = { verdict: "refused", spilledBytes: 0, takenBytes: 0 } as const;
      return { tokens, where: device.kind === "cpu" ? onCpu : memoryPlan! };
    } finally {
      await engine.dispose();
    }
  }

  close(): Promise<void> {
    return this.#toy.close();
  }
}

function mustOf({ card, by }: Happening): Must {
  const device = plannedCard(card);
  return eitherOf(by.map((snapshot) => plans.must({ ...device, snapshot })));
}
