export { cacheFolder } from "./cache/cache-folder.js";
export { makeFolder } from "./cache/make-folder.js";
export { type CatalogueEntry, catalogue, findModel, modelNamed } from "./catalogue.js";
export { openModel } from "./ggml/ggml-file.js";
export { listModels, type ModelListing } from "./list-models.js";
export type { ModelFile, TensorEntry } from "./model-file.js";
export type { PullPhase, PullProgress } from "./pull/progress.js";
export { type PullOptions, pull } from "./pull/pull.js";
export { type ModelChoice, resolveModel } from "./resolve-model.js";
