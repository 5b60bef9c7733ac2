import { describe, expect, test } from "vitest";
import { box, fullBox, indexFirst, moov, trak, u32 } from "./cases.js";
import { ALL, close, DATA, demux, index, numbers, shape, starts } from "./testing/recordings.js";

describe("edits", () => {
  const edited = async (...edits: [number, number][]) =>
    (await demux(indexFirst(index({ edits }), DATA))).packets;

  test("an empty one is a late start beside pictures", async () => {
    const late = (at: number) =>
      moov(
        7560,
        trak(
          shape(at, {
            edits: [
              [5000, -1],
              [2560, 0],
            ],
          }),
        ),
        trak({ id: 2, kind: "vide" }),
      );
    expect((await demux(indexFirst(late, DATA))).packets[0]).toMatchObject({
      startSeconds: 5,
      stopSeconds: expect.closeTo(7.56, 9),
    });
    // Players begin where the first track does.
    expect((await edited([5000, -1], [2560, 0]))[0]).toMatchObject({ startSeconds: 0 });
  });

  test("the encoder's delay is skipped, and what is behind the edit not played", async () => {
    const packets = await edited([1000, 64]);
    expect(packets[0]).toMatchObject({ startSeconds: -0.064, skipSeconds: 0.064, stopSeconds: 1 });
    expect(packets[1]).not.toHaveProperty("skipSeconds");
    expect(numbers(packets)).toEqual(ALL.slice(0, 17)); // 64 to 1064 ms of the track
  });

  test("several, each with some packets before it for the decoder", async () => {
    const packets = await edited([100, 0], [100, 1280]);
    expect(numbers(packets)).toEqual([0, 1, 16, 17, 18, 19, 20, 21]);
    const second = packets.findIndex(({ skipSeconds }) => skipSeconds !== undefined);
    const { startSeconds, skipSeconds, stopSeconds } = packets[second]!;
    expect([startSeconds! + skipSeconds!, stopSeconds]).toEqual(close(0.1, 0.2));
  });

  test("going back in a stream asks for all of it", async () => {
    const bytes = indexFirst(
      index({
        edits: [
          [100, 1280],
          [100, 0],
        ],
      }),
      DATA,
    );
    expect(numbers((await demux(bytes)).packets).slice(-2)).toEqual([0, 1]);
    await expect(demux(bytes, true)).rejects.toThrow("needs the whole file");
  });

  test("iTunes' tag where there is no edit", async () => {
    const name = (value: string, type: string) => fullBox(type, 0, 0, Buffer.from(value));
    const value = " 00000000 00000840 000001CA 00000000000009C6 00000000 00000000";
    const tag = box(
      "----",
      name("com.apple.iTunes", "mean"),
      name("iTunSMPB", "name"),
      fullBox("data", 0, 1, u32(0), Buffer.from(value)),
    );
    const udta = box("udta", fullBox("meta", 0, 0, box("ilst", tag)));
    const gap = { rate: 16000, durations: [[40, 1024]] as const };
    const [first] = (await demux(indexFirst(index(gap, udta), DATA))).packets;
    expect(first).toMatchObject({
      startSeconds: -0x840 / 16000,
      skipSeconds: 0x840 / 16000,
      stopSeconds: 0x9c6 / 16000,
    });
    const edits = [[2560, 1024]] as const;
    expect((await demux(indexFirst(index({ ...gap, edits }, udta), DATA))).packets[0]).toMatchObject({
      skipSeconds: 0.064,
    });
  });

  test("a pause in the table of durations is a gap", async () => {
    const { packets } = await demux(
      indexFirst(
        index({
          durations: [
            [1, 64],
            [1, 10_000],
            [38, 64],
          ],
        }),
        DATA,
      ),
    );
    expect(starts(packets).slice(0, 3)).toEqual(close(0, 0.064, 10.064));
  });
});
