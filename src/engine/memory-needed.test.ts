import { expect, it } from "vitest";
import { catalogue } from "../model/index.js";
import { memoryNeededBytes } from "./memory-needed.js";

it.each(catalogue)("$name: the file's weights, f32 caches, and scratch for one window", (model) => {
  const { nAudioCtx, nTextCtx, nTextLayer, nTextState, nAudioState } = model.dimensions;
  const cachesBytes = nTextLayer * (nAudioCtx + nTextCtx) * 2 * nTextState * 4;
  const scratchBytes = memoryNeededBytes(model.dimensions) - model.sizeBytes - cachesBytes;
  // One layer's activations of a window: at least its hidden ones, at most a few times as many.
  const hiddenBytes = nAudioCtx * 4 * nAudioState * 4;
  expect(scratchBytes / hiddenBytes).toBeGreaterThan(1);
  expect(scratchBytes / hiddenBytes).toBeLessThan(4);
});
