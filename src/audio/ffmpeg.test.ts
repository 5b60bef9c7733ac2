import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openAudio } from "./audio-file.js";
import { collect, isSame } from "./cases.js";
import { hasFfmpeg, makeWithFfmpeg } from "./testing/ffmpeg.js";

const SAMPLE = fileURLToPath(new URL("../../samples/river.wav", import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ffmpeg-test-"));
});
afterAll(() => rmSync(folder, { recursive: true }));
const make = (name: string, ...options: string[]) => makeWithFfmpeg(join(folder, name), ...options);

async function decode(input: Parameters<typeof openAudio>[0], ffmpeg?: string) {
  const audio = await openAudio(input, { ffmpeg });
  try {
    const pieces: { nSilentSamples: number }[] = [];
    async function* tapped() {
      for await (const piece of audio) {
        if ("nSilentSamples" in piece) pieces.push(piece);
        yield piece;
      }
    }
    const samples = await collect(tapped());
    return { samples, silences: pieces, warnings: audio.warnings, isReplayable: audio.isReplayable };
  } finally {
    await audio.dispose();
  }
}

describe.runIf(hasFfmpeg)("what is not decoded here (skipped without ffmpeg)", () => {
  test("sounds as it should, as a stream too, and can be read again", async () => {
    const path = make("plain.mka", "-i", SAMPLE, "-c:a", "wavpack");
    const { samples, warnings } = await decode(path);
    const original = await decode(SAMPLE);
    expect(warnings).toEqual([]);
    expect(isSame(samples, original.samples)).toBe(true);
    const streamed = await decode(new Blob([readFileSync(path)]).stream());
    expect(streamed.isReplayable).toBe(true);
    expect(isSame(streamed.samples, samples)).toBe(true);
  });

  test("a track that begins 5 s late", async () => {
    const sound = make("sound.mka", "-i", SAMPLE, "-t", "3", "-c:a", "ac3");
    const video = ["-f", "lavfi", "-i", "testsrc=s=64x64:r=5:d=9"];
    const path = make(
      "late.mkv",
      ...video,
      "-itsoffset",
      "5",
      "-i",
      sound,
      "-map",
      "0:v",
      "-map",
      "1:a",
      "-c:a",
      "copy",
    );
    const { samples, silences, warnings } = await decode(path);
    expect(warnings).toEqual([]);
    expect(silences).toEqual([{ nSilentSamples: 80_000 }]);
    expect(Math.abs(samples.length - 128_000)).toBeLessThan(1000);
  });

  test("a gap of two hours costs neither memory nor time", async () => {
    const jump = "aselect='lt(t,1)+gt(t,2)',asetpts='if(gt(T,1.5),PTS+7200/TB,PTS)'";
    const path = make("gap.mka", "-i", SAMPLE, "-t", "7203", "-af", jump, "-c:a", "ac3");
    const audio = await openAudio(path);
    let [silent, heard] = [0, 0];
    for await (const piece of audio) {
      if ("nSilentSamples" in piece) silent += piece.nSilentSamples;
      else heard += piece.length;
    }
    await audio.dispose();
    expect(Math.abs(silent / 16_000 - 7201)).toBeLessThan(0.2);
    expect(heard).toBeLessThan(16_000 * 12);
  });

  test("surround has the weights that it has elsewhere, and channels that cancel are noticed", async () => {
    const six = ["-filter_complex", "[0]pan=5.1|FL=0.1*c0|FR=0*c0|FC=c0|LFE=c0|BL=0.3*c0|BR=0*c0", "-t", "2"];
    const lossless = await decode(make("six.wav", "-i", SAMPLE, ...six));
    const foreign = await decode(make("six.tta.mkv", "-i", SAMPLE, ...six, "-c:a", "wavpack"));
    expect(foreign.samples.length).toBe(lossless.samples.length);
    const worst = foreign.samples.reduce(
      (most, x, i) => Math.max(most, Math.abs(x - lossless.samples[i]!)),
      0,
    );
    expect(worst).toBeLessThan(0.001);
    const turned = ["-af", "pan=stereo|c0=c0|c1=-1*c0", "-t", "2", "-c:a", "wavpack"];
    expect((await decode(make("turned.mkv", "-i", SAMPLE, ...turned))).warnings).toEqual([
      expect.stringMatching(/its channels cancel each other out; only channel 1 of 2 is used there$/),
    ]);
  });

  test("a kind of AAC that is not decoded here goes to ffmpeg too", async () => {
    const bytes = readFileSync(make("lc.aac", "-f", "lavfi", "-i", "sine=d=1", "-c:a", "aac"));
    // Scalable sample rate, as every frame's header says now.
    for (let at = 0; at + 7 <= bytes.length; ) {
      bytes[at + 2] = (bytes[at + 2]! & 0x3f) | 0x80;
      at += ((bytes[at + 3]! & 3) << 11) | (bytes[at + 4]! << 3) | (bytes[at + 5]! >> 5);
    }
    await expect(decode(bytes, "no-such-program")).rejects.toMatchObject({
      code: "audio-codec-unsupported",
      message: expect.stringMatching(
        /^buffer: contains .*AAC.*, which needs the program no-such-program, but/,
      ),
    });
  });

  test("stopped half way, ffmpeg is ended", async () => {
    const path = make("long.mka", "-f", "lavfi", "-i", "sine=d=600", "-c:a", "ac3");
    const abort = new AbortController();
    const audio = await openAudio(path, { signal: abort.signal });
    const pieces = audio[Symbol.asyncIterator]();
    await pieces.next();
    abort.abort();
    await expect(pieces.next()).rejects.toMatchObject({ code: "aborted" });
    await audio.dispose();
  });
});

describe.skipIf(process.platform === "win32")("an ffmpeg that does not work", () => {
  /** AC-3 by its description; its contents do not matter where ffmpeg is missing. */
  const foreign = () => {
    const box = (type: string, ...content: Uint8Array[]) => {
      const body = Buffer.concat(content);
      const head = Buffer.alloc(8);
      head.writeUInt32BE(8 + body.length);
      head.write(type, 4, "latin1");
      return Buffer.concat([head, body]);
    };
    const full = (...numbers: number[]) => {
      const bytes = Buffer.alloc(4 + 4 * numbers.length);
      for (const [i, number] of numbers.entries()) bytes.writeUInt32BE(number, 4 + 4 * i);
      return bytes;
    };
    const entry = box("ac-3", Buffer.from("0000000000000001000000000000000000020010000000003e800000", "hex"));
    const table = box(
      "stbl",
      box("stsd", full(1), entry),
      box("stts", full(0)),
      box("stsc", full(0)),
      box("stsz", full(0, 0)),
      box("stco", full(0)),
    );
    const media = box(
      "mdia",
      box("mdhd", full(0, 0, 16000, 0, 0)),
      box("hdlr", full(0), Buffer.from("soun"), Buffer.alloc(13)),
      box("minf", table),
    );
    const track = box("trak", box("tkhd", full(0, 0, 1, 0, 0), Buffer.alloc(60)), media);
    return Buffer.concat([
      box("ftyp", Buffer.from("isom\0\0\0\0isom")),
      box("moov", box("mvhd", full(0, 0, 1000, 0), Buffer.alloc(80)), track),
    ]);
  };

  function program(text: string, mode = 0o755): string {
    const path = join(folder, `program-${readdirSync(folder).length}`);
    writeFileSync(path, `#!/bin/sh\n${text}\n`);
    chmodSync(path, mode);
    return path;
  }

  const cases: [string, () => string, string, RegExp][] = [
    [
      "is missing",
      () => "no-such-program",
      "audio-codec-unsupported",
      /contains AC-3, which needs the program no-such-program, but it is not on the PATH$/,
    ],
    [
      "may not be run",
      () => program("exit 0", 0o644),
      "audio-codec-unsupported",
      /but it could not be started \(EACCES\)$/,
    ],
    [
      "fails",
      () => program("echo 'it is all wrong' >&2; exit 1"),
      "audio-corrupt",
      /nothing in it could be decoded \(ffmpeg: it is all wrong\)$/,
    ],
    [
      "says nothing at all",
      () => program("exit 0"),
      "audio-corrupt",
      /nothing in it could be decoded \(ffmpeg: silent\)$/,
    ],
    [
      "finds no sound",
      () => program("echo 'Output file #0 does not contain any stream' >&2; exit 1"),
      "audio-no-track",
      /has no audio track$/,
    ],
    [
      "is killed",
      () => program("kill -9 $$"),
      "process-failed",
      /was ended by SIGKILL before everything was decoded$/,
    ],
  ];
  test.each(cases)("%s", async (_, ffmpeg, code, message) => {
    const error = await decode(foreign(), ffmpeg()).catch((error: unknown) => error);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message), hint: expect.any(String) });
    expect((error as Error).message).not.toContain("\n");
  });

  test.each([
    ["talk.mp3", "talk.mp3: not a recording, despite its name"],
    ["stream", "stream: not a recording"],
  ])(
    "the error for %s that ffmpeg cannot read speaks of a name only where there is one",
    async (name, message) => {
      const text = new File([Buffer.from("This is a letter, not a recording. ".repeat(300))], name);
      const read = decode(text, program("echo 'Invalid data' >&2; exit 1"));
      await expect(read).rejects.toMatchObject({ code: "audio-unrecognised", message });
    },
  );

  test("the error for an unknown file names the known formats", async () => {
    const text = Buffer.from("This is a letter, not a recording. ".repeat(300));
    await expect(decode(text, "no-such-program")).rejects.toMatchObject({
      code: "audio-unrecognised",
      message: expect.stringMatching(/not a recording in a known format \(WAV, FLAC, .*MP3\)$/),
      hint: expect.stringMatching(/no-such-program, but it is not on the PATH. Install ffmpeg/),
    });
  });
});
