import type { Segment, TranscriptionResult } from "../../whisper/index.js";

export const segment = (id: number, start: number, end: number, text: string): Segment => ({
  id,
  seek: 0,
  start,
  end,
  text,
  tokens: text ? [50364, 260, 50414] : [],
  temperature: 0.2,
  avgLogprob: -0.25,
  compressionRatio: 1.5,
  noSpeechProb: 0.125,
});

const of = (language: string, duration: number, segments: readonly Segment[]): TranscriptionResult => ({
  task: "transcribe",
  language,
  text: segments.map(({ text }) => text).join(""),
  duration,
  segments,
  warnings: [],
});

/** Three segments with words and one without; one text has an arrow and an empty line in it. */
export const result: TranscriptionResult = {
  ...of("de", 3725.5, [
    segment(0, 0, 1.28, " Good morning."),
    segment(1, 1.28, 1.28, ""),
    segment(2, 59.999, 61.02, " a --> b\n\nc"),
    segment(3, 3599.9996, 3725.5, " The end."),
  ]),
  task: "translate",
};

export const nothing = of("de", 0, []);

/** Texts that break a careless format, each a segment of one second. */
export const nastyTexts: readonly string[] = [
  " Tom & Jerry say <i love you> &lt; R&B -->",
  " 00:00:01,000 --> 00:00:02,000",
  " -----> far <!-- away -->",
  " first\n\n2\r\nsecond\rthird\u2028fourth\u2029fifth\u0085sixth\vseventh\feighth",
  " NUL \0, escape \u001b[31m, bell \u0007, C1 \u009b2J, delete \u007f",
  " half a pair \ud83d, the other \udc4d, a whole one \ud83d\udc4d",
  " <v Speaker>{\\an8}words</v> \ufeff \u200b",
  " 42",
  "WEBVTT",
  "NOTE a note",
  " \u0000",
  "\n",
];
export const nasty = of(
  "en",
  nastyTexts.length,
  nastyTexts.map((text, i) => segment(i, i, i + 1, text)),
);
