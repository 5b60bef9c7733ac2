import { noise } from "../../audio/cases.js";
import { openVulkan, type Tables, type VulkanOptions } from "../../backend/vulkan/index.js";
import type { CountedTables, Script } from "../../backend/vulkan/simulate/index.js";
import { mockTables } from "../../backend/vulkan/simulate/mock/index.js";
import { noResizableBar, onlyNonCoherent } from "../../backend/vulkan/simulate/testing/cards.js";
import { errorCodes, mustBeSurvived } from "../../backend/vulkan/simulate/testing/error-codes.js";
import { leftOf, nothingLeft } from "../../backend/vulkan/simulate/testing/nothing-left.js";
import { WhisperVulkanError } from "../../errors.js";
import { LocalEngine } from "../local-engine.js";
import { inPlaceOfTheCpu, onMock } from "./in-place-of-the-cpu.js";
import { toyDimensions, toyModel } from "./toy-model.js";
import { ToyWindows } from "./toy-window.js";

export type Fault = NonNullable<Script["fail"]>;

/** So short a context that a window has 4 tokens. */
const dimensions = { ...toyDimensions, nTextCtx: 8, nAudioState: 16, nTextState: 16 };

const manyUses = 10;

export function describeFault({ call, nth, code, always }: Fault): string {
  return `${call} ${nth} ${code}${always ? " always" : ""}`;
}

/** A window of the toy's on a driver of which one call fails. */
export class FaultTrials {
  readonly #toy: ToyWindows;
  readonly #window: Awaited<ReturnType<ToyWindows["job"]>>;
  readonly #tables: (script: Script) => CountedTables;
  readonly #options: VulkanOptions;
  #expected: readonly number[] = [];
  /** Fallible calls and how often each is used when nothing fails. */
  readonly uses = new Map<string, number>();

  private constructor(
    toy: ToyWindows,
    window: Awaited<ReturnType<ToyWindows["job"]>>,
    tables: (script: Script) => CountedTables,
    options: VulkanOptions,
  ) {
    this.#toy = toy;
    this.#window = window;
    this.#tables = tables;
    this.#options = options;
  }

  /** Errors: any error, since nothing is made to fail. */
  static async prepare(tables: (script: Script) => CountedTables, options = onMock): Promise<FaultTrials> {
    const toy = await ToyWindows.open(toyModel(dimensions));
    const trials = new FaultTrials(toy, await toy.job(noise(16_000 * 3)), tables, options);
    const counted = tables({});
    trials.#expected = (await trials.#hear(counted)).heard[0]!;
    nothingLeft(counted);
    const { calls } = counted.counts();
    // a submission's polls are one use
    for (const [call, n] of Object.entries(calls))
      if (call in errorCodes)
        trials.uses.set(call, call === "vkGetFenceStatus" ? Math.min(n, calls.vkQueueSubmit!) : n);
    return trials;
  }

  /** Every fault of a call: at each of its uses, with each code it may answer; or, of many uses, with one code each, in turn. */
  faultsOf(call: string, always: boolean, codesInTurn = false): Fault[] {
    const codes = errorCodes[call as keyof typeof errorCodes]!;
    const nUses = this.uses.get(call) ?? 0;
    const inTurn = codesInTurn && nUses > manyUses;
    return Array.from({ length: nUses }, (_, nth) =>
      (inTurn ? [codes[nth % codes.length]!] : codes).map((code) => ({ call, nth, code, always })),
    ).flat();
  }

  /** What is wrong after a fault; null where the text is right, or an allowed typed error came, and nothing is left allocated. */
  async wrongAfter(fault: Fault): Promise<string | null> {
    const tables = this.#tables({ fail: fault });
    try {
      const { heard } = await this.#hear(tables);
      nothingLeft(tables);
      const right = heard.every((tokens) => `${tokens}` === `${this.#expected}`);
      return right ? null : `heard ${heard.join(" / ")}`;
    } catch (error) {
      const typed = error instanceof WhisperVulkanError && /^vulkan-/.test(error.code);
      if (!typed || mustBeSurvived(fault.call, fault.code)) return String(error);
      return leftOf(tables);
    }
  }

  /** Everything that is wrong after a call's faults, one after the other. */
  async wrongAfterAll(call: string, always: boolean): Promise<string[]> {
    const wrong: string[] = [];
    // continuing until the CPU takes over takes three times as long, and only the first result depends on the code
    for (const fault of this.faultsOf(call, always, always)) {
      const found = await this.wrongAfter(fault);
      if (found) wrong.push(`${describeFault(fault)}: ${found}`);
    }
    return wrong;
  }

  close(): Promise<void> {
    return this.#toy.close();
  }

  /** Recognises the window twice; the second time shows that everything works again. */
  async #hear(tables: Tables) {
    const open = (onCpu: boolean) => (onCpu ? inPlaceOfTheCpu() : openVulkan("0", this.#options, tables));
    const engine = await LocalEngine.load(this.#toy.model, this.#toy.vocabulary, { openDevice: open });
    try {
      const heard: (readonly number[])[] = [];
      for (let i = 0; i < 2; i++) heard.push((await engine.recognise(this.#window)).decoded.tokens);
      return { heard };
    } finally {
      await engine.dispose();
    }
  }
}

/** The trials that together use every call: with staging; and flushing, invalidating, waiting instead of asking. */
export const onMockDrivers = {
  staged: () => FaultTrials.prepare((script) => mockTables(noResizableBar, script)),
  slow: () => FaultTrials.prepare((script) => mockTables(onlyNonCoherent, script, { slow: true })),
};

/** Those that only the slow trials use, or use in another way. */
export const slowCalls = [
  "vkFlushMappedMemoryRanges",
  "vkInvalidateMappedMemoryRanges",
  "vkMapMemory",
  "vkWaitForFences",
] as const;
