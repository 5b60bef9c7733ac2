/** What to do about sound that only ffmpeg decodes. */
export const INSTALL_FFMPEG =
  "Install ffmpeg (apt install ffmpeg, brew install ffmpeg, winget install ffmpeg), or convert to WAV, FLAC, MP3 or Opus.";
