import type { ByteSource } from "../input/index.js";
import { type Decoder, type Pcm, type Warn, warnTruncated } from "./decoder.js";
import { deinterleave, SAMPLE_BYTES } from "./sample-format.js";
import { readWavHeader } from "./wav-header.js";

const PIECE_FRAMES = 16384;

/** Opens a WAV file; null when it holds a codec other than plain samples, A-law or mu-law. */
export async function openWav(source: ByteSource, warn: Warn): Promise<Decoder | null> {
  const { format, nChannels, sampleRate, dataOffset, dataBytes, declaredBytes } = await readWavHeader(source);
  if (format === null) return null;
  const frameBytes = SAMPLE_BYTES[format] * nChannels;
  const bytesPerSecond = frameBytes * sampleRate;

  async function* decode(): AsyncGenerator<Pcm> {
    const pieceBytes = PIECE_FRAMES * SAMPLE_BYTES[format!] * nChannels;
    for (let at = 0; at < dataBytes; at += pieceBytes) {
      const bytes = await source.read(dataOffset + at, Math.min(pieceBytes, dataBytes - at));
      yield { channels: deinterleave(bytes, format!, nChannels), sampleRate };
    }
    if (declaredBytes !== null && dataBytes + frameBytes <= declaredBytes) {
      warnTruncated(warn, source.name, dataBytes / bytesPerSecond, declaredBytes / bytesPerSecond);
    }
  }
  return { durationSeconds: dataBytes / bytesPerSecond, decode };
}
