export { normaliseBasic } from "./basic-normaliser.js";
export { normaliseEnglish } from "./english-normaliser.js";
export { wordErrorRate, wordErrors } from "./word-error-rate.js";
