/** The sizes of a Whisper model, as its file's header gives them. */
export interface ModelDimensions {
  readonly nVocab: number;
  /** Encoder positions per 30 s window: 1500. */
  readonly nAudioCtx: number;
  readonly nAudioState: number;
  readonly nAudioHead: number;
  readonly nAudioLayer: number;
  /** Decoder positions: 448. */
  readonly nTextCtx: number;
  readonly nTextState: number;
  readonly nTextHead: number;
  readonly nTextLayer: number;
  /** Mel bands: 80, or 128 for large-v3 and turbo. */
  readonly nMels: number;
}
