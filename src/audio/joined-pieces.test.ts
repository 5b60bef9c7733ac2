import { expect, test } from "vitest";
import { JoinedPieces } from "./joined-pieces.js";
import { lengthOf, type Pcm } from "./pcm.js";

const pcm = (nSamples: number, sampleRate = 8000, speakers: Pcm["speakers"] = ["FL", "FR"]): Pcm => {
  const values = Float32Array.from({ length: nSamples }, (_, i) => nSamples + i);
  return {
    channels: speakers!.map((_, c) => values.map((value) => value * (1 - 2 * c))),
    sampleRate,
    speakers,
  };
};

test("short pieces of one kind are joined; long ones, gaps, other rates and other layouts end what was begun", () => {
  const pieces = new JoinedPieces(10);
  const taken = [
    ...[pcm(4), pcm(4), pcm(4), pcm(3), { silentSeconds: 1 }, pcm(3), pcm(20)],
    ...[pcm(2), pcm(3, 16000), pcm(2, 16000, ["FL", "FC"]), pcm(2, 16000, ["FC"])],
  ].flatMap((piece) => pieces.push(piece));
  const lengths = [...taken, ...pieces.flush()].map((piece) =>
    "channels" in piece ? lengthOf(piece) : -piece.silentSeconds,
  );
  expect(lengths).toEqual([12, 3, -1, 3, 20, 2, 3, 2, 2]);
});

test("every channel keeps its samples, in their order", () => {
  const pieces = new JoinedPieces(5);
  expect(pieces.push(pcm(2))).toEqual([]);
  const [joined] = pieces.push(pcm(3));
  const left = [2, 3, 3, 4, 5];
  expect((joined as Pcm).channels.map((channel) => [...channel])).toEqual([
    left,
    left.map((value) => -value),
  ]);
  expect(pieces.flush()).toEqual([]);
});
