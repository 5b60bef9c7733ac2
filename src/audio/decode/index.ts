import type { ByteSource } from "../input/index.js";
import type { Decoder, Warn } from "./decoder.js";
import { type ForeignAudio, openFfmpeg } from "./ffmpeg.js";
import { recogniseForm } from "./form.js";
import { openWav } from "./wav.js";

export type { Decoder, Pcm, Warn } from "./decoder.js";

const UNKNOWN: ForeignAudio = { codec: null, durationSeconds: null };

/**
 * Finds out what a file is and how to decode it. What is not decoded here goes to the program `ffmpeg`.
 * The decoders' modules are large, so each is imported when a file first needs it.
 *
 * @throws WhisperVulkanError `audio-no-track`, `audio-corrupt`; decoding may also throw
 *   `audio-unrecognised` and `audio-codec-unsupported`
 */
export async function openDecoder(source: ByteSource, ffmpeg: string, warn: Warn): Promise<Decoder> {
  const throughFfmpeg = (foreign: ForeignAudio) => openFfmpeg(source, foreign, ffmpeg, warn);
  const form = await recogniseForm(source);
  switch (form.kind) {
    case "wav":
      return (await openWav(source, warn)) ?? throughFfmpeg({ ...UNKNOWN, codec: "compressed WAV" });
    case "flac":
      return (await import("./flac.js")).openFlac(source, form.start, warn);
    case "mp3":
      return (await import("./mp3.js")).openMp3(source, form.start, warn);
    case "ogg": {
      const { openOgg } = await import("./ogg.js");
      return (await openOgg(source, warn)) ?? throughFfmpeg(UNKNOWN);
    }
    case "matroska":
    case "mp4": {
      const open =
        form.kind === "mp4"
          ? (await import("./mp4.js")).openMp4
          : (await import("./matroska.js")).openMatroska;
      const opened = await open(source, warn);
      return "decode" in opened ? opened : throughFfmpeg(opened);
    }
    case "unknown":
      return throughFfmpeg(UNKNOWN);
  }
}
