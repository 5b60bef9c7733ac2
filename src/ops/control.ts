/**
 * The control buffer: one i32 tensor that says what differs between the rows of a decoder run, so that a
 * recorded program serves prompts, single steps, batches and beams alike. Three parts, one after the other:
 *
 *   header   (nRows, 4)              position, length, audio, active
 *   tokens   (nRows, nTokens)        token ids fed in this run
 *   origin   (nRows, nTextCtx)       for each earlier position, which row's cache holds its key and value
 *   select   (2 * nRows)             flat indices into (nRows * nTokens) whose logits are needed
 *
 * position: where the row's first token stands; length: how many of its nTokens are real (the rest is padding,
 * computed but never written to a cache); audio: the window whose cross-attention cache the row attends to;
 * active: 0 for rows that stay untouched. Positions from `position` on are always read from the row's
 * own cache.
 */
export interface ControlLayout {
  readonly nRows: number;
  readonly nTokens: number;
  readonly nTextCtx: number;
}

export const controlHeaderSize = 4;
export const controlHeader = { position: 0, length: 1, audio: 2, active: 3 } as const;

/** Offsets in 32-bit words. */
export function controlOffsets({ nRows, nTokens, nTextCtx }: ControlLayout): {
  readonly tokens: number;
  readonly origin: number;
  readonly select: number;
  readonly total: number;
} {
  const tokens = nRows * controlHeaderSize;
  const origin = tokens + nRows * nTokens;
  const select = origin + nRows * nTextCtx;
  return { tokens, origin, select, total: select + 2 * nRows };
}
