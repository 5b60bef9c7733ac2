import { expect, test } from "vitest";
import { LossCounter } from "./loss-counter.js";

const second = 1000;

test("the third time within a minute is too often", () => {
  const losses = new LossCounter();
  const outcomes = [0, 20, 59].map((at) => {
    losses.progress();
    losses.add(at * second);
    return losses.tooMany(at * second);
  });
  expect(outcomes).toEqual([false, false, true]);
  expect(losses.tooMany(60 * second)).toBe(false); // a minute after the first
});

test("so is the third time in a row, however long it takes", () => {
  const losses = new LossCounter();
  const outcomes = [0, 100, 200].map((at) => {
    losses.add(at * second);
    return losses.tooMany(at * second);
  });
  expect(outcomes).toEqual([false, false, true]);
  losses.progress();
  expect(losses.tooMany(200 * second)).toBe(false);
});

test("another device starts the count again", () => {
  const losses = new LossCounter();
  for (let i = 0; i < 3; i++) losses.add(0);
  losses.clear();
  expect(losses.tooMany(0)).toBe(false);
});
