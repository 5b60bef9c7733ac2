import type { Dispatch, KernelContext, KernelDevice } from "./kernel.js";
import { maxGroups, reads, runs, writes } from "./plain-kernel.js";
import type { Tensor } from "./tensor.js";

export interface Attention {
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
  /** Where control's origin table starts, in 32-bit words. */
  readonly originOffset: number;
  readonly nHead: number;
  readonly nState: number;
}

/** The kernels for heads of one size take this one, which all Whisper models have. */
export const commonHeadSize = 64;

/** Keys whose scores the decoder's kernel keeps in shared memory (maxKeys in attention-one.comp). */
export const maxKeysAtOnce = 1536;

/** Threads for one decoder query: as many as the device takes, up to 512, to have many loads in progress. */
export function decoderThreads(device: KernelDevice): number {
  if (device.software) return 128; // which gain nothing from more
  const { maxWorkgroupInvocations, sharedMemorySizeBytes } = device;
  const fits = (threads: number) =>
    threads <= maxWorkgroupInvocations && maxKeysAtOnce * 4 + threads * 16 <= sharedMemorySizeBytes;
  return [512, 256].find(fits) ?? 128;
}

/** One workgroup per head, queryTile queries and row, cut along queries, then rows. */
export function attentionDispatches(
  attention: Attention,
  context: KernelContext,
  shader: string,
  constants: readonly number[] = [],
  queryTile = 1,
): Dispatch[] {
  const { nRows, nQueries, nKeys, nHead, nState } = attention;
  const maxQueries = context.maxFlopsPerDispatch / (4 * nKeys * nState);
  const tiles = Math.min(maxGroups, Math.max(1, Math.floor(maxQueries / queryTile)));
  return runs(nRows, Math.min(maxGroups, maxQueries / nQueries)).flatMap(([firstRow, rows]) =>
    runs(nQueries, tiles * queryTile).map(([firstQuery, queries]) => ({
      shader,
      constants,
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
      groups: [nHead, Math.ceil(queries / queryTile), rows] as const,
      flops: 4 * nKeys * nState * queries * rows,
    })),
  );
}
