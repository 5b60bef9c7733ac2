import type { KernelVariant } from "../kernel.js";
import { changes, maxGroups, plainKernel, reads, runs } from "../plain-kernel.js";
import type { LinearStep } from "./linear.js";

const tileRows = 32;
const tileColumns = 64;

export const linearVariants: readonly KernelVariant<LinearStep>[] = [
  plainKernel((step, context) => {
    const { weight, bias, nBatch, nRows, nIn, xLayout, outLayout } = step;
    return context.parts(weight).flatMap((part) => {
      const rowFlops = 2 * nIn * part.nRows;
      const maxRows = Math.min(context.maxFlopsPerDispatch / rowFlops, maxGroups * tileRows);
      // Whole tiles where the limit lets them be.
      const rows = maxRows < tileRows ? maxRows : maxRows - (maxRows % tileRows);
      const batches = Math.min(maxRows / nRows, maxGroups);
      return runs(nBatch, batches).flatMap(([firstBatch, nBatches]) =>
        runs(nRows, rows).map(([firstRow, count]) => ({
          shader: `linear-${weight.type}`,
          constants: [],
          buffers: [
            reads(step.x),
            reads(weight, part.index),
            bias ? reads(bias) : reads(weight, part.index),
            changes(step.out),
          ],
          pushConstants: Int32Array.of(
            ...[nIn, part.nRows, part.firstRow, firstRow, firstRow + count, firstBatch],
            ...[xLayout.batchStride, xLayout.rowStride, xLayout.offset, xLayout.batchExtent],
            ...[outLayout.batchStride, outLayout.rowStride, outLayout.offset],
            ...[bias ? 1 : 0, step.activation === "gelu" ? 1 : 0, step.accumulate ? 1 : 0],
          ),
          groups: [Math.ceil(part.nRows / tileColumns), Math.ceil(count / tileRows), nBatches] as const,
          flops: rowFlops * count * nBatches,
        })),
      );
    });
  }),
];
