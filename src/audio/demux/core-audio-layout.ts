import type { Speaker } from "../pcm.js";

/** Channel labels of Apple's Core Audio, from 1 on. */
const LABELS: readonly Speaker[] = ["FL", "FR", "FC", "LFE", "BL", "BR", "FLC", "FRC", "BC", "SL", "SR"];
const FURTHER: Record<number, Speaker> = { 33: "BL", 34: "BR", 38: "FL", 39: "FR", 42: "FC" };

/** Layout tags, without their number of channels: the speakers in their order. */
const LAYOUTS: Record<number, string> = {
  100: "FC",
  101: "FL FR",
  102: "FL FR",
  103: "FL FR",
  106: "FL FR",
  108: "FL FR BL BR",
  109: "FL FR BL BR FC",
  110: "FL FR BL BR FC BC",
  111: "FL FR BL BR FC BC SL SR",
  113: "FL FR FC",
  114: "FC FL FR",
  115: "FL FR FC BC",
  116: "FC FL FR BC",
  117: "FL FR FC BL BR",
  118: "FL FR BL BR FC",
  119: "FL FC FR BL BR",
  120: "FC FL FR BL BR",
  121: "FL FR FC LFE BL BR",
  122: "FL FR BL BR FC LFE",
  123: "FL FC FR BL BR LFE",
  124: "FC FL FR BL BR LFE",
  125: "FL FR FC LFE BL BR BC",
  126: "FL FR FC LFE BL BR FLC FRC",
  127: "FC FLC FRC FL FR BL BR LFE",
  128: "FL FR FC LFE SL SR BL BR",
  129: "FL FR BL BR FC LFE FLC FRC",
  131: "FL FR BC",
  132: "FL FR BL BR",
  133: "FL FR LFE",
  134: "FL FR LFE BC",
  135: "FL FR LFE BL BR",
  136: "FL FR FC LFE",
  137: "FL FR FC LFE BC",
  138: "FL FR BL BR LFE",
  139: "FL FR BL BR FC BC",
  140: "FL FR SL SR FC BL BR",
  141: "FC FL FR BL BR BC",
  142: "FC FL FR BL BR BC LFE",
};

/**
 * The speakers of a Core Audio channel layout: the content of a `chan` chunk or, after version and flags, box. Null
 * when it says nothing for `nChannels`.
 */
export function coreAudioSpeakers(layout: Uint8Array, nChannels: number): Speaker[] | null {
  if (layout.length < 12) return null;
  const view = new DataView(layout.buffer, layout.byteOffset, layout.byteLength);
  const tag = view.getUint32(0);
  const speakers =
    tag === 0
      ? described(view, view.getUint32(8))
      : tag === 0x10000
        ? fromBitmap(view.getUint32(4))
        : (LAYOUTS[tag >>> 16]?.split(" ") as Speaker[] | undefined);
  return speakers?.length === nChannels ? speakers : null;
}

/** One description a channel: label, flags, coordinates. */
function described(view: DataView, n: number): Speaker[] {
  const nHere = Math.min(n, Math.floor((view.byteLength - 12) / 20));
  return Array.from({ length: nHere }, (_, i) => {
    const label = view.getUint32(12 + 20 * i);
    return LABELS[label - 1] ?? FURTHER[label] ?? "other";
  });
}

/** A bit a speaker, in the order of the labels. */
function fromBitmap(bits: number): Speaker[] {
  return Array.from({ length: 18 }, (_, i) => i)
    .filter((i) => bits & (1 << i))
    .map((i) => LABELS[i] ?? "other");
}
