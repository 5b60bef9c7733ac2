import { WhisperVulkanError } from "../errors.js";
import { openCodec } from "./codec/index.js";
import { DamageReport } from "./demux/damage-report.js";
import { type Demuxer, openDemuxer } from "./demux/index.js";
import { ffmpegDemuxer } from "./ffmpeg.js";
import { type ByteSource, givenSamples, openBytes } from "./input/index.js";
import { joinedPieces } from "./joined-pieces.js";
import type { Gap, Pcm } from "./pcm.js";
import { onTimeline } from "./timeline.js";

/** A recording's sound before it is mixed down and resampled. */
export interface Sound {
  /** Its name in messages. */
  readonly name: string;
  readonly durationSeconds: number | null;
  /** Whether `begin` may be called more than once. */
  readonly isReplayable: boolean;
  begin(): Promise<Pass>;
  close(): Promise<void>;
}

/** One decoding from the start. */
export interface Pass {
  readonly pieces: AsyncIterable<Pcm | Gap>;
  /** Complete when the pieces are through. */
  readonly damage: DamageReport;
}

/**
 * Opens whatever holds a recording. When `signal` fires, what is being read fails with its reason.
 *
 * @param ffmpeg name or path of the program for what is not decoded here
 */
export async function openSound(input: unknown, ffmpeg: string, signal: AbortSignal): Promise<Sound> {
  const given = givenSamples(input);
  if (given !== null) {
    signal.addEventListener("abort", () => given.stop(signal.reason), { once: true });
    return {
      name: "samples",
      durationSeconds: given.durationSeconds,
      isReplayable: given.isReplayable,
      begin: async () => ({ pieces: joinedPieces(given.read()), damage: new DamageReport() }),
      close: async () => {},
    };
  }
  const source = await openBytes(input, signal);
  try {
    return await openEncoded(source, ffmpeg, signal);
  } catch (error) {
    await source.close();
    throw error;
  }
}

async function openEncoded(source: ByteSource, ffmpeg: string, signal: AbortSignal): Promise<Sound> {
  const open = async () => {
    const damage = new DamageReport();
    const found = await openDemuxer(source, damage);
    const isForeign = !("packets" in found);
    const demuxer: Demuxer = isForeign ? ffmpegDemuxer(source, found, ffmpeg, damage, signal) : found;
    return { demuxer, damage, isForeign };
  };
  const first = await open();
  let unused: typeof first | null = first;
  return {
    name: source.name,
    durationSeconds: first.demuxer.durationSeconds,
    isReplayable: first.isForeign || source.isReplayable, // ffmpeg reads a file
    begin: async () => {
      // Each pass opens its own container, so that none counts another's damage and two may run at once.
      const opening = unused ?? open();
      unused = null;
      const { demuxer, damage, isForeign } = await opening;
      const decoded = ({ packets }: Demuxer) =>
        onTimeline(packets(), (track) => openCodec(track, source.name), damage);
      const throughFfmpeg = () => {
        const foreign = { codec: "a kind of AAC", durationSeconds: demuxer.durationSeconds };
        return decoded(ffmpegDemuxer(source, foreign, ffmpeg, damage, signal));
      };
      const pieces = decoded(demuxer);
      const mayChange = source.isReplayable && !isForeign;
      return { pieces: mayChange ? orElse(pieces, throughFfmpeg) : pieces, damage };
    },
    close: () => source.close(),
  };
}

/** `pieces`, or those of ffmpeg where the codec finds at the start that it does not support this variant of its format. */
async function* orElse(
  pieces: AsyncIterable<Pcm | Gap>,
  others: () => AsyncIterable<Pcm | Gap>,
): AsyncGenerator<Pcm | Gap> {
  let hasBegun = false;
  try {
    for await (const piece of pieces) {
      hasBegun = true;
      yield piece;
    }
    return;
  } catch (error) {
    const isForeign = error instanceof WhisperVulkanError && error.code === "audio-codec-unsupported";
    if (hasBegun || !isForeign) throw error;
  }
  yield* others();
}
