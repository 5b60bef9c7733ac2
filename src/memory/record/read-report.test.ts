import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WhisperVulkanError } from "../../errors.js";
import { readReport, replay, reportFormat } from "./index.js";

const GiB = 2 ** 30;
const responses = {
  atMs: 3,
  budgets: [
    { budgetBytes: 8 * GiB, usageBytes: 0 },
    { budgetBytes: 16 * GiB, usageBytes: "0x100" },
  ],
  heldBytes: [0, 0],
  refusals: [{ nth: 0, type: 0, sizeBytes: 4096, heldBytes: 0, reason: "VK_ERROR_UNKNOWN" }],
  given: [{ nth: 1, type: 1, sizeBytes: 4096, heldBytes: 0 }],
};
const rows = { of: "w", first: 0, count: 1024, rowBytes: 1024 };
const place = {
  ...{ ask: "place", placement: 0, ...responses },
  pieces: [{ key: "w 0", sizeBytes: 2 ** 20, use: "hotWeights", label: "weights", reads: 200, rows }],
};
const good = {
  format: reportFormat,
  version: 2,
  versions: { package: "0.1.0", node: "v20.0.0", os: "linux 6.1", architecture: "x64" },
  card: {
    name: "card",
    device: { name: "Card", type: "discrete", vendorId: 1, driver: "1.0", apiVersion: [1, 3] },
    heaps: [
      { sizeBytes: 8 * GiB, deviceLocal: true },
      { sizeBytes: 16 * GiB, deviceLocal: false },
    ],
    types: [
      { flags: 7, heap: 0 },
      { flags: 6, heap: 1 },
    ],
    limits: {},
  },
  memory: {
    usableTypes: 3,
    maxAllocationSizeBytes: 2 ** 31,
    maxAllocationCount: 4096,
    maxHostBytes: null,
    vramLimitBytes: null,
    alignmentBytes: 256,
    maxBlockBytes: 2 ** 28,
  },
  bandwidth: { deviceBytesPerSecond: 3e11, hostBytesPerSecond: 1.1e10, measured: false },
  dropped: 0,
  requests: [
    place,
    { ask: "promote", placement: 0, ...responses, end: { kept: false, reason: "the copy differs" } },
    { ask: "free", atMs: 5, placement: 0 },
  ],
};

type Path = readonly (string | number)[];

/** The report with one value another one; undefined: without it. */
function withValue(path: Path, value: unknown, object: unknown = good): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const copy = (Array.isArray(object) ? [...object] : { ...(object as object) }) as Record<string, unknown>;
  copy[key] = withValue(rest, value, copy[key]);
  if (copy[key] === undefined) delete copy[key];
  return copy;
}

/** Every field, those of lists too. */
function* paths(object: unknown, path: Path = []): Generator<Path> {
  if (path.length > 0) yield path;
  if (typeof object !== "object" || object === null) return;
  const keys = Array.isArray(object) ? [...object.keys()] : Object.keys(object);
  for (const key of keys) yield* paths((object as Record<string, unknown>)[key], [...path, key]);
}

function errorOf(json: unknown): WhisperVulkanError {
  try {
    readReport(json, "report.json");
  } catch (error) {
    if (error instanceof WhisperVulkanError) return error;
    throw error;
  }
  throw new Error("was taken");
}

/** What may be left out: the card's own optional fields, and how a piece is cut. */
const optional = new Set(["limits", "rows"]);
const fields = [...paths(good)].map((path) => [path.join("."), path] as const);
const required = fields.filter(
  ([, path]) => typeof path.at(-1) === "string" && !optional.has(path.at(-1) as string),
);

describe("a memory report", () => {
  it("is read as it was written", () => {
    const report = readReport(good, "report.json");
    expect(report.requests[0]).toMatchObject({ ask: "place", budgets: [{}, { usageBytes: 256 }] });
    expect(readReport(JSON.parse(JSON.stringify(report)), "x")).toEqual(report);
    expect(replay(report).requests.map(({ ask }) => ask)).toEqual(["place", "promote"]);
  });

  it("of version 1 is read too: it called the bandwidth prices and the requests moments", () => {
    const { bandwidth: prices, requests: moments, ...rest } = good;
    const old = { ...rest, version: 1, prices, moments };
    expect(readReport(old, "old.json")).toEqual(readReport(good, "new.json"));
    expect(errorOf({ ...old, prices: null }).message).toContain("prices must be an object");
    expect(errorOf({ ...old, moments: [7] }).message).toContain("moments[0] must be an object");
    expect(errorOf({ ...good, version: 1 }).message).toContain('bandwidth" is not a field');
    expect(errorOf({ ...old, version: 2 }).message).toContain('prices" is not a field');
  });

  it.each(required)("is refused without %s, which is named", (_, path) => {
    const { code, message } = errorOf(withValue(path, undefined));
    expect(code).toBe("memory-report-invalid");
    expect(message).toContain(String(path.at(-1)));
    expect(message).not.toContain("\n");
  });

  it.each(fields)("names %s where it is of the wrong kind", (_, path) => {
    for (const value of [{ wrong: 1 }, [[]], -1.5]) {
      const { code, message } = errorOf(withValue(path, value));
      expect(code).toBe("memory-report-invalid");
      const name = path.findLast((key) => typeof key === "string")!;
      // a list of the wrong length is named with what it must fit
      expect(message).toContain(String(name));
    }
  });

  it("knows every field that it is given", () => {
    for (const path of [
      [],
      ["memory"],
      ["bandwidth"],
      ["versions"],
      ["requests", 0],
      ["requests", 0, "pieces", 0],
    ])
      expect(errorOf(withValue([...path, "colour"], "red")).message).toMatch(/colour"? is not a field of a/);
  });

  it.each<[path: string, value: unknown, message: RegExp]>([
    ["format", "card", /format is not "whisper-vulkan memory report"/],
    ["version", 3, /version must be 1 or 2, not 3/],
    ["requests", [], /requests asks for nothing/],
    ["requests.0.budgets", [], /budgets must have a value for each of 2 heaps, not 0/],
    ["requests.0.budgets.0.budgetBytes", -1, /requests\[0\]\.budgets\[0\]\.budgetBytes must be/],
    [
      "requests.0.budgets.0.budgetBytes",
      JSON.parse("1e400"),
      /budgetBytes must be a whole number of bytes, not Infinity/,
    ],
    ["requests.0.budgets.0.usageBytes", Number.NaN, /usageBytes must be a whole number of bytes, not NaN/],
    ["requests.0.budgets.0.usageBytes", 2 ** 65, /usageBytes must be a whole number/],
    ["requests.0.heldBytes", [0], /heldBytes must have a value for each of 2 heaps, not 1/],
    ["requests.0.refusals.0.type", 2, /type is 2, but there are 2 memory types/],
    ["requests.0.pieces.0.use", "warmWeights", /use must be one of hotWeights, .*, not "warmWeights"/],
    ["requests.0.pieces.0.sizeBytes", 2 ** 64, /sizeBytes must be at most 2\^50 bytes/],
    ["requests.0.pieces.0.reads", -1, /reads must be a number, not below 0/],
    ["requests.0.pieces.0.rows.rowBytes", 0, /rowBytes must be above 0/],
    ["requests.0.pieces.0.rows.count", 1025, /1025 rows of 1024 bytes are more than sizeBytes/],
    ["requests.0.pieces.1", place.pieces[0], /pieces\[1\]\.key appears twice/],
    ["requests.1.placement", 4, /requests\[1\]\.placement is 4, which no request before placed/],
    ["requests.1", good.requests[0], /requests\[1\]\.placement is 0, which one before placed/],
    ["memory.alignmentBytes", 0, /alignmentBytes must be a power of two/],
    ["bandwidth.hostBytesPerSecond", 0, /hostBytesPerSecond must be above 0/],
    ["card.types", [], /report\.json: card: no memory type/],
    ["card", [], /card must be an object, not a list/],
  ])("with %s %j is refused", (path, value, message) => {
    const keys = path.split(".").map((key) => (/^\d+$/.test(key) ? Number(key) : key));
    expect(errorOf(withValue(keys, value))).toMatchObject({
      code: "memory-report-invalid",
      message: expect.stringMatching(message),
    });
  });

  it.each([null, [], "", 7, {}, { name: "card" }])("is not %j", (json) => {
    expect(errorOf(json).code).toBe("memory-report-invalid");
  });

  it("clamps what no driver could mean", () => {
    const report = readReport(withValue(["requests", 0, "budgets", 0, "budgetBytes"], 2 ** 64), "x");
    expect(replay(report).plan.heaps[0]!.freeBytes).toBe(8 * GiB);
  });

  it("comes to an end whatever is in it, and is taken or refused in one line", () => {
    const value = fc.oneof(
      fc.constantFrom<unknown>(0, 1, 4096, 2 ** 32 - 1, 2 ** 50, 2 ** 64, null, "0xffffffffffffffff"),
      fc.maxSafeNat(),
      fc.jsonValue(),
    );
    const edits = fc.array(fc.tuple(fc.constantFrom(...fields.map(([, path]) => path)), value), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(edits, (made) => {
        let json: unknown = good;
        for (const [path, to] of made) {
          try {
            json = withValue(path, to, json);
          } catch {
            return; // what was to be edited is gone
          }
        }
        try {
          replay(readReport(JSON.parse(JSON.stringify(json)), "report.json"));
        } catch (error) {
          if (!(error instanceof WhisperVulkanError)) throw error;
          expect(error.code).toBe("memory-report-invalid");
          expect(error.message).not.toContain("\n");
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("is replayed in bounded time with a piece that could be cut forever", () => {
    const piece = { key: "w 0", sizeBytes: 2 ** 50, use: "hotWeights", label: "weights", reads: 1 };
    const huge = withValue(
      ["requests"],
      [
        {
          ...{ ask: "place", placement: 0, ...responses, budgets: null, refusals: [] },
          pieces: [{ ...piece, rows: { of: "w", first: 0, count: 2 ** 32 - 1, rowBytes: 2 ** 18 } }],
        },
      ],
    );
    const limited = withValue(["memory", "maxAllocationSizeBytes"], 2 ** 20, huge);
    const endless = withValue(["memory", "maxAllocationCount"], 2 ** 32 - 1, limited);
    const large = withValue(["card", "heaps", 0, "sizeBytes"], 2 ** 60, endless);
    expect(replay(readReport(large, "x")).plan.verdict).toBe("refused");
  });
});
