import type { Dispatch, KernelContext, KernelDevice, KernelVariant } from "../kernel.js";
import { halfPrecision, matrixShape, matrixUnitsUnsupported, subgroupsDivide } from "../matrix-units.js";
import { changes, f32Tolerance, maxGroups, plainKernel, reads, runs } from "../plain-kernel.js";
import type { LinearStep } from "./linear.js";

/** What one workgroup computes, and the constants of the shader for it. */
interface Tile {
  readonly shader: string;
  readonly rows: number;
  readonly columns: number;
  constants(rows: number): readonly number[];
}

/** Rows up to which weights are streamed past them all, instead of tiles being formed. */
const fewRows = 8;
/** From here on there are workgroups enough for each thread to take several columns. */
const manyColumns = 8192;

/** One dispatch a part of the weight, cut further where the limits ask for it: by batches, rows, columns. */
function tiled(step: LinearStep, context: KernelContext, tile: Tile): Dispatch[] {
  const { weight, bias, nBatch, nRows, nIn, xLayout, outLayout } = step;
  const maxProducts = context.maxFlopsPerDispatch / (2 * nIn);
  return context.parts(weight).flatMap((part) =>
    runs(part.nRows, wholeTiles(maxProducts, tile.columns)).flatMap(([weightRow, nColumns]) => {
      const maxRows = maxProducts / nColumns;
      return runs(nBatch, Math.min(maxRows / nRows, maxGroups)).flatMap(([firstBatch, nBatches]) =>
        runs(nRows, wholeTiles(maxRows, tile.rows)).map(([firstRow, count]) => ({
          shader: tile.shader,
          constants: tile.constants(count),
          buffers: [
            reads(step.x),
            reads(weight, part.index),
            bias ? reads(bias) : reads(weight, part.index),
            changes(step.out),
          ],
          pushConstants: Int32Array.of(
            ...[nIn, nColumns, part.firstRow + weightRow, weightRow, firstRow, firstRow + count, firstBatch],
            ...[xLayout.batchStride, xLayout.rowStride, xLayout.offset, xLayout.batchExtent],
            ...[outLayout.batchStride, outLayout.rowStride, outLayout.offset],
            ...[bias ? 1 : 0, step.activation === "gelu" ? 1 : 0, step.accumulate ? 1 : 0],
          ),
          groups: [Math.ceil(nColumns / tile.columns), Math.ceil(count / tile.rows), nBatches] as const,
          flops: 2 * nIn * nColumns * count * nBatches,
        })),
      );
    }),
  );
}

/** As many as allowed, in whole tiles where one fits. */
function wholeTiles(most: number, tile: number): number {
  const n = Math.min(most, maxGroups * tile);
  return n < tile ? n : n - (n % tile);
}

/** Whether `multiple` neighbours along nIn are loaded at once without crossing anything's edge. */
function aligned({ nIn, xLayout }: LinearStep, multiple: number): boolean {
  const { batchStride, rowStride, offset, batchExtent } = xLayout;
  return nIn % multiple === 0 && [batchStride, rowStride, offset, batchExtent].every((n) => n % 4 === 0);
}

const isFewRows = (step: LinearStep) => step.nRows * step.nBatch <= fewRows && aligned(step, 8);

function fewRowsTile(
  step: LinearStep,
  name: string,
  { software }: KernelDevice,
  threads: number,
  lanes: number,
): Tile {
  const columnsEach = software || step.nOut >= manyColumns ? 4 : 1;
  return {
    shader: `${name}-${step.weight.type}`,
    rows: fewRows,
    columns: (threads / lanes) * columnsEach,
    constants: (rows) => [threads, rows, columnsEach, lanes],
  };
}

const fewRowsSubgroup: KernelVariant<LinearStep> = {
  name: "few rows, subgroups",
  tolerance: f32Tolerance,
  unsupported: (device) => {
    if (device.apiVersion[0] === 1 && device.apiVersion[1] < 1) return "Vulkan 1.0";
    if (!device.subgroupArithmetic) return "no subgroup arithmetic";
    return subgroupsDivide(device, 128);
  },
  suits: isFewRows,
  dispatches: (step, context) =>
    tiled(
      step,
      context,
      fewRowsTile(step, "linear-few-rows-subgroup", context.device, 128, context.device.subgroupSize),
    ),
};

const fewRowsPlain: KernelVariant<LinearStep> = {
  ...plainKernel((step, context) =>
    tiled(step, context, fewRowsTile(step, "linear-few-rows", context.device, 128, 16)),
  ),
  name: "few rows",
  suits: isFewRows,
};

function registerTile(
  type: string,
  threads: number,
  rowsEach: number,
  columnsEach: number,
  threadColumns = 16,
): Tile {
  return {
    shader: `linear-tiled-${type}`,
    rows: (threads / threadColumns) * rowsEach,
    columns: threadColumns * columnsEach,
    constants: () => [threads, rowsEach, columnsEach, threadColumns, 16],
  };
}

const tiled64: KernelVariant<LinearStep> = {
  ...plainKernel((step, context) => tiled(step, context, registerTile(step.weight.type, 128, 8, 4))),
  name: "tiles of 64 x 64",
  suits: (step) => aligned(step, 4),
};

/** A processor is fastest with few threads that each hold much: registers do not run out, and every barrier is expensive. */
const tiledForSoftware: KernelVariant<LinearStep> = {
  ...plainKernel((step, context) => tiled(step, context, registerTile(step.weight.type, 32, 16, 16, 8))),
  name: "tiles of 64 x 128, few threads",
  suits: (step) => aligned(step, 4),
  pays: (_, device) => device.software,
};

const tiled128: KernelVariant<LinearStep> = {
  name: "tiles of 128 x 128",
  tolerance: f32Tolerance,
  unsupported: ({ maxWorkgroupInvocations, sharedMemorySizeBytes }) => {
    if (maxWorkgroupInvocations < 256) return "workgroups too small";
    return sharedMemorySizeBytes < 16 * 2 * 129 * 4 ? "too little shared memory" : null;
  },
  suits: (step) => aligned(step, 4),
  // fewer tiles than this leave a large GPU idle
  pays: (step) => step.nRows * step.nBatch * step.nOut >= 256 * 128 * 128,
  dispatches: (step, context) => tiled(step, context, registerTile(step.weight.type, 256, 8, 8)),
};

const plain = plainKernel<LinearStep>((step, context) =>
  tiled(step, context, {
    shader: `linear-${step.weight.type}`,
    rows: 32,
    columns: 64,
    constants: () => [],
  }),
);

/**
 * How subgroups share a tile of 64 x 64, or null where no division fits. Many small subgroups hide latency better
 * than few that hold much; every thread loads 8 elements at a time, so many threads need more depth.
 */
export function matrixTile(device: KernelDevice): { across: number; threads: number; depth: number } | null {
  const { subgroupSize, maxWorkgroupInvocations, sharedMemorySizeBytes } = device;
  for (const across of [4, 2]) {
    const threads = across ** 2 * subgroupSize;
    const depth = threads > 256 ? 64 : 32;
    const tilesBytes = 2 * 64 * (depth / 8 + 1) * 16;
    const stagingBytes = across * 64 * 16 * 4;
    const fits = tilesBytes + stagingBytes <= sharedMemorySizeBytes;
    if (fits && threads <= Math.min(512, maxWorkgroupInvocations)) return { across, threads, depth };
  }
  return null;
}

const matrixUnits: KernelVariant<LinearStep> = {
  name: "matrix units, f16",
  tolerance: halfPrecision,
  unsupported: (device) =>
    matrixUnitsUnsupported(device, 4, 18432) ?? (matrixTile(device) ? null : "too little shared memory"),
  suits: (step) => step.weight.type === "f16" && aligned(step, 8),
  pays: (_, device) => !device.software,
  dispatches: (step, context) => {
    const { m, n, k } = matrixShape(context.device)!;
    const { across, threads, depth } = matrixTile(context.device)!;
    const tile = {
      shader: "linear-matrix",
      rows: 64,
      columns: 64,
      constants: () => [threads, m, n, k, 64, 64, across, across, depth],
    };
    return tiled(step, context, tile);
  },
};

export const linearVariants: readonly KernelVariant<LinearStep>[] = [
  fewRowsSubgroup,
  fewRowsPlain,
  matrixUnits,
  tiledForSoftware,
  tiled128,
  tiled64,
  plain,
];
