import type { Speaker } from "../../pcm.js";
import type { LayoutElement } from "./program-config-element.js";

const CENTRE = single("FC");
const FRONT = pair("FL", "FR");
const BACK = pair("BL", "BR");
const SIDE = pair("SL", "SR");
const LFE: LayoutElement = { kind: "lfe", tag: null, speakers: ["LFE"] };

/**
 * The elements of each channelConfiguration (ISO/IEC 14496-3, 1.6.3.5). For 7 the standard's second pair stands
 * outside the first in front; encoders write the side channels there, and ffmpeg plays them so.
 */
const LAYOUTS: Readonly<Record<number, readonly LayoutElement[]>> = {
  1: [CENTRE],
  2: [FRONT],
  3: [CENTRE, FRONT],
  4: [CENTRE, FRONT, single("BC")],
  5: [CENTRE, FRONT, BACK],
  6: [CENTRE, FRONT, BACK, LFE],
  7: [CENTRE, FRONT, SIDE, BACK, LFE],
  11: [CENTRE, FRONT, BACK, single("BC"), LFE],
  12: [CENTRE, FRONT, SIDE, BACK, LFE],
  14: [CENTRE, FRONT, BACK, LFE, pair("other", "other")],
};

/** The layout of a channelConfiguration; null for 0 (a program_config_element says it) and for unknown ones. */
export function layoutOf(channelConfiguration: number): readonly LayoutElement[] | null {
  return LAYOUTS[channelConfiguration] ?? null;
}

/** The channelConfiguration usual for that many channels; 0 where there is none. */
export function configurationFor(nChannels: number): number {
  return nChannels === 8 ? 7 : nChannels >= 1 && nChannels <= 6 ? nChannels : 0;
}

/** An element as it was met in a frame. */
export interface MetElement {
  readonly kind: LayoutElement["kind"];
  readonly tag: number;
}

/**
 * The loudspeakers of a frame's channels in their order; null where that is unknown. A frame that differs from the layout
 * has the last word: its numbers of channels may be another usual layout's.
 */
export function speakersOf(
  met: readonly MetElement[],
  layout: readonly LayoutElement[] | null,
): Speaker[] | null {
  const byTag = layout?.some(({ tag }) => tag !== null) ? placeByTag(met, layout) : null;
  if (byTag !== null) return byTag;
  const candidates = layout === null ? Object.values(LAYOUTS) : [layout, ...Object.values(LAYOUTS)];
  const found = candidates.find(
    (elements) =>
      elements.length === met.length &&
      elements.every(({ kind }, i) => (kind === "pair") === (met[i]!.kind === "pair")),
  );
  return found?.flatMap(({ speakers }) => speakers) ?? null;
}

function placeByTag(met: readonly MetElement[], layout: readonly LayoutElement[]): Speaker[] | null {
  const speakers: Speaker[] = [];
  for (const { kind, tag } of met) {
    const element = layout.find((other) => other.kind === kind && other.tag === tag);
    if (element === undefined) return null;
    speakers.push(...element.speakers);
  }
  return speakers;
}

function single(speaker: Speaker): LayoutElement {
  return { kind: "single", tag: null, speakers: [speaker] };
}

function pair(left: Speaker, right: Speaker): LayoutElement {
  return { kind: "pair", tag: null, speakers: [left, right] };
}
