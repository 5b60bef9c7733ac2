import { shown } from "../../shown.js";
import { Fields, type JsonObject } from "../simulate/fields.js";
import { readCard } from "../simulate/read-card.js";
import { RequestReader } from "./read-requests.js";
import { type MemoryReport, type RecordedMemory, reportFormat } from "./report.js";

const reportFields = ["format", "version", "versions", "card", "memory", "dropped"];
/** The names of two fields in each version of the format. */
const namesByVersion = new Map<unknown, { readonly bandwidth: string; readonly requests: string }>([
  [1, { bandwidth: "prices", requests: "moments" }],
  [2, { bandwidth: "bandwidth", requests: "requests" }],
]);
const memoryFields = [
  "usableTypes",
  "maxAllocationSizeBytes",
  "maxAllocationCount",
  "maxHostBytes",
  "vramLimitBytes",
  "alignmentBytes",
  "maxBlockBytes",
];
/** Vulkan requires at most 256. */
const mostAlignmentBytes = 65536;
/** Blocks up to this size are counted exactly. */
const mostBlockBytes = 2 ** 50;

/**
 * A memory report that may have been edited, checked field by field. One of version 1 is converted. Sizes beyond what a driver can report are
 * clamped. source: where the JSON is from, for messages. Error: memory-report-invalid.
 */
export function readReport(json: unknown, source: string): MemoryReport {
  const kind = { code: "memory-report-invalid", what: "a memory report" } as const;
  const fields = new Fields(source, kind);
  if (fields.object(json, "").format !== reportFormat)
    fields.invalid(
      `format is not ${JSON.stringify(reportFormat)}: this is not a memory report`,
      howToWriteOne,
    );
  const { version } = fields.object(json, "");
  const names = namesByVersion.get(version);
  if (!names)
    return fields.invalid(
      `version must be 1 or 2, not ${version === undefined ? "missing" : shown(version)}`,
    );
  const report = fields.objectOf(json, "", [...reportFields, names.bandwidth, names.requests]);
  const versions = fields.objectOf(report.versions, "versions", ["package", "node", "os", "architecture"]);
  const card = readCard(fields.object(report.card, "card"), `${source}: card`, kind);
  const text = (name: string) => fields.text(versions[name], `versions.${name}`);
  return {
    format: reportFormat,
    version: 2,
    versions: {
      ...{ package: text("package"), node: text("node") },
      ...{ os: text("os"), architecture: text("architecture") },
    },
    card,
    memory: readMemory(fields, fields.objectOf(report.memory, "memory", memoryFields)),
    bandwidth: readBandwidth(fields, report[names.bandwidth], names.bandwidth),
    dropped: fields.count(report.dropped, "dropped"),
    requests: new RequestReader(fields, card).read(report[names.requests], names.requests),
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

function readBandwidth(fields: Fields, json: unknown, path: string): MemoryReport["bandwidth"] {
  const names = ["deviceBytesPerSecond", "hostBytesPerSecond"] as const;
  const bandwidth = fields.objectOf(json, path, [...names, "measured"]);
  const [deviceBytesPerSecond, hostBytesPerSecond] = names.map((name) => {
    const value = fields.number(bandwidth[name], `${path}.${name}`);
    return value > 0 ? value : fields.invalid(`${path}.${name} must be above 0`);
  }) as [number, number];
  return {
    ...{ deviceBytesPerSecond, hostBytesPerSecond },
    measured: fields.flag(bandwidth.measured, `${path}.measured`),
  };
}
