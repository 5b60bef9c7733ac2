import { type ChildProcess, spawn } from "node:child_process";
import { systemErrorCode, WhisperVulkanError } from "../errors.js";
import { DamageReport } from "./demux/damage-report.js";
import type { Demuxer, ForeignAudio, Packet } from "./demux/demuxer.js";
import { CONTAINERS } from "./demux/index.js";
import { wav } from "./demux/wav/index.js";
import { type ByteSource, StreamSource } from "./input/index.js";

/**
 * Sound that is not decoded here, through the system's ffmpeg, which gives it as a WAV stream at 16 kHz with the file's
 * own channels. Where a track begins late or has a gap it fills in zeros; those are told as a gap.
 *
 * @param program name or path of ffmpeg
 * @param signal ends ffmpeg
 */
export function ffmpegDemuxer(
  source: ByteSource,
  foreign: ForeignAudio,
  program: string,
  damage: DamageReport,
  signal: AbortSignal,
): Demuxer {
  async function* packets(): AsyncGenerator<Packet> {
    const run = new FfmpegRun(program, await source.path());
    const output = new StreamSource(run.output, { name: source.name, sizeBytes: null, hint: "Try again." });
    const stop = () => output.stop(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    let hasSound = false;
    try {
      signal.throwIfAborted();
      if ((await output.read(0, 12)).length === 12) {
        const opened = await wav.open(output, 0, new DamageReport()); // a stream that was cut off is told below
        if (!("packets" in opened)) throw new Error("ffmpeg gave another codec than it was asked for");
        for await (const packet of withoutSilence(opened.packets())) {
          hasSound = true;
          yield packet;
        }
      }
    } finally {
      signal.removeEventListener("abort", stop);
      run.kill();
      await output.close();
    }
    const { error, endedBy, status } = await run.end;
    if (error !== null) throw cannotRun(source.name, foreign, program, error);
    if (endedBy !== null) throw endedEarly(source.name, program, endedBy);
    const [line] = run.messages;
    if (!hasSound) throw nothingDecoded(source.name, foreign, run.messages);
    if (line !== undefined || status !== 0)
      damage.notes.push(`is damaged or cut off; read as far as it goes (ffmpeg: ${line ?? status})`);
  }
  return { durationSeconds: foreign.durationSeconds, packets };
}

interface RunEnd {
  /** It could not be started. */
  readonly error: unknown;
  /** The signal that ended it. */
  readonly endedBy: NodeJS.Signals | null;
  readonly status: number | null;
}

/** Longest text kept of what ffmpeg says. */
const MAX_MESSAGE_LENGTH = 10_000;

class FfmpegRun {
  readonly end: Promise<RunEnd>;
  readonly output: AsyncIterable<Uint8Array>;
  readonly #child: ChildProcess | null;
  #text = "";
  #isKilled = false;

  constructor(program: string, path: string) {
    let child: ReturnType<typeof start>;
    try {
      child = start(program, path);
    } catch (error) {
      this.#child = null;
      this.output = nothing();
      this.end = Promise.resolve({ error, endedBy: null, status: null });
      return;
    }
    this.#child = child;
    this.output = child.stdout;
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      if (this.#text.length < MAX_MESSAGE_LENGTH) this.#text += text;
    });
    this.end = new Promise((resolve) => {
      child.once("error", (error) => resolve({ error, endedBy: null, status: null }));
      child.once("close", (status, endedBy) =>
        resolve({ error: null, endedBy: this.#isKilled ? null : endedBy, status }),
      );
    });
  }

  /** The lines that ffmpeg printed. */
  get messages(): string[] {
    return this.#text.split("\n").filter((line) => line.trim() !== "");
  }

  /** Does nothing when it ran to its end. */
  kill(): void {
    if (this.#child === null || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    // At the end of its output it is about to end by itself, and how is wanted.
    if ((this.#child.stdout as { readableEnded?: boolean } | null)?.readableEnded) return;
    this.#isKilled = true;
    this.#child.kill("SIGKILL");
  }
}

function start(program: string, path: string) {
  // No protocols but files: a playlist in disguise must not make it open addresses.
  const input = ["-nostdin", "-v", "error", "-protocol_whitelist", "file,pipe", "-i", `file:${path}`];
  // The file's own timeline from 0 on: zeros where nothing is, overlaps cut.
  const filter = "aresample=16000:async=1:first_pts=0";
  const output = ["-vn", "-sn", "-dn", "-af", filter, "-f", "wav", "-c:a", "pcm_s16le", "pipe:1"];
  return spawn(program, [...input, ...output], { stdio: ["ignore", "pipe", "pipe"] });
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** Packets of zeros in a row that are a gap: two seconds. */
const GAP_PACKETS = 4;

/** Leaves out long runs of zeros; the packet behind them says when it begins. */
async function* withoutSilence(packets: AsyncIterable<Packet>): AsyncGenerator<Packet> {
  let zeros: Packet[] = [];
  let nZeros = 0;
  let seconds = 0;
  for await (const packet of packets) {
    const { track, data } = packet;
    const start = seconds;
    seconds += data.length / (2 * track.nChannels * track.sampleRate);
    if (data.every((byte) => byte === 0)) {
      nZeros += 1;
      if (nZeros <= GAP_PACKETS) zeros.push(packet);
      else zeros = [{ ...packet, startSeconds: start }]; // the last one, should nothing follow
      continue;
    }
    if (nZeros <= GAP_PACKETS) yield* zeros;
    yield nZeros <= GAP_PACKETS ? packet : { ...packet, startSeconds: start };
    [zeros, nZeros] = [[], 0];
  }
  yield* zeros;
}

function cannotRun(
  name: string,
  { codec }: ForeignAudio,
  program: string,
  cause: unknown,
): WhisperVulkanError {
  const hint =
    "Install ffmpeg (apt install ffmpeg, brew install ffmpeg, winget install ffmpeg), or convert to WAV, FLAC, MP3 or Opus.";
  const missing = systemErrorCode(cause) === "ENOENT";
  const why = missing
    ? "it is not on the PATH"
    : `it does not start (${systemErrorCode(cause) ?? String(cause)})`;
  if (codec === null) {
    const known = CONTAINERS.map((container) => container.name).join(", ");
    const message = `${name}: not a recording in a known form (${known})`;
    return new WhisperVulkanError("audio-unrecognised", message, {
      hint: `Other forms need the program ${program}, but ${why}. ${hint}`,
      cause,
    });
  }
  const message = `${name}: holds ${codec}, which needs the program ${program}, but ${why}`;
  return new WhisperVulkanError("audio-codec-unsupported", message, { hint, cause });
}

function endedEarly(name: string, program: string, signal: NodeJS.Signals): WhisperVulkanError {
  const message = `${name}: the program ${program} was ended by ${signal} before all was decoded`;
  return new WhisperVulkanError("process-failed", message, {
    hint: "Somebody ended it, or memory was short. Try again.",
  });
}

function nothingDecoded(name: string, { codec }: ForeignAudio, lines: string[]): WhisperVulkanError {
  const text = lines.join("\n");
  const cause = new Error(text || "ffmpeg gave neither samples nor a message");
  if (/does not contain any stream|matches no streams/.test(text)) {
    return new WhisperVulkanError("audio-no-track", `${name}: has no audio track`, {
      hint: "Give a file with sound.",
      cause,
    });
  }
  if (codec === null) {
    return new WhisperVulkanError("audio-unrecognised", `${name}: not a recording, whatever its name says`, {
      hint: "Give an audio or video file.",
      cause,
    });
  }
  const message = `${name}: damaged file, nothing in it could be decoded (ffmpeg: ${lines[0] ?? "silent"})`;
  return new WhisperVulkanError("audio-corrupt", message, {
    hint: "Record, download or convert it again.",
    cause,
  });
}
