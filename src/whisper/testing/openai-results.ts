import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { listModels, openModel } from "../../model/index.js";
import { Vocabulary } from "../vocabulary.js";

/** A segment as OpenAI's transcribe() gave it for the official base weights. */
export interface OpenAiSegment {
  readonly seek: number;
  readonly start: number;
  readonly end: number;
  readonly tokens: readonly number[];
  readonly temperature: number;
  readonly avg_logprob: number;
  readonly compression_ratio: number;
  readonly no_speech_prob: number;
}

/** A clip and what OpenAI's own code made of it; greedy: temperature 0, no fallback. */
export interface OpenAiResult {
  readonly id: string;
  readonly lang: string;
  readonly samples: number;
  readonly greedy: { readonly text: string; readonly segments: readonly OpenAiSegment[] };
}

const file = new URL("../../../../shared/reference/data/openai-base.jsonl.gz", import.meta.url);

/** OpenAI's results, or null (reported once) where the file is absent. */
export function openAiResults(): readonly OpenAiResult[] | null {
  if (!existsSync(file)) {
    console.log(`skipped: no ${file.pathname.split("/").at(-1)}`);
    return null;
  }
  const lines = gunzipSync(readFileSync(file)).toString("utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line) as OpenAiResult);
}

/** The vocabulary of a model in the cache, or null (reported) where it has not been pulled. */
export async function pulledVocabulary(name: "base" | "tiny.en"): Promise<Vocabulary | null> {
  const path = (await listModels()).find((model) => model.name === name)?.cachedPath;
  if (!path) {
    console.log(`skipped: the model ${name} is not in the cache`);
    return null;
  }
  const model = await openModel(path);
  try {
    return new Vocabulary(model.dimensions.nVocab, model.vocabulary);
  } finally {
    await model.close();
  }
}
