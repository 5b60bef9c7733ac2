// Transcriptions by script: what the network says in which window.

import type { TranscribeOptions } from "../options.js";
import type { Timeline } from "../timeline.js";
import { transcribe } from "../transcribe.js";
import { recogniseWindow } from "../window.js";
import { byteVocabulary } from "./byte-vocabulary.js";
import { type Attempt, ScriptedNetwork } from "./scripted-network.js";

export const vocabulary = byteVocabulary();
export const { special } = vocabulary;
export const at = (step: number) => special.firstTimestamp + step;
export const [hello, world, a] = [260, 265, 256];
export const [newline] = vocabulary.tokenizer.encode("\n");
export const german = special.startOfTranscript + 3;

/** Runs a script: what to say, by the seek of the window and the number of the try. recording: frames, or with gaps. */
export async function run(
  script: Readonly<Record<number, Attempt | readonly Attempt[]>>,
  recording: number | Timeline,
  options: TranscribeOptions = {},
  words = vocabulary,
) {
  const timeline = typeof recording === "number" ? { nSamples: recording * 160, gaps: [] } : recording;
  const network = new ScriptedNetwork(
    words,
    (seek, attempt) => {
      const entry = script[seek];
      if (entry === undefined) throw new Error(`no script for a window at ${seek}`);
      return Array.isArray(entry) ? entry[attempt] : (entry as Attempt);
    },
    german,
  );
  const paddings: string[] = [];
  const heard: [seek: number, nFrames: number][] = [];
  const result = transcribe(
    { vocabulary: words, recognise: (job, signal) => recogniseWindow(network, words, job, signal) },
    {
      ...timeline,
      window: async (seek, padding, nFrames) => {
        paddings.push(padding);
        heard.push([seek, nFrames]);
        return new Float32Array(3000).fill(seek, 0, 1);
      },
    },
    { language: "en", ...options },
  );
  return { result: await result, network, paddings, heard };
}

/** A window's words with one closed pair, then the start of what follows. */
export const pair = (from: number, to: number, ...words: number[]) => [at(from), ...words, at(to), at(to)];
