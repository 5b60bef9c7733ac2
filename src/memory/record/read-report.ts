import { Fields, type JsonObject } from "../simulate/fields.js";
import { readCard } from "../simulate/read-card.js";
import { MomentReader } from "./read-moments.js";
import { type MemoryReport, type RecordedMemory, reportFormat } from "./report.js";

const reportFields = ["format", "version", "versions", "card", "memory", "prices", "dropped", "moments"];
const memoryFields = [
  "usableTypes",
  "maxAllocationSizeBytes",
  "maxAllocationCount",
  "maxHostBytes",
  "vramLimitBytes",
  "alignmentBytes",
  "maxBlockBytes",
];
/** 256 is what Vulkan asks for at most. */
const mostAlignmentBytes = 65536;
/** Blocks up to this size are counted exactly. */
const mostBlockBytes = 2 ** 50;

/**
 * A memory report that somebody may have edited, checked field by field. Sizes beyond what a driver can report are
 * clamped. source: where the JSON is from, for messages. Error: failure-file-invalid.
 */
export function readReport(json: unknown, source: string): MemoryReport {
  const kind = { code: "failure-file-invalid", what: "a memory report" } as const;
  const fields = new Fields(source, kind);
  if (fields.object(json, "").format !== reportFormat)
    fields.invalid(`format is not ${JSON.stringify(reportFormat)}: this is no memory report`, howToWriteOne);
  const report = fields.objectOf(json, "", reportFields);
  if (report.version !== 1)
    fields.invalid(`version must be 1, not ${JSON.stringify(report.version) ?? "missing"}`);
  const versions = fields.objectOf(report.versions, "versions", ["package", "node", "os", "architecture"]);
  const card = readCard(fields.object(report.card, "card"), `${source}: card`, kind);
  const text = (name: string) => fields.text(versions[name], `versions.${name}`);
  return {
    format: reportFormat,
    version: 1,
    versions: {
      ...{ package: text("package"), node: text("node") },
      ...{ os: text("os"), architecture: text("architecture") },
    },
    card,
    memory: readMemory(fields, fields.objectOf(report.memory, "memory", memoryFields)),
    prices: readPrices(fields, report.prices),
    dropped: fields.count(report.dropped, "dropped"),
    moments: new MomentReader(fields, card).read(report.moments),
  };
}

const howToWriteOne = "transcribe --memory-report FILE writes one";

function readMemory(fields: Fields, memory: JsonObject): RecordedMemory {
  const limit = (name: string) =>
    memory[name] === null ? null : fields.bytes(memory[name], `memory.${name}`);
  const alignmentBytes = fields.count(memory.alignmentBytes, "memory.alignmentBytes");
  if (alignmentBytes > mostAlignmentBytes || !Number.isInteger(Math.log2(alignmentBytes)))
    fields.invalid(
      `memory.alignmentBytes must be a power of two and at most ${mostAlignmentBytes}, not ${alignmentBytes}`,
    );
  return {
    usableTypes: fields.flags(memory.usableTypes, "memory.usableTypes"),
    maxAllocationSizeBytes: limit("maxAllocationSizeBytes"),
    maxAllocationCount: fields.count(memory.maxAllocationCount, "memory.maxAllocationCount"),
    maxHostBytes: limit("maxHostBytes"),
    vramLimitBytes: limit("vramLimitBytes"),
    alignmentBytes,
    maxBlockBytes: Math.min(fields.bytes(memory.maxBlockBytes, "memory.maxBlockBytes"), mostBlockBytes),
  };
}

function readPrices(fields: Fields, json: unknown): MemoryReport["prices"] {
  const names = ["deviceBytesPerSecond", "hostBytesPerSecond"] as const;
  const prices = fields.objectOf(json, "prices", [...names, "measured"]);
  const speeds = names.map((name) => {
    const value = fields.number(prices[name], `prices.${name}`);
    return value > 0 ? value : fields.invalid(`prices.${name} must be above 0`);
  });
  return {
    ...{ deviceBytesPerSecond: speeds[0]!, hostBytesPerSecond: speeds[1]! },
    measured: fields.flag(prices.measured, "prices.measured"),
  };
}
