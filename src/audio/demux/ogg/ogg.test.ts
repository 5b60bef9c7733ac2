import { describe, expect, test } from "vitest";
import { correlation } from "../../cases.js";
import { changedPage, decode, frequency, join, oggPagesOf, read, TAGS } from "../cases.js";

const OPUS = read("samples/morning-garden.opus");
const VORBIS = read("test/data/tone-440-16000.ogg");
const PAGES = oggPagesOf(OPUS);
const LAST = PAGES.length - 1;

/** The last page's end flag taken away. */
const withoutEnd = (bytes: Uint8Array) => {
  const pages = oggPagesOf(bytes);
  const last = changedPage(pages.at(-1)!, (view) => view.setUint8(5, view.getUint8(5) & ~4));
  return join(...pages.slice(0, -1), last);
};
const granuleOf = (page: Uint8Array) => Number(new DataView(page.buffer).getBigInt64(6, true));
const positioned = (page: Uint8Array, change: (granule: bigint) => bigint) =>
  changedPage(page, (view) => view.setBigInt64(6, change(view.getBigInt64(6, true)), true));

test("Vorbis: the length its last page says, and the tone", async () => {
  const { samples, warnings } = await decode(VORBIS);
  expect(warnings).toEqual([]);
  expect(samples.length).toBe(8000);
  expect(Math.abs(frequency(samples) - 440)).toBeLessThan(3);
  const tone = Float32Array.from(samples, (_, i) => Math.sin((2 * Math.PI * 440 * i) / 16000));
  expect(correlation(samples.subarray(200, -200), tone.subarray(200, -200))).toBeGreaterThan(0.99);
});

describe("chains", () => {
  const links: [string, Uint8Array, Uint8Array][] = [
    ["Opus twice", OPUS, OPUS],
    ["Vorbis twice", VORBIS, VORBIS],
    ["Opus, then Vorbis", OPUS, VORBIS],
    ["Vorbis, then Opus", VORBIS, OPUS],
  ];
  test.each(links)("%s", async (_, first, second) => {
    const [a, b] = [await decode(first), await decode(second)];
    const { samples, warnings } = await decode(join(first, second));
    expect(warnings).toEqual([]);
    expect(Math.abs(samples.length - a.samples.length - b.samples.length)).toBeLessThanOrEqual(1);
  });

  test.each(links)("%s, where the first does not say that it ends", async (_, first, second) => {
    const [a, b] = [await decode(withoutEnd(first)), await decode(second)];
    const { samples, warnings } = await decode(join(withoutEnd(first), second));
    expect(warnings).toEqual([]);
    expect(Math.abs(samples.length - a.samples.length - b.samples.length)).toBeLessThanOrEqual(1);
    expect(correlation(samples.subarray(-b.samples.length), b.samples)).toBeGreaterThan(0.99);
  });
});

test("a missing end flag costs nothing but the end's exact place", async () => {
  const whole = await decode(OPUS);
  const { samples, warnings } = await decode(withoutEnd(OPUS));
  expect(warnings).toEqual([]);
  expect(samples.length - whole.samples.length).toBeGreaterThanOrEqual(0);
  expect(samples.length - whole.samples.length).toBeLessThan(2 * 320);
});

test.each(Object.entries(TAGS))("%s between links and after the last is not damage", async (_, tag) => {
  const once = await decode(OPUS);
  const { samples, warnings } = await decode(join(OPUS, tag, OPUS, tag));
  expect(warnings).toEqual([]);
  expect(Math.abs(samples.length - 2 * once.samples.length)).toBeLessThanOrEqual(1);
});

describe("holes", () => {
  const middle = 4;
  const lostSeconds = (granuleOf(PAGES[middle]!) - granuleOf(PAGES[middle - 1]!)) / 48000;

  test("a page that is missing is a gap of its length, and damage", async () => {
    const whole = await decode(OPUS);
    const { samples, warnings } = await decode(join(...PAGES.filter((_, i) => i !== middle)));
    expect(warnings).toEqual(["buffer: skipped 1 damaged part"]);
    expect(Math.abs(samples.length - whole.samples.length)).toBeLessThan(0.03 * 16000);
    expect(correlation(samples.subarray(-16000), whole.samples.subarray(-16000))).toBeGreaterThan(0.98);
  });

  test("so is one whose checksum is wrong", async () => {
    const pages = PAGES.map((page) => page.slice());
    pages[middle]![100]! ^= 1;
    const { seconds, warnings } = await decode(join(...pages));
    expect(warnings).toEqual(["buffer: skipped 1 damaged part"]);
    expect(seconds).toBeCloseTo((await decode(OPUS)).seconds, 1);
  });

  test("page numbers that jump where no sound is missing are not damage", async () => {
    const pages = PAGES.map((page, i) =>
      i < middle ? page : changedPage(page, (view) => view.setUint32(18, i + 7, true)),
    );
    const { samples, warnings } = await decode(join(...pages));
    expect(warnings).toEqual([]);
    expect(samples.length).toBe((await decode(OPUS)).samples.length);
  });

  test("positions that jump are a gap without damage, as DTX leaves it", async () => {
    const later = PAGES.map((page, i) =>
      i < middle ? page : positioned(page, (granule) => granule + 480_000n),
    );
    const { seconds, warnings } = await decode(join(...later));
    expect(warnings).toEqual([]);
    expect(seconds).toBeCloseTo((await decode(OPUS)).seconds + 10, 2);
  });

  test("a stream cut out of a longer one begins at 0", async () => {
    const { seconds, warnings } = await decode(join(PAGES[0]!, PAGES[1]!, ...PAGES.slice(middle)));
    expect(warnings).toEqual([]);
    const wholeSeconds = (await decode(OPUS)).seconds;
    const before = (granuleOf(PAGES[middle - 1]!) - 312) / 48000;
    expect(lostSeconds).toBeGreaterThan(0.1);
    expect(Math.abs(seconds - (wholeSeconds - before))).toBeLessThan(0.05);
  });
});

test("the last page only partly there: cut off", async () => {
  const { warnings } = await decode(OPUS.subarray(0, OPUS.length - PAGES[LAST]!.length + 40));
  expect(warnings).toEqual([expect.stringMatching(/^buffer: is cut off/)]);
});

test("other streams between the pages are left out", async () => {
  const skeleton = changedPage(
    join("OggS\0\x02", new Uint8Array(8), "\x07\0\0\0", new Uint8Array(8), "\x01\x08", "fishead\0"),
    () => {},
  );
  const foreign = changedPage(skeleton, (view) => view.setUint8(5, 0));
  const mixed = join(skeleton, PAGES[0]!, foreign, ...PAGES.slice(1).flatMap((page) => [page, foreign]));
  const { samples, warnings } = await decode(mixed);
  expect(warnings).toEqual([]);
  expect(samples.length).toBe((await decode(OPUS)).samples.length);
});

const SPEEX = changedPage(
  join("OggS\0\x02", new Uint8Array(20), "\x01\x50Speex   ", new Uint8Array(72)),
  () => {},
);

test("a link with another codec is left out, with a warning", async () => {
  const inside = changedPage(SPEEX, (view) => view.setUint8(5, 0));
  const { samples, warnings } = await decode(join(OPUS, SPEEX, inside, OPUS));
  expect(warnings).toEqual([
    "buffer: a part of it is Speex, which cannot be decoded here; that part is left out",
  ]);
  expect(Math.abs(samples.length - 2 * (await decode(OPUS)).samples.length)).toBeLessThanOrEqual(1);
});

test("Speex is named", async () => {
  await expect(decode(SPEEX)).rejects.toMatchObject({
    code: "audio-codec-unsupported",
    message: expect.stringContaining("Speex"),
  });
});
