import { languageName, type TranscriptionResult } from "../whisper/index.js";
import type { Format } from "./format.js";

/**
 * The fields of OpenAI's verbose_json: the language by its name, the text without the space before it, and all
 * segments, those without words too. Several recordings are JSON Lines: each line a whole result, its recording first.
 */
export const json = {
  name: "json",
  extension: "json",
  about: "all details, like OpenAI's verbose_json",
  write: (result: TranscriptionResult) => `${escaped(JSON.stringify(document(result), null, 2))}\n`,
  writeInto: (result: TranscriptionResult, recording: string) =>
    `${escaped(JSON.stringify({ file: recording.toWellFormed(), ...document(result) }))}\n`,
} as const satisfies Format;

function document(result: TranscriptionResult) {
  return {
    task: result.task,
    language: languageName(result.language),
    duration: result.duration,
    // half a surrogate pair would become an escape that strict readers reject
    text: result.text.trim().toWellFormed(),
    segments: result.segments.map((segment) => ({
      id: segment.id,
      seek: segment.seek,
      start: segment.start,
      end: segment.end,
      text: segment.text.toWellFormed(),
      tokens: segment.tokens,
      temperature: segment.temperature,
      avg_logprob: segment.avgLogprob,
      compression_ratio: segment.compressionRatio,
      no_speech_prob: segment.noSpeechProb,
    })),
  };
}

/** Characters that JSON does not escape although terminals obey them or line readers (Python's) break lines there. */
function escaped(text: string): string {
  return text.replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
