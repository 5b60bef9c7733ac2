import { MPEGDecoder } from "mpg123-decoder";
import { type ByteSource, bytesOf } from "../input/index.js";
import { type Decoder, type Pcm, quietly, type Warn, warnDamaged, warnTruncated } from "./decoder.js";
import { mp3EndsInFrame, mp3FrameCount, mp3Header } from "./mp3-frames.js";

const PIECE_BYTES = 8192;
/** Several frames, whatever their bitrate. */
const TAIL_BYTES = 16384;

/**
 * Opens an MP3 stream whose first frame lies at `start`. The encoder's delay and padding are cut off as
 * its LAME header says; without one nothing is.
 */
export async function openMp3(source: ByteSource, start: number, warn: Warn): Promise<Decoder> {
  const head = await source.read(start, 4096);
  const header = mp3Header(head, 0)!;
  const frameSeconds = header.samplesPerFrame / header.sampleRate;
  const nFrames = mp3FrameCount(head, 0, header);
  const bytesPerSecond = header.frameBytes / frameSeconds;
  const durationSeconds =
    nFrames === null ? (source.sizeBytes - start) / bytesPerSecond : nFrames * frameSeconds;

  async function* decode(): AsyncGenerator<Pcm> {
    const decoder = new MPEGDecoder();
    await decoder.ready;
    let [seconds, nDamaged] = [0, 0];
    try {
      for await (const bytes of bytesOf(source, start, PIECE_BYTES)) {
        const { channelData, samplesDecoded, sampleRate, errors } = quietly(() => decoder.decode(bytes));
        nDamaged += errors.length;
        if (samplesDecoded === 0) continue;
        seconds += samplesDecoded / sampleRate;
        // The decoder always gives two channels; of a mono recording both are the same.
        yield { channels: channelData.slice(0, header.nChannels), sampleRate };
      }
    } finally {
      decoder.free();
    }
    warnDamaged(warn, source.name, nDamaged, "part");
    // Delay and padding take up to three frames of what the header counts.
    const missing = nFrames === null ? 0 : nFrames * frameSeconds - seconds;
    if (nDamaged === 0 && missing > 4 * frameSeconds) {
      warnTruncated(warn, source.name, seconds, durationSeconds);
    }
    // Without a count only the end can tell.
    if (nFrames === null) {
      const tail = await source.read(Math.max(start, source.sizeBytes - TAIL_BYTES), TAIL_BYTES);
      if (mp3EndsInFrame(tail, header.kind)) warnTruncated(warn, source.name, seconds, null);
    }
  }
  return { durationSeconds, decode };
}
