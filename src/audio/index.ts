export { type AudioFile, type OpenAudioOptions, openAudio } from "./audio-file.js";
export { type AudioSource, WHISPER_SAMPLE_RATE } from "./audio-source.js";
export { CONTAINERS } from "./demux/index.js";
export {
  type AudioBufferLike,
  type AudioInput,
  isAddress,
  parseAddress,
  pathOfAddress,
  type SampleArray,
  type SampleStream,
  type Samples,
} from "./input/index.js";
export { LogMel, type LogMelOptions, WINDOW_FRAMES, type WindowTail } from "./log-mel/index.js";
