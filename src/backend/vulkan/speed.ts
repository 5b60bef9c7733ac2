import type { Program } from "../../ops/program.js";
import type { Tensor } from "../../ops/tensor.js";
import type { Backend, Executable } from "../backend.js";

/** A measurement shorter than this says more about submitting than about computing. */
const enoughMs = 2;
const nRowsTried = [64, 256, 1024] as const;
const nState = 512;

/**
 * Floating-point operations a second, measured on a small matrix product that grows until it takes a while.
 * It errs on the low side, since it decides how much work goes into one submission.
 */
export async function measureFlopsPerSecond(backend: Backend): Promise<number> {
  let flopsPerSecond = 0;
  for (const nRows of nRowsTried) {
    const program = productProgram(nRows);
    const storage = await backend.allocate(backend.manifest([program]));
    try {
      const executable = await backend.compile(program, storage);
      const elapsedMs = await secondRunMs(executable).finally(() => executable.dispose());
      flopsPerSecond = (2 * nRows * nState * nState) / (elapsedMs / 1000);
      if (elapsedMs >= enoughMs) break;
    } finally {
      await storage.dispose();
    }
  }
  return flopsPerSecond;
}

/** The first run pays for work that the driver postponed. */
async function secondRunMs(executable: Executable): Promise<number> {
  await executable.run();
  const start = performance.now();
  await executable.run();
  return performance.now() - start;
}

function productProgram(nRows: number): Program {
  const tensor = (name: string, shape: readonly number[], type: Tensor["type"] = "f32"): Tensor => ({
    name,
    shape,
    type,
    role: "state",
    heat: "once",
  });
  const layout = { batchStride: nRows * nState, rowStride: nState, offset: 0 };
  return {
    name: "speed",
    steps: [
      {
        op: "linear",
        x: tensor("x", [nRows, nState]),
        weight: tensor("weight", [nState, nState], "f16"),
        bias: null,
        out: tensor("out", [nRows, nState]),
        nBatch: 1,
        nRows,
        nIn: nState,
        nOut: nState,
        xLayout: { ...layout, batchExtent: nRows * nState },
        outLayout: layout,
        activation: "none",
        accumulate: false,
      },
    ],
  };
}
