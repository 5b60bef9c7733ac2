/** The engine's process crashed or hung; a new one can repeat its work. The engine always catches this. */
export class ProcessLost extends Error {
  override readonly name = "ProcessLost";
}
