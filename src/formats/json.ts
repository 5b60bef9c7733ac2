import { languageName, type TranscriptionResult } from "../whisper/index.js";

/**
 * The fields of OpenAI's verbose_json: the language by its name, the text without the space before it, and all
 * segments, those without words too.
 */
export function json(result: TranscriptionResult): string {
  const document = {
    task: result.task,
    language: languageName(result.language),
    duration: result.duration,
    text: result.text.trim(),
    segments: result.segments.map((segment) => ({
      id: segment.id,
      seek: segment.seek,
      start: segment.start,
      end: segment.end,
      text: segment.text,
      tokens: segment.tokens,
      temperature: segment.temperature,
      avg_logprob: segment.avgLogprob,
      compression_ratio: segment.compressionRatio,
      no_speech_prob: segment.noSpeechProb,
    })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
