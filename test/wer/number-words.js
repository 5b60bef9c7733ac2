/** English number words, as Whisper's normaliser knows them. Values are big integers: a decillion is one. */

const onesNames =
  "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const tensNames = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const powerNames =
  "thousand million billion trillion quadrillion quintillion sextillion septillion octillion nonillion decillion".split(
    " ",
  );

export const zeros = new Set(["o", "oh", "zero"]);

/** @type {ReadonlyMap<string, bigint>} */
export const ones = new Map(onesNames.map((name, i) => [name, BigInt(i + 1)]));

/** @type {ReadonlyMap<string, bigint>} */
export const tens = new Map(tensNames.map((name, i) => [name, BigInt((i + 2) * 10)]));

/** @type {ReadonlyMap<string, bigint>} */
export const multipliers = new Map([
  ["hundred", 100n],
  ...powerNames.map((name, i) => /** @type {[string, bigint]} */ ([name, 1000n ** BigInt(i + 1)])),
]);

/** Ordinals that are not their number and "th". @type {Readonly<Record<string, [string, string]>>} */
const irregular = {
  one: ["first", "st"],
  two: ["second", "nd"],
  three: ["third", "rd"],
  five: ["fifth", "th"],
  twelve: ["twelfth", "th"],
};

/**
 * Plurals ("sixes") and ordinals ("sixth") with the suffix their digits get.
 * @type {ReadonlyMap<string, [bigint, string]>}
 */
export const onesSuffixed = new Map([
  ["zeroth", [0n, "th"]],
  ...[...ones].flatMap(([name, value]) => {
    const [ordinal, suffix] = irregular[name] ?? [`${name}${name.endsWith("t") ? "h" : "th"}`, "th"];
    return /** @type {[string, [bigint, string]][]} */ ([
      [name === "six" ? "sixes" : `${name}s`, [value, "s"]],
      [ordinal, [value, suffix]],
    ]);
  }),
]);

/** @type {ReadonlyMap<string, [bigint, string]>} */
export const tensSuffixed = new Map(
  [...tens].flatMap(([name, value]) => [
    [name.replace("y", "ies"), [value, "s"]],
    [name.replace("y", "ieth"), [value, "th"]],
  ]),
);

/** @type {ReadonlyMap<string, [bigint, string]>} */
export const multipliersSuffixed = new Map(
  [...multipliers].flatMap(([name, value]) => [
    [`${name}s`, [value, "s"]],
    [`${name}th`, [value, "th"]],
  ]),
);

/** Words that may follow "point". @type {ReadonlySet<string>} */
export const decimals = new Set([...ones.keys(), ...tens.keys(), ...zeros]);

/** @type {ReadonlyMap<string, string>} */
export const precedingSigns = new Map([
  ["minus", "-"],
  ["negative", "-"],
  ["plus", "+"],
  ["positive", "+"],
]);

/** @type {ReadonlyMap<string, string>} */
export const followingSigns = new Map([
  ["pound", "£"],
  ["pounds", "£"],
  ["euro", "€"],
  ["euros", "€"],
  ["dollar", "$"],
  ["dollars", "$"],
  ["cent", "¢"],
  ["cents", "¢"],
]);

/** Every word that may belong to a number. @type {ReadonlySet<string>} */
export const numberWords = new Set([
  ...decimals,
  ...onesSuffixed.keys(),
  ...tensSuffixed.keys(),
  ...multipliers.keys(),
  ...multipliersSuffixed.keys(),
  ...precedingSigns.keys(),
  ...followingSigns.keys(),
  ...["per", "percent", "and", "double", "triple", "point"],
]);
