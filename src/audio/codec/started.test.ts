import { expect, test, vi } from "vitest";
import { quietly } from "./quietly.js";
import { started } from "./started.js";

test("a decoder that never becomes ready is an error, not a hang; one that is ready leaves no timer", async () => {
  vi.useFakeTimers();
  try {
    const waiting = started({ ready: new Promise(() => {}) });
    const failing = expect(waiting).rejects.toMatchObject({
      code: "internal",
      message: expect.stringContaining("start"),
    });
    await vi.advanceTimersByTimeAsync(60_000);
    await failing;
    const decoder = { ready: Promise.resolve() };
    expect(await started(decoder)).toBe(decoder);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test("a decoder's output is suppressed, and the console is restored, after an error too", () => {
  const methods = ["log", "warn", "error"] as const;
  const printed = methods.map((method) => vi.spyOn(console, method).mockImplementation(() => {}));
  const before = methods.map((method) => console[method]);
  const fail = () => {
    for (const method of methods) console[method]("noise");
    throw new RangeError("x");
  };
  expect(() => quietly(fail)).toThrow(RangeError);
  for (const spy of printed) expect(spy).not.toHaveBeenCalled();
  expect(methods.map((method) => console[method])).toEqual(before);
  for (const spy of printed) spy.mockRestore();
});
