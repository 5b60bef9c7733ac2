import { WhisperVulkanError } from "../errors.js";
import { isSilence } from "./fallback.js";
import { settingsOf, type TranscribeOptions } from "./options.js";
import { type Segment, TranscriptionAbortedError, type TranscriptionResult } from "./result.js";
import { segmentsOf } from "./segments.js";
import { suppressedTokens } from "./suppressed-tokens.js";
import {
  FRAMES_PER_SECOND,
  SAMPLES_PER_SECOND,
  stretchFrom,
  type Timeline,
  WINDOW_FRAMES,
} from "./timeline.js";
import type { Vocabulary } from "./vocabulary.js";
import { type WindowJob, type WindowResult, windowSettings } from "./window.js";

/** A recording as log-mel frames, 100 a second. */
export interface MelSource extends Timeline {
  /**
   * (3000, nMels): nFrames frames of sound from seekFrame on, which never goes back. After them come zeros, or, for
   * "silence", the log-mel of the 30 s of zero samples that OpenAI puts after every recording.
   */
  window(seekFrame: number, padding: "zeros" | "silence", nFrames: number): Promise<Float32Array>;
}

/** The recogniser of a transcription. It recognises one window at a time; other transcriptions take turns in between. */
export interface Recogniser {
  readonly vocabulary: Vocabulary;
  recognise(job: WindowJob, signal?: AbortSignal): Promise<WindowResult>;
}

/**
 * Transcribes a recording window by window: encode, decode, cut into segments, move on. The text equals OpenAI's, down to the
 * space with which it begins.
 * @throws WhisperVulkanError "option-invalid", "language-unknown"; TranscriptionAbortedError
 */
export async function transcribe(
  recogniser: Recogniser,
  mel: MelSource,
  options: TranscribeOptions = {},
): Promise<Omit<TranscriptionResult, "warnings">> {
  const settings = settingsOf(options);
  const { signal, task } = settings;
  const { vocabulary } = recogniser;
  const { tokenizer, special } = vocabulary;
  let language = settings.language ?? (vocabulary.multilingual ? null : "en");
  vocabulary.startTokens(language ?? "en", task); // report wrong options before any work
  const suppressed = suppressedTokens(tokenizer, special, settings.suppressTokens);
  const promptTokens = settings.prompt ? tokenizer.encode(` ${settings.prompt}`) : [];
  const allTokens = [...promptTokens];
  const duration = mel.nSamples / SAMPLES_PER_SECOND;
  const segments: Segment[] = [];
  const result = () => ({
    text: tokenizer.decode(segments.flatMap(({ tokens }) => tokens)),
    task,
    language: language ?? "en",
    duration,
    segments,
  });

  let historyStart = 0;
  try {
    for (let stretch = stretchFrom(0, mel); stretch !== null; ) {
      const { seek, nFrames } = stretch;
      signal?.throwIfAborted();
      // A whole window has no padding, so that one encoding serves detection and decoding.
      const toDetectFrom =
        language === null && nFrames < WINDOW_FRAMES ? await mel.window(seek, "silence", nFrames) : null;
      const job: WindowJob = {
        mel: await mel.window(seek, "zeros", nFrames),
        ...{ toDetectFrom, language, seek, suppressed, settings: windowSettings(settings) },
        history: allTokens.slice(historyStart),
      };
      const recognised = await recogniser.recognise(job, signal);
      language = recognised.language;
      const window = recognised.decoded;
      let next = seek + nFrames;
      if (!isSilence(window, settings)) {
        const { segments: found, advance } = segmentsOf(window, stretch, vocabulary);
        for (const part of found) {
          const segment = { id: segments.length, ...part };
          segments.push(segment);
          allTokens.push(...segment.tokens);
          if (segment.text && !signal?.aborted) await settings.onSegment?.(segment);
        }
        if (!settings.conditionOnPreviousText || window.temperature > 0.5) historyStart = allTokens.length;
        next = Math.min(next, seek + advance);
      }
      stretch = stretchFrom(next, mel);
      const processedSeconds = stretch === null ? duration : stretch.seek / FRAMES_PER_SECOND;
      await settings.onProgress?.({ processedSeconds, totalSeconds: duration });
    }
  } catch (error) {
    if (wasStopped(error, signal)) throw new TranscriptionAbortedError({ ...result(), warnings: [] }, error);
    throw error;
  }
  return result();
}

/** Whether an error comes from the caller's signal. Any other error stays as it is. */
function wasStopped(error: unknown, signal: AbortSignal | undefined): boolean {
  if (!signal?.aborted) return false;
  if (error === signal.reason) return true;
  if (error instanceof WhisperVulkanError) return error.code === "aborted";
  return error instanceof Error && error.name === "AbortError";
}
