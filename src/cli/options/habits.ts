import { WhisperVulkanError } from "../../errors.js";

const notYet = "is not supported yet";

/**
 * Options of whisper.cpp's whisper-cli and of openai-whisper that have another name or do not exist here, with what to
 * say about them. Options with the same name and meaning are not listed.
 */
const meanings: Readonly<Record<string, string>> = {
  // whisper-cli: results
  "-otxt": "is -f txt here",
  "--output-txt": "is -f txt here",
  "-osrt": "is -f srt here",
  "--output-srt": "is -f srt here",
  "-ovtt": "is -f vtt here",
  "--output-vtt": "is -f vtt here",
  "-oj": "is -f json here",
  "--output-json": "is -f json here",
  "-ojf": "is -f json here",
  "--output-json-full": "is -f json here",
  "-of": "is -o here: -o NAME.srt, or -o FOLDER/",
  "--output-file": "is -o here: -o NAME.srt, or -o FOLDER/",
  "-olrc": notYet,
  "--output-lrc": notYet,
  "-owts": notYet,
  "--output-words": notYet,
  "-ocsv": notYet,
  "--output-csv": notYet,
  // whisper-cli: input and recognition
  "--file": "is not needed here: give the recording alone",
  "-tr": "is --task translate here",
  "--translate": "is --task translate here",
  "-dl": "has no counterpart here: --language auto reports the language, then transcribes",
  "--detect-language": "has no counterpart here: --language auto reports the language, then transcribes",
  "-nf": "is --temperature 0 here",
  "--no-fallback": "is --temperature 0 here",
  "-tp": "is --temperature here",
  "-tpi": "is a list here, such as --temperature 0,0.2,0.4",
  "--temperature-inc": "is a list here, such as --temperature 0,0.2,0.4",
  "-nth": "is --no-speech-threshold here",
  "--no-speech-thold": "is --no-speech-threshold here",
  "-lpt": "is --logprob-threshold here",
  "--logprob-thold": "is --logprob-threshold here",
  "-et": "is --compression-ratio-threshold here, which measures repetition differently",
  "--entropy-thold": "is --compression-ratio-threshold here, which measures repetition differently",
  "-mc": "is here only as --no-condition-on-previous-text",
  "--max-context": "is here only as --no-condition-on-previous-text",
  "-sns": "is --suppress-tokens here; its default, -1, suppresses what is not speech",
  "--suppress-nst": "is --suppress-tokens here; its default, -1, suppresses what is not speech",
  "-nt": "is --no-timestamps here",
  "-bs": notYet,
  "--beam-size": notYet,
  "-bo": notYet,
  "--best-of": notYet,
  "-ml": notYet,
  "--max-len": notYet,
  "-sow": notYet,
  "--split-on-word": notYet,
  "-wt": notYet,
  "--word-thold": notYet,
  "-dtw": notYet,
  "--dtw": notYet,
  "-di": notYet,
  "--diarize": notYet,
  "-tdrz": notYet,
  "--tinydiarize": notYet,
  "-ot": notYet,
  "--offset-t": notYet,
  "--duration": notYet,
  "--vad": notYet,
  "--grammar": notYet,
  // whisper-cli: the machine and the screen
  "-ng": "is --device cpu here",
  "--no-gpu": "is --device cpu here",
  "-p": "has no counterpart here; --threads N sets the number of threads of the CPU backend",
  "--processors": "has no counterpart here; --threads N sets the number of threads of the CPU backend",
  "-fa": "has no counterpart here: the fastest way is chosen for each device",
  "--flash-attn": "has no counterpart here: the fastest way is chosen for each device",
  "-nfa": "has no counterpart here: the fastest way is chosen for each device",
  "-np": "is --quiet here",
  "--no-prints": "is --quiet here",
  "-pp": "is not needed here: progress is shown in a terminal unless --quiet is given",
  "--print-progress": "is not needed here: progress is shown in a terminal unless --quiet is given",
  "-pc": "has no counterpart here: colours do not show confidence",
  "--print-colors": "has no counterpart here: colours do not show confidence",
  "-ps": "has no counterpart here; --format json has all tokens",
  "--print-special": "has no counterpart here; --format json has all tokens",
  // openai-whisper and those that copy it
  "--output-format": "is --format here",
  "--output-dir": "is --output FOLDER/ here",
  "--model-dir": "is the environment variable WHISPER_VULKAN_CACHE here",
  "--initial-prompt": "is --prompt here",
  "--verbose": "has no counterpart here; --quiet shows only errors and warnings",
  "--fp16": "is not needed here: weights keep the type that they have in the file",
  "--compute-type": "is not needed here: weights keep the type that they have in the file",
  "--temperature-increment-on-fallback": "is a list here, such as --temperature 0,0.2,0.4",
  "--word-timestamps": notYet,
  "--highlight-words": notYet,
  "--max-line-width": notYet,
  "--max-line-count": notYet,
  "--max-words-per-line": notYet,
  "--patience": notYet,
  "--length-penalty": notYet,
  "--clip-timestamps": notYet,
  "--hallucination-silence-threshold": notYet,
  "--vad-filter": notYet,
};

/** Its name as people write it here: openai-whisper's have underscores, and a value may follow "=". */
const dashed = (flag: string) => flag.replace(/=.*$/s, "").replaceAll("_", "-");

/** What to say about another program's option: "--beam_size is not supported yet"; null where no program has it. */
export function meaningOf(flag: string): string | null {
  const name = dashed(flag);
  return Object.hasOwn(meanings, name) ? `${flag.replace(/=.*$/s, "")} ${meanings[name]}` : null;
}

/** All of them, for tests. */
export const foreignOptions: readonly string[] = Object.keys(meanings);

/**
 * Some of these would be misread: -osrt as "-o srt", -tr as "-t r".
 * @throws WhisperVulkanError "option-invalid", with what it is here
 */
export function refuseForeignOption(args: readonly string[]): void {
  const end = args.indexOf("--");
  for (const flag of end < 0 ? args : args.slice(0, end)) {
    if (!/^-[a-z]+$/.test(flag)) continue; // long ones are clearly unknown, and values may look like anything
    const meaning = meaningOf(flag);
    if (meaning !== null) throw new WhisperVulkanError("option-invalid", meaning);
  }
}
