/** The engine's process crashed or hung: what it was doing can be done again in a new one. Never leaves the engine. */
export class ProcessLost extends Error {
  override readonly name = "ProcessLost";
}
