import { describe, expect, it } from "vitest";
import { clock, type Status, statusText } from "./status-text.js";
import { textWidth } from "./text-width.js";

const line = (status: Status, now: number, columns: number, atFraction = now) => {
  const { head, bar, tail } = statusText(status, { now, atFraction }, columns, 0);
  return head + bar + tail;
};
const talk = { count: "2/7", name: "recordings/talk.mp3", doing: "listening", fraction: 0.25 };

describe("a status line", () => {
  it("shows the recording, its progress and the time left", () => {
    expect(line(talk, 10, 79)).toBe("- 2/7 recordings/talk.mp3 ██████░░░░░░░░░░░░░░░░░░ 25% 0:30 left");
  });

  it("counts down between two fractions, and never to nothing", () => {
    expect(line(talk, 22, 79, 10)).toMatch(/ 25% 0:18 left$/);
    expect(line(talk, 99, 79, 10)).toMatch(/ 25% 0:01 left$/);
  });

  it("shows the work and its duration while the progress is unknown", () => {
    expect(line({ ...talk, count: "", fraction: null }, 3, 79)).toBe("- recordings/talk.mp3 listening… 0:03");
    expect(line({ ...talk, fraction: 0 }, 3, 79)).toBe("- 2/7 recordings/talk.mp3 listening… 0:03");
  });

  it("gives no time left in the first second or at the end", () => {
    expect(line(talk, 0.5, 79)).toMatch(/ 25%$/);
    expect(line({ ...talk, fraction: 1 }, 50, 79)).toMatch(/█ 100%$/);
  });

  it("is cut in a narrow terminal: the name, then the bar, then the rest", () => {
    expect(line(talk, 10, 39)).toBe("- 2/7 recor….mp3 ██░░░░░░ 25% 0:30 left");
    expect(line(talk, 10, 20)).toBe("- 2/7 25% 0:30 left");
    expect(line(talk, 10, 9)).toBe("25% …left");
  });

  it("never takes more columns than there are, whatever the name", () => {
    const names = [
      "",
      "a",
      "x".repeat(300),
      "会議の録音".repeat(20),
      "👩‍👩‍👧‍👦".repeat(9),
      "e\u0301".repeat(99),
    ];
    for (const name of names)
      for (const fraction of [null, 0, 0.004, 0.5, 1])
        for (const count of ["", "99/100"])
          for (let columns = 1; columns < 130; columns++) {
            const text = line({ count, name, doing: "listening", fraction }, 12345, columns);
            expect(textWidth(text), `${name} in ${columns}`).toBeLessThanOrEqual(columns);
          }
  });
});

it.each([
  [0.4, "0:00"],
  [59.6, "1:00"],
  [3599, "59:59"],
  [3723, "1:02:03"],
])("%d seconds are %s", (seconds, text) => expect(clock(seconds)).toBe(text));
