export { asTyped } from "./as-typed.js";
export { explainErrors } from "./errors.js";
export { refuseForeignOption } from "./habits.js";
export { cardValues, formatValues, languageValues, modelValues, taskValues } from "./known-values.js";
export { deviceOptions, type TranscribeFlags, transcribeOptions } from "./transcribe-options.js";
export {
  numberOrOff,
  numbers,
  repeated,
  single,
  takes,
  type Values,
  valuesOf,
  wholeNumber,
} from "./values.js";
