import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Watchdog } from "./watchdog.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watch(limitMs: () => number = () => 1000) {
  const onSilence = vi.fn();
  return { watchdog: new Watchdog(limitMs, onSilence), onSilence };
}

test("silence that is too long is reported once", () => {
  const { watchdog, onSilence } = watch();
  watchdog.start();
  vi.advanceTimersByTime(1000);
  expect(onSilence).not.toHaveBeenCalled();
  vi.advanceTimersByTime(10_000);
  expect(onSilence).toHaveBeenCalledOnce();
  expect(onSilence.mock.calls[0]![0]).toBeGreaterThan(1000);
});

test("signs of life and the end of work prevent a report", () => {
  const { watchdog, onSilence } = watch();
  watchdog.start();
  for (let i = 0; i < 10; i++) {
    vi.advanceTimersByTime(900);
    watchdog.sign();
    watchdog.start(); // more work changes nothing
  }
  watchdog.stop();
  vi.advanceTimersByTime(10_000);
  expect(onSilence).not.toHaveBeenCalled();
});

test("the limit may grow while it waits", () => {
  let limitMs = 1000;
  const { watchdog, onSilence } = watch(() => limitMs);
  watchdog.start();
  vi.advanceTimersByTime(900);
  limitMs = 5000;
  vi.advanceTimersByTime(4000);
  expect(onSilence).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1000);
  expect(onSilence).toHaveBeenCalledOnce();
});

test("a blocked event loop does not count as silence", () => {
  const { watchdog, onSilence } = watch();
  watchdog.start();
  const now = vi.spyOn(performance, "now");
  now.mockReturnValue(performance.now() + 60_000); // a minute passes, then one tick comes
  vi.advanceTimersByTime(100);
  expect(onSilence).not.toHaveBeenCalled();
  now.mockRestore();
});
