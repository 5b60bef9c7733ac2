import { expect, it } from "vitest";
import { demux, recording } from "../codec/aac/testing/recordings.js";
import { adts } from "./adts.js";
import { readAdtsHeader } from "./adts-header.js";
import { join, memorySource, TAGS } from "./cases.js";
import { DamageReport } from "./damage-report.js";

const MUSIC = recording("music");
const SPEECH = recording("speech");

it("a stream is read forward, a packet a frame, with the header the codec needs", async () => {
  const { packets, damage } = await demux(SPEECH, true);
  expect(packets.length).toBe(14);
  expect(packets[0]).toMatchObject({
    startSeconds: null,
    track: { codec: "aac", sampleRate: 16000, nChannels: 1 },
  });
  // LC, 16000 Hz, mono
  expect([...packets[0]!.track.header]).toEqual([0x14, 0x08]);
  expect(packets.reduce((sum, { data }) => sum + data.length + 7, 0)).toBe(SPEECH.length);
  expect(packets.every(({ track }) => track === packets[0]!.track)).toBe(true);
  expect(damage).toMatchObject({ nDamaged: 0, isCutOff: false });
});

it.each([...Object.entries(TAGS), ["APEv2 and ID3v1", join(TAGS.APEv2!, TAGS.ID3v1!)] as const])(
  "%s behind the last frame and between two is no damage",
  async (_, tag) => {
    // Between frames a zero or two may be damage too.
    const bytes = tag.length < 8 ? [SPEECH, SPEECH, tag] : [SPEECH, tag, SPEECH, tag];
    const { packets, damage } = await demux(join(...bytes));
    expect(packets.length).toBe(28);
    expect(damage).toMatchObject({ nDamaged: 0, isCutOff: false });
  },
);

it.each([
  {
    name: "a tag",
    junk: Buffer.concat([Buffer.from("ID3\x04\0\0\0\0\0\x20"), new Uint8Array(32)]),
    nDamaged: 0,
  },
  { name: "other bytes", junk: Buffer.from("these are no frames of sound"), nDamaged: 1 },
  { name: "what looks like a header", junk: SPEECH.subarray(0, 9), nDamaged: 1 },
])("$name between frames: all frames are found", async ({ junk, nDamaged }) => {
  const at = frameStarts(SPEECH)[6]!;
  const { packets, damage } = await demux(Buffer.concat([SPEECH.subarray(0, at), junk, SPEECH.subarray(at)]));
  const whole = (await demux(SPEECH)).packets.map(({ data }) => Buffer.from(data).toString("hex"));
  const found = packets.map(({ data }) => Buffer.from(data).toString("hex"));
  expect(whole.filter((hex) => !found.includes(hex))).toEqual([]);
  expect(damage).toMatchObject({ nDamaged, isCutOff: false });
});

it("a frame whose size is wrong costs at most itself", async () => {
  const starts = frameStarts(SPEECH);
  for (const change of [1, 0x10, 0x80]) {
    const bytes = Uint8Array.from(SPEECH);
    bytes[starts[5]! + 4]! ^= change;
    const { packets, damage } = await demux(bytes);
    const found = packets.map(({ data }) => Buffer.from(data).toString("hex"));
    const whole = (await demux(SPEECH)).packets.map(({ data }) => Buffer.from(data).toString("hex"));
    expect(whole.filter((hex, i) => i !== 5 && !found.includes(hex))).toEqual([]);
    expect(damage.nDamaged).toBe(1);
    expect(damage.isCutOff).toBe(false);
  }
});

it.each([1, 5, 7, 100])("cut off %d bytes before the end", async (nBytes) => {
  const { packets, damage } = await demux(SPEECH.subarray(0, SPEECH.length - nBytes));
  expect(packets.length).toBe(13);
  expect(damage).toMatchObject({ nDamaged: 0, isCutOff: true });
});

it("cut off within a header", async () => {
  const { packets, damage } = await demux(SPEECH.subarray(0, frameStarts(SPEECH).at(-1)! + 3));
  expect(packets.length).toBe(13);
  expect(damage).toMatchObject({ nDamaged: 0, isCutOff: true });
});

it("rate and channels change midway: another track", async () => {
  const { packets, damage } = await demux(Buffer.concat([SPEECH, MUSIC, SPEECH]));
  expect(packets.length).toBe(14 + 34 + 14);
  const rates = packets.map(({ track }) => [track.sampleRate, track.nChannels]);
  expect([rates[0], rates[13], rates[14], rates[47], rates[48]]).toEqual([
    [16000, 1],
    [16000, 1],
    [44100, 2],
    [44100, 2],
    [16000, 1],
  ]);
  expect(new Set(packets.map(({ track }) => track)).size).toBe(3);
  expect(damage).toMatchObject({ nDamaged: 0, isCutOff: false });
});

it("checksums are left out, and several blocks of a frame with checksums are parted", async () => {
  const plain = (await demux(SPEECH)).packets.map(({ data }) => Buffer.from(data));
  const single = Buffer.concat(
    plain.map((data) => Buffer.concat([header(data.length + 9, 1), Buffer.alloc(2), data])),
  );
  expect((await demux(single)).packets.map(({ data }) => Buffer.from(data))).toEqual(plain);
  const frames: Buffer[] = [];
  for (let i = 0; i + 2 <= plain.length; i += 2) {
    const [first, second] = [plain[i]!, plain[i + 1]!];
    const position = Buffer.from([(first.length + 2) >> 8, (first.length + 2) & 255]);
    const checksum = Buffer.alloc(2);
    const body = Buffer.concat([position, checksum, first, checksum, second, checksum]);
    frames.push(header(7 + body.length, 2), body);
  }
  expect((await demux(Buffer.concat(frames))).packets.map(({ data }) => Buffer.from(data))).toEqual(plain);
});

it("the duration is guessed from the size", async () => {
  const demuxer = await adts.open(memorySource(MUSIC), 0, new DamageReport());
  expect(demuxer.durationSeconds).toBeCloseTo((34 * 1024) / 44100, 6);
  const stream = await adts.open(
    memorySource(join(...new Array<Uint8Array>(10).fill(MUSIC)), true),
    0,
    new DamageReport(),
  );
  expect(stream.durationSeconds).toBeNull();
});

it("recognised: whole and cut-off recordings, single frames, junk in front", () => {
  const starts = frameStarts(SPEECH);
  expect(adts.recognise(SPEECH, true)).toBe(0);
  expect(adts.recognise(SPEECH.subarray(0, starts[1]), true)).toBe(0);
  expect(adts.recognise(SPEECH.subarray(0, starts[1]! + 3), true)).toBeNull();
  expect(adts.recognise(SPEECH.subarray(0, starts[2]! + 20), true)).toBe(0);
  expect(adts.recognise(SPEECH.subarray(100), true)).toBe(starts[1]! - 100);
});

it("not recognised: noise, set bits, MP3", () => {
  let state = 1;
  const noise = Uint8Array.from({ length: 65536 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state >>> 24;
  });
  expect(adts.recognise(noise, false)).toBeNull();
  expect(adts.recognise(new Uint8Array(65536).fill(255), false)).toBeNull();
  const mp3 = Uint8Array.from({ length: 4170 }, (_, i) => [0xff, 0xfb, 0x90, 0x64][i % 417] ?? 0);
  expect(adts.recognise(mp3, true)).toBeNull();
});

it("reading any bytes ends", async () => {
  let state = 7;
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let round = 0; round < 300; round++) {
    const bytes = Buffer.concat([SPEECH, MUSIC]);
    for (let i = random(40); i >= 0; i--) bytes[random(bytes.length)] = random(256);
    const damage = new DamageReport();
    const demuxer = await adts.open(memorySource(bytes, true), 0, damage);
    let nBytes = 0;
    if ("packets" in demuxer) for await (const { data } of demuxer.packets()) nBytes += data.length;
    expect(nBytes).toBeLessThanOrEqual(bytes.length);
  }
});

/** A header of LC, 16000 Hz, mono, with checksum. */
function header(frameBytes: number, nBlocks: number): Buffer {
  return Buffer.from([
    0xff,
    0xf0,
    0x60,
    0x40 | (frameBytes >> 11),
    (frameBytes >> 3) & 255,
    ((frameBytes & 7) << 5) | 0x1f,
    0xfc | (nBlocks - 1),
  ]);
}

function frameStarts(bytes: Uint8Array): number[] {
  const starts: number[] = [];
  for (let at = 0; at < bytes.length; at += readAdtsHeader(bytes, at)!.frameBytes) starts.push(at);
  return starts;
}
