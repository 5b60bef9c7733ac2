import { controlOffsets } from "../../ops/control.js";
import type { Step } from "../../ops/index.js";
import type { RowLayout } from "../../ops/linear/linear.js";
import type { Tensor } from "../../ops/tensor.js";

/** A step as worker threads get it: plain data, addresses in bytes, cut into nTasks tasks. */
export type CpuStep = CpuLinear | CpuLayerNorm | CpuAddPositions | CpuEncoderAttention | CpuControlStep;

interface Common {
  readonly addresses: Readonly<Record<string, number>> & CpuAddresses;
  readonly nTasks: number;
  /** Bytes of a thread's own memory that a task needs. */
  readonly workSizeBytes: number;
}

/** Every address any op uses; an op has those of its operands. */
interface CpuAddresses {
  readonly x: number;
  readonly weight: number;
  readonly bias: number;
  readonly out: number;
  readonly gamma: number;
  readonly beta: number;
  readonly positions: number;
  readonly qkv: number;
  readonly q: number;
  readonly cache: number;
  readonly control: number;
  readonly tokenEmbedding: number;
  readonly positionEmbedding: number;
}

interface CpuLinear extends Common {
  readonly op: "linear";
  readonly half: 0 | 1;
  readonly nBatch: number;
  readonly nRows: number;
  readonly nIn: number;
  readonly nOut: number;
  readonly layouts: { readonly x: RowLayout & { readonly batchExtent: number }; readonly out: RowLayout };
  readonly gelu: 0 | 1;
  readonly accumulate: 0 | 1;
  /** Output columns a task. */
  readonly block: number;
}

interface CpuLayerNorm extends Common {
  readonly op: "layerNorm";
  readonly nRows: number;
  readonly nState: number;
  /** Rows a task. */
  readonly block: number;
}

interface CpuAddPositions extends Common {
  readonly op: "addPositions";
  readonly nValues: number;
}

interface CpuEncoderAttention extends Common {
  readonly op: "encoderAttention";
  readonly nPositions: number;
  readonly nState: number;
  readonly nHead: number;
  /** Query blocks a head is cut into. */
  readonly nSplits: number;
}

export interface CpuControlStep extends Common {
  readonly op: "selfAttention" | "crossAttention" | "embed" | "cacheWrite" | "selectRows";
  readonly nRows: number;
  readonly nTokens: number;
  readonly nTextCtx: number;
  readonly nState: number;
  /** 1 for ops without heads. */
  readonly nHead: number;
  /** Groups of neighbouring heads that a row is cut into, a task each. */
  readonly nGroups: number;
  readonly nPositions: number;
  readonly half: 0 | 1;
  readonly nControl: number;
  readonly offsets: { readonly tokens: number; readonly origin: number; readonly select: number };
}

/** Turns a step into what the threads run. address: where a tensor is in the shared memory. */
export function cpuStep(step: Step, address: (tensor: Tensor) => number, nThreads: number): CpuStep {
  const addresses = Object.fromEntries(
    Object.entries(step).flatMap(([name, value]) => (isTensor(value) ? [[name, address(value)]] : [])),
  ) as unknown as Common["addresses"];
  switch (step.op) {
    case "linear": {
      const { nBatch, nRows, nIn, nOut } = step;
      const few = nBatch * nRows <= 4;
      // many rows: a block's packed weights stay in the second-level cache; few: memory-bound, big even shares
      const block = few ? Math.max(16, Math.ceil(nOut / nThreads / 4 / 8) * 8) : 64;
      return {
        op: "linear",
        addresses: { ...addresses, bias: step.bias ? addresses.bias : 0 },
        nTasks: Math.ceil(nOut / block),
        workSizeBytes: (few ? 0 : block * nIn * 4) + nIn * 24 + 192 + 64,
        half: step.weight.type === "f16" ? 1 : 0,
        ...{ nBatch, nRows, nIn, nOut, block },
        layouts: { x: step.xLayout, out: step.outLayout },
        gelu: step.activation === "gelu" ? 1 : 0,
        accumulate: step.accumulate ? 1 : 0,
      };
    }
    case "layerNorm": {
      const block = Math.max(1, Math.ceil(step.nRows / nThreads / 4));
      const { op, nRows, nState } = step;
      return { op, addresses, nRows, nState, block, nTasks: Math.ceil(nRows / block), workSizeBytes: 0 };
    }
    case "addPositions":
      return {
        op: step.op,
        addresses,
        nTasks: step.nBatch,
        workSizeBytes: 0,
        nValues: step.nPositions * step.nState,
      };
    case "encoderAttention": {
      const { op, nBatch, nPositions, nState, nHead } = step;
      const nSplits = Math.min(nPositions, Math.ceil((2 * nThreads) / (nBatch * nHead)));
      const headSize = nState / nHead;
      const panels = Math.ceil(nPositions / 8) * headSize + Math.ceil(headSize / 8) * nPositions;
      const workSizeBytes = panels * 32 + Math.ceil(nPositions / 8) * 32 * 6 + 192;
      return {
        op,
        addresses,
        nPositions,
        nState,
        nHead,
        nSplits,
        workSizeBytes,
        nTasks: nBatch * nHead * nSplits,
      };
    }
    case "selfAttention":
    case "crossAttention":
    case "embed":
    case "cacheWrite":
    case "selectRows": {
      const { op, nRows, nTokens, nTextCtx, nState } = step;
      const { tokens, origin, select, total } = controlOffsets(step);
      const nHead = "nHead" in step ? step.nHead : 1;
      // as many heads as can be to a group, whose keys are side by side
      const headsPerGroup = Math.ceil(nHead / Math.min(nHead, Math.ceil(nThreads / (nRows * nTokens))));
      const nGroups = Math.ceil(nHead / headsPerGroup);
      const nPositions = "nPositions" in step ? step.nPositions : 0;
      return {
        ...{ op, addresses, nRows, nTokens, nTextCtx, nState, nHead, nGroups, nPositions, nControl: total },
        nTasks: op === "selectRows" ? step.nSelect : nRows * nTokens * nGroups,
        workSizeBytes: (Math.max(nPositions, nTextCtx) + 8) * 4 * (headsPerGroup + 1),
        half: op === "embed" && step.tokenEmbedding.type === "f16" ? 1 : 0,
        offsets: { tokens, origin, select },
      };
    }
  }
}

function isTensor(value: unknown): value is Tensor {
  return typeof value === "object" && value !== null && "role" in value;
}
