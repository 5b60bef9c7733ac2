import { describe, expect, test } from "vitest";
import type { PacketDecoder } from "./codec/codec.js";
import { DamageReport } from "./demux/damage-report.js";
import type { Packet, Track } from "./packet.js";
import { lengthOf } from "./pcm.js";
import { onTimeline } from "./timeline.js";

const RATE = 1000;
const track = (sampleRate = RATE): Track => ({
  codec: "pcm",
  header: new Uint8Array(0),
  sampleRate,
  nChannels: 1,
  speakers: null,
});
const TRACK = track();

/** A packet of `data.length` samples, whose values are its bytes. */
type Times = Partial<Omit<Packet, "data">>;
function packet(nSamples: number, startSeconds: number | null, times: Times = {}): Packet {
  const data = Uint8Array.from({ length: nSamples }, (_, i) => i % 256);
  return { track: TRACK, data, startSeconds, ...times };
}

interface Log {
  nOpened: number;
  nFreed: number;
  nReset: number;
}

/** One sample a byte; `isLate`: each packet's sound comes with the next, as some codecs do. */
function decoder(log: Log, { sampleRate }: Track, isLate: boolean): PacketDecoder {
  log.nOpened += 1;
  let held: Uint8Array | null = null;
  const pcm = (data: Uint8Array | null) =>
    data === null ? null : { channels: [Float32Array.from(data)], sampleRate, speakers: null };
  return {
    nDamaged: 1,
    decode: (data) => {
      if (!isLate) return pcm(data);
      const before = held;
      held = data;
      return pcm(before);
    },
    flush: () => pcm(held),
    reset: () => {
      log.nReset += 1;
      held = null;
    },
    free: () => {
      log.nFreed += 1;
    },
  };
}

async function* listed(packets: Packet[]) {
  yield* packets;
}

/** The timeline as text: "100" is that many samples, "-0.5" that many seconds of gap. */
async function played(packets: Packet[], isLate = false) {
  const log: Log = { nOpened: 0, nFreed: 0, nReset: 0 };
  const damage = new DamageReport();
  const pieces = [];
  const open = async (track: Track) => decoder(log, track, isLate);
  for await (const piece of onTimeline(listed(packets), open, damage, 0)) pieces.push(piece);
  const text = pieces
    .map((piece) => ("silentSeconds" in piece ? `-${piece.silentSeconds.toFixed(3)}` : `${lengthOf(piece)}`))
    .join(" ");
  const first = pieces.find((piece) => "channels" in piece);
  return { text, damage, log, firstSample: first?.channels[0]?.[0] };
}

describe("where sound is put", () => {
  const cases: [string, Packet[], string][] = [
    ["without times, one behind the other", [packet(100, null), packet(50, null)], "100 50"],
    ["with times that fit", [packet(100, 0), packet(100, 0.1), packet(100, 0.2)], "100 100 100"],
    [
      "a first time that is told exactly, later ones that are rounded and drift a little",
      [packet(100, 0.007), packet(100, 0.19), packet(100, 0.13)],
      "-0.007 100 100 100",
    ],
    ["a late start", [packet(100, 5), packet(100, 5.1)], "-5.000 100 100"],
    ["a gap", [packet(100, 0), packet(100, 10), packet(100, 10.1)], "100 -9.900 100 100"],
    [
      "a gap of many lost packets",
      [0, 1, 2, 3, 4, 5, 6].map((i) => packet(50, i * 0.1)),
      "50 50 50 -0.150 50 50 50 -0.150 50",
    ],
    ["an overlap: the first one counts", [packet(500, 0), packet(300, 0.3)], "500 100"],
    ["a packet that is there already", [packet(500, 0), packet(100, 0.1), packet(100, 0.5)], "500 100"],
    [
      "a clock that starts again",
      [packet(100, 50), packet(100, 0), packet(100, 0.1), packet(100, 1)],
      "-50.000 100 100 100 -0.800 100",
    ],
    ["before 0", [packet(100, -0.25), packet(100, -0.15), packet(100, -0.05), packet(100, 0.05)], "50 100"],
    [
      "skipped, without times",
      [packet(100, null, { skipSeconds: 0.15 }), packet(100, null), packet(100, null)],
      "50 100",
    ],
    [
      "skipped, with times before 0",
      [packet(100, -0.03, { skipSeconds: 0.03 }), packet(100, 0.07)],
      "70 100",
    ],
    ["padding at the end", [packet(100, null), packet(100, null, { discardSeconds: 0.04 })], "100 60"],
    ["more padding than sound", [packet(100, null), packet(100, null, { discardSeconds: 4 })], "100"],
    [
      "a stop",
      [packet(100, null, { stopSeconds: 0.15 }), packet(100, null, { stopSeconds: 0.15 }), packet(100, null)],
      "100 50 100",
    ],
    ["nothing", [], ""],
  ];
  test.each(cases)("%s", async (_, packets, expected) => {
    const { text, log, damage } = await played(packets);
    expect(text).toBe(expected);
    expect(log.nFreed).toBe(log.nOpened);
    expect(damage.nDamaged).toBe(log.nOpened);
  });

  test("what is cut at the front is the front", async () => {
    expect((await played([packet(100, -0.04)])).firstSample).toBe(40);
    expect((await played([packet(100, null, { skipSeconds: 0.03 })])).firstSample).toBe(30);
  });

  test("a codec that gives its sound late", async () => {
    expect((await played([packet(100, null), packet(80, null), packet(60, null)], true)).text).toBe(
      "100 80 60",
    );
  });
});

test("another track object is another decoder; a skip ends with its track", async () => {
  const other = track(500);
  const { text, log } = await played([
    packet(100, null, { skipSeconds: 9 }),
    packet(100, null, { track: other, skipSeconds: 0.1 }),
    packet(100, null, { track: other }),
  ]);
  expect(text).toBe("50 100");
  expect(log).toEqual({ nOpened: 2, nFreed: 2, nReset: 0 });
});

test("after a long gap the codec starts again; after a short one, as DTX leaves them, it does not", async () => {
  expect((await played([packet(100, 0), packet(100, 0.5), packet(100, 0.9)])).log.nReset).toBe(0);
  expect((await played([packet(100, 0), packet(100, 5), packet(100, 10)])).log.nReset).toBe(2);
  const { text, log } = await played(
    [0, 0.1, 5, 5.1, 5.2].map((start) => packet(100, start)),
    true,
  );
  expect(log.nReset).toBe(1);
  expect(text).toBe("-0.100 100 -4.900 100 100 100"); // the first packet gave no sound, as with Vorbis
});

test("a time that is invalid is damage, and costs nothing", async () => {
  for (const time of [1e9, Number.NaN, Number.POSITIVE_INFINITY]) {
    const { text, damage } = await played([packet(100, 0), packet(100, time), packet(100, 0.2)]);
    expect(text, `${time}`).toMatch(/^100 100( 100)?$/);
    expect(damage.nDamaged).toBe(2);
  }
});

test("decoders are freed when the reader stops half way", async () => {
  const log: Log = { nOpened: 0, nFreed: 0, nReset: 0 };
  const open = async (track: Track) => decoder(log, track, false);
  for await (const _ of onTimeline(listed([packet(1, null), packet(1, null)]), open, new DamageReport()))
    break;
  expect(log.nFreed).toBe(1);
});
