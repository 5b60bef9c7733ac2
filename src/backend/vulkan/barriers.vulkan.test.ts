import { describe, expect, it } from "vitest";
import { testDevice, validated, watchValidation } from "../../../test/validation.js";
import type { ModelDimensions } from "../../model/dimensions.js";
import { decoderProgram } from "../../network/decoder.js";
import { encoderProgram } from "../../network/encoder.js";
import { describeWeights } from "../../network/tensors.js";
import type { Program } from "../../ops/program.js";
import { openVulkan } from "./index.js";

/** A Whisper small enough to be recorded again and again. */
const tiny: ModelDimensions = {
  nVocab: 96,
  nAudioCtx: 1500,
  nAudioState: 16,
  nAudioHead: 1,
  nAudioLayer: 1,
  nTextCtx: 32,
  nTextState: 16,
  nTextHead: 1,
  nTextLayer: 1,
  nMels: 8,
};
const { weights } = describeWeights(tiny, "f16");

/**
 * Programs, and barriers whose absence validation does not report: it treats a buffer that is read and written
 * as one that is written, and never reports write after write through descriptors, since it cannot know
 * whether the same bytes are meant. Here that is the one before the positions are added to the encoder's rows.
 */
const programs: readonly (readonly [Program, readonly number[]])[] = [
  [encoderProgram(tiny, weights, 1), [1]],
  [decoderProgram(tiny, weights, { nRows: 1, nTokens: 4, nSelect: 1, nAudio: 1 }), []],
];

/** Runs a program with its n-th barrier left out; returns how many there are. */
async function runWithout(program: Program, dropBarrier: number): Promise<number> {
  const backend = await openVulkan(testDevice!, { maxFlops: 1e10, dropBarrier });
  const storage = await backend.allocate(backend.manifest([program]));
  const executable = await backend.compile(program, storage);
  await executable.run();
  executable.dispose();
  await storage.dispose();
  await backend.dispose();
  return executable.nBarriers;
}

describe.skipIf(!testDevice || !validated)("barriers", () => {
  const validation = testDevice ? watchValidation() : null;

  it.each(programs.map(([program, unseen]) => [program.name, program, unseen] as const))(
    "%s: validation is silent, and notices each one that is missing",
    async (_, program, unseen) => {
      const nBarriers = await runWithout(program, -1);
      expect(validation!.newMessages()).toBe("");
      expect(nBarriers).toBeGreaterThan(10);
      const unnoticed: number[] = [];
      for (let n = 0; n < nBarriers; n++) {
        await runWithout(program, n);
        if (!validation!.newMessages().includes("SYNC-HAZARD")) unnoticed.push(n);
      }
      expect(unnoticed).toEqual(unseen);
    },
  );
});
