import type { Dispatch, KernelContext } from "./kernel.js";
import { maxGroups, reads, runs, writes } from "./plain-kernel.js";
import type { Tensor } from "./tensor.js";

interface Attention {
  readonly shader: "encoder-attention" | "self-attention" | "cross-attention";
  readonly query: Tensor;
  readonly keysAndValues: Tensor;
  readonly out: Tensor;
  readonly control: Tensor | null;
  readonly nRows: number;
  /** Per row. */
  readonly nQueries: number;
  /** Per query, at most. */
  readonly nKeys: number;
  readonly nTextCtx: number;
  /** Where control's origin table starts, in words. */
  readonly originOffset: number;
  readonly nHead: number;
  readonly nState: number;
}

/** One workgroup per head, query and row, cut along queries, then rows. */
export function attentionDispatches(attention: Attention, context: KernelContext): Dispatch[] {
  const { nRows, nQueries, nKeys, nHead, nState } = attention;
  const maxQueries = context.maxFlopsPerDispatch / (4 * nKeys * nState);
  return runs(nRows, Math.min(maxGroups, maxQueries / nQueries)).flatMap(([firstRow, rows]) =>
    runs(nQueries, Math.min(maxGroups, maxQueries)).map(([firstQuery, queries]) => ({
      shader: attention.shader,
      constants: [],
      buffers: [
        reads(attention.query),
        reads(attention.keysAndValues),
        writes(attention.out),
        ...(attention.control ? [reads(attention.control)] : []),
      ],
      pushConstants: Int32Array.of(
        ...[nHead, nState / nHead, nQueries, nKeys],
        ...[attention.nTextCtx, attention.originOffset, firstQuery, firstRow],
      ),
      groups: [nHead, queries, rows] as const,
      flops: 4 * nKeys * nState * queries * rows,
    })),
  );
}
