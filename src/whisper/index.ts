export { detectLanguage, type LanguageProbabilities } from "./detect-language.js";
export { type Language, languageCode, languageName, languages, languageTitle } from "./languages.js";
export { type Progress, settingsOf, type TranscribeOptions } from "./options.js";
export { type Segment, TranscriptionAbortedError, type TranscriptionResult } from "./result.js";
export { startTokens } from "./start-tokens.js";
export { type MelSource, type Recogniser, transcribe } from "./transcribe.js";
export { Vocabulary } from "./vocabulary.js";
export { recogniseWindow, type WindowJob, type WindowResult } from "./window.js";
