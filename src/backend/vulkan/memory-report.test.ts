import { homedir, userInfo } from "node:os";
import { describe, expect, it } from "vitest";
import {
  type MemoryPlan,
  MemoryRefusedError,
  type MemoryReport,
  readReport,
  replay,
} from "../../memory/index.js";
import { type Card, cardNamed, vary } from "../../memory/simulate/index.js";
import { modelNamed } from "../../model/index.js";
import { networkPrograms } from "../../network/device-network.js";
import { describeWeights } from "../../network/tensors.js";
import { manifestOf } from "../manifest.js";
import { openVulkan } from "./index.js";
import type { Script } from "./simulate/index.js";
import { mockTables } from "./simulate/mock/index.js";

const MiB = 2 ** 20;
const { dimensions } = modelNamed("base");
const manifest = manifestOf(networkPrograms(dimensions, describeWeights(dimensions, "f16").weights), 256);
const bug = await cardNamed("amd-rx5700xt-windows");
const windows = (card: Card): Card => ({ ...card, extensions: ["VK_EXT_memory_budget"] });
const leaving = (deviceBytes: number): Card =>
  windows({
    ...bug,
    heaps: bug.heaps.map(({ sizeBytes, deviceLocal }) => ({
      ...{ sizeBytes, deviceLocal, budgetBytes: sizeBytes },
      usageBytes: deviceLocal ? Math.max(0, sizeBytes - deviceBytes) : 0,
    })),
  });

/** Loads base with no GPU behind the card; the plan is null where memory was refused. */
async function load(card: Card, script: Script = {}) {
  const backend = await openVulkan("auto", { maxFlops: 1e9 }, mockTables(card, script));
  let plan: MemoryPlan | null = null;
  let report: MemoryReport | null = null;
  try {
    const storage = await backend.allocate(manifest);
    plan = storage.plan!();
    report = backend.memoryReport();
    await storage.dispose();
  } catch (error) {
    if (!(error instanceof MemoryRefusedError)) throw error;
    report = error.report;
  }
  const { entries } = backend.ledger;
  await backend.dispose();
  return { plan, entries, report: throughFile(report) };
}

function throughFile(report: MemoryReport | null): MemoryReport {
  return readReport(JSON.parse(JSON.stringify(report)), "report.json");
}

const untimed = ({ record, ...plan }: MemoryPlan) => ({
  ...plan,
  record: record.map((entry) => ({ ...entry, atMs: 0 })),
});

describe("the report of base, replayed", () => {
  it.each<[what: string, card: Card, script?: Script, verdict?: MemoryPlan["verdict"]]>([
    ["the card of the bug", bug, {}, "device"],
    ["64 MiB free", vary(windows(bug), "64-mib-free"), {}, "spill"],
    ["64 MiB free, and nobody tells", vary({ ...bug, extensions: [] }, "64-mib-free"), {}, "spill"],
    ["95 % taken", vary(windows(bug), "95-percent-taken")],
    ["pieces of 32 MiB", vary(bug, "32-mib-pieces"), {}, "device"],
    ["64 allocations", vary(bug, "64-allocations")],
    ["the first allocation refused", bug, { refuseNth: 0 }],
    ["the third refused with an odd code", bug, { refuseNth: 2, refuseCode: -1000011001 }],
    ["the fifth refused, 64 MiB free", vary(windows(bug), "64-mib-free"), { refuseNth: 4 }],
    [
      "a budget that shrinks on the way",
      windows(bug),
      { budgetShrinks: { afterAllocations: 1, heap: 0, budgetBytes: 40 * MiB, refuses: true } },
    ],
  ])("%s: the same plan and record", async (_, card, script, verdict) => {
    const { plan, report } = await load(card, script);
    if (verdict) expect(plan!.verdict).toBe(verdict);
    expect(untimed(replay(report).plan)).toEqual(untimed(plan!));
  });

  it("is refused where it was", async () => {
    const fail = { call: "vkAllocateMemory", nth: 0, code: -2, always: true };
    const { plan, report, entries } = await load(bug, { fail });
    expect(plan).toBeNull();
    const replayed = replay(report).plan;
    expect(replayed.verdict).toBe("refused");
    expect(replayed.record.map(({ reason }) => reason)).toEqual(entries.map(({ reason }) => reason));
    expect(
      replay({ ...report, requests: report.requests.map((m) => ({ ...m, refusals: [] })) }).plan.verdict,
    ).toBe("device");
  });

  it("gives other results with other budgets", async () => {
    const free = (report: MemoryReport, bytes: number): MemoryReport => ({
      ...report,
      requests: report.requests.map((request) =>
        request.ask === "free"
          ? request
          : {
              ...request,
              budgets: request.budgets!.map((budget, heap) => {
                const { sizeBytes, deviceLocal } = report.card.heaps[heap]!;
                if (!deviceLocal) return budget;
                const usageBytes = Math.max(0, sizeBytes - bytes) + request.heldBytes[heap]!;
                return { budgetBytes: sizeBytes, usageBytes };
              }),
            },
      ),
    });
    const [spilt, whole] = [await load(leaving(64 * MiB)), await load(leaving(8192 * MiB))];
    expect([spilt.plan!.verdict, whole.plan!.verdict]).toEqual(["spill", "device"]);
    expect(replay(free(spilt.report, 8192 * MiB)).plan.verdict).toBe("device");
    const spill = replay(free(whole.report, 64 * MiB)).plan;
    expect(spill.verdict).toBe("spill");
    // the staging buffer is as large as was asked for when all was on the device
    const placed = ({ blocks }: MemoryPlan) => blocks.filter(({ label }) => label !== "staging");
    expect(placed(spill)).toEqual(placed(spilt.plan!));
  });
});

it("says on which card and with which versions, and holds no path", async () => {
  const { report } = await load(bug);
  expect(report).toMatchObject({
    versions: { package: expect.stringMatching(/^\d/), node: process.version, architecture: process.arch },
    card: { device: bug.device, types: bug.types },
    bandwidth: { measured: false },
    dropped: 0,
  });
  const text = JSON.stringify(report);
  for (const own of [process.cwd(), homedir(), userInfo().username].filter((name) => name.length > 4))
    expect(text).not.toContain(own);
});
