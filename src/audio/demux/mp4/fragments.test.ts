import { describe, expect, test } from "vitest";
import { DamageReport } from "../damage-report.js";
import { FTYP, fragment, moov, mvex, trak, u32 } from "./cases.js";
import { AAC, ALL, AUDIO, close, demux, numbers, PACKET_SECONDS, starts } from "./testing/recordings.js";

describe("fragments", () => {
  const head = (...edits: [number, number][]) =>
    Buffer.concat([
      FTYP,
      moov(0, trak({ descriptions: [AAC], ...(edits.length > 0 ? { edits } : {}) }), mvex(1, 64, 0)),
    ]);
  const parts = (from = 0) =>
    [0, 1, 2, 3].map((i) => fragment(1, from + 640 * i, AUDIO.slice(10 * i, 10 * i + 10)));
  const FRAGMENTED = Buffer.concat([head(), ...parts()]);

  test.each([false, true])("are read forward (stream: %s)", async (isStream) => {
    const { opened, packets, damage } = await demux(FRAGMENTED, isStream);
    expect(opened.durationSeconds).toBeNull();
    expect(packets.map(({ data }) => Buffer.from(data))).toEqual(AUDIO);
    expect(starts(packets)).toEqual(close(...ALL.map((i) => i * PACKET_SECONDS)));
    expect(damage).toEqual(new DamageReport());
  });

  test("begin anywhere, may jump, and may not say when", async () => {
    const live = Buffer.concat([head(), ...parts(1e12)]);
    expect(starts((await demux(live)).packets)[39]).toBeCloseTo(39 * PACKET_SECONDS, 3);
    const [a, b] = [AUDIO[0]!, AUDIO[1]!];
    const jump = Buffer.concat([head(), fragment(1, 0, [a]), fragment(1, 9000, [b]), fragment(1, null, [a])]);
    expect(starts((await demux(jump)).packets)).toEqual(close(0, 9, 9.064));
  });

  test("of sound that begins after the pictures", async () => {
    const both = moov(0, trak({ descriptions: [AAC] }), trak({ id: 2, kind: "vide" }), mvex(1, 64, 0));
    const bytes = Buffer.concat([
      FTYP,
      both,
      fragment(1, 3000, [AUDIO[0]!]),
      fragment(2, 1000, [Buffer.alloc(9)]),
    ]);
    expect(starts((await demux(bytes)).packets)).toEqual(close(2));
  });

  test("play what an edit leaves out at their start", async () => {
    const bytes = Buffer.concat([head([0, 64]), ...parts()]);
    const { packets } = await demux(bytes);
    expect(starts(packets).slice(0, 2)).toEqual(close(0, 0.064));
    expect(packets[0]).not.toHaveProperty("skipSeconds");
  });

  test.each([false, true])("one with a broken size costs itself (stream: %s)", async (isStream) => {
    const damaged = Buffer.concat([
      head(),
      ...parts().map((part, i) => (i === 1 ? Buffer.concat([u32(7), part.subarray(4)]) : part)),
    ]);
    const { packets, damage } = await demux(damaged, isStream);
    expect(numbers(packets)).toEqual([...ALL.slice(0, 10), ...ALL.slice(20)]);
    expect(damage).toMatchObject({ nDamaged: 1, isCutOff: false });
  });

  test.each([false, true])("cut off, they are read as far as they go (stream: %s)", async (isStream) => {
    for (let length = FRAGMENTED.length - 1; length > FRAGMENTED.length - 770; length -= 13) {
      const { packets, damage } = await demux(FRAGMENTED.subarray(0, length), isStream);
      expect(numbers(packets)).toEqual(ALL.slice(0, packets.length));
      expect(packets.length).toBeGreaterThan(29);
      expect(damage.isCutOff).toBe(true);
    }
  });
});
