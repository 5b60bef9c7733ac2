/**
 * The main loop of the engine's own process: a LocalEngine that answers its parent's calls. It has nothing to save,
 * so it ends by killing itself, which no driver can delay and which frees all memory.
 */
import { WhisperVulkanError } from "../../errors.js";
import type { MemoryPlan } from "../../memory/index.js";
import { Vocabulary } from "../../whisper/index.js";
import type { EngineState } from "../engine.js";
import { LocalEngine } from "../local-engine.js";
import { checkDevice } from "../open-backend.js";
import { openSameModel } from "../open-same-model.js";
import { errorData } from "./error-data.js";
import type { Calls, Request } from "./messages.js";
import { observed } from "./observed-network.js";
import { unpackWindow } from "./packed-window.js";
import { connectToParent } from "./parent.js";

/** Signs of life are at least this far apart, so that they cost nothing. */
const beatMs = 100;

let engine: LocalEngine | null = null;
let longestStepMs: number | null = null;
let lastBeat = performance.now();
/** The version of the state that the parent has. */
let toldPlan: MemoryPlan | null = null;
const running = new Map<number, AbortController>();

process.title = "whisper-vulkan engine";
// Terminals and service managers send these signals to every process; the parent decides what they mean for the engine.
for (const signal of ["SIGINT", "SIGHUP", "SIGTERM"] as const) process.on(signal, () => {});
for (const event of ["uncaughtException", "unhandledRejection"] as const)
  process.on(event, (error: unknown) => send({ kind: "fatal", error: errorData(error) }, end));
const send = connectToParent((request) => void serve(request), end);
send({ kind: "beat", longestStepMs });

async function serve(request: Request): Promise<void> {
  const { id } = request;
  if (request.method === "stop") return running.get(id)?.abort();
  const stop = new AbortController();
  running.set(id, stop);
  try {
    const answer = await answerTo(request, stop.signal);
    send({ kind: "answer", id, answer, longestStepMs });
  } catch (error) {
    const why = stop.signal.aborted ? new WhisperVulkanError("aborted", "Stopped on request") : error;
    send({ kind: "failed", id, error: errorData(why), longestStepMs });
  } finally {
    running.delete(id);
  }
}

async function answerTo(
  request: Exclude<Request, { method: "stop" }>,
  signal: AbortSignal,
): Promise<Calls[keyof Calls]["answer"]> {
  switch (request.method) {
    case "check":
      await checkDevice(request.argument);
      return null;
    case "load":
      return load(request.argument);
    case "recognise": {
      const result = await engine!.recognise(unpackWindow(request.argument), signal);
      return { result, state: engine!.state.memoryPlan === toldPlan ? null : stateToTell() };
    }
    case "dispose":
      await engine?.dispose();
      return null;
  }
}

async function load({ path, dimensions, device }: Calls["load"]["argument"]) {
  const model = await openSameModel(path, dimensions);
  try {
    engine = await LocalEngine.load(model, new Vocabulary(model.dimensions.nVocab, model.vocabulary), {
      ...device,
      onNote: (note) => send({ kind: "note", note }),
      onCopied: beat,
      observe: (network) =>
        observed(network, (durationMs) => {
          longestStepMs = Math.max(longestStepMs ?? 0, durationMs);
          beat();
        }),
    });
  } finally {
    await model.close();
  }
  return stateToTell();
}

function stateToTell(): EngineState {
  const { state } = engine!;
  toldPlan = state.memoryPlan;
  return state;
}

function beat(): void {
  const now = performance.now();
  if (now - lastBeat < beatMs) return;
  lastBeat = now;
  send({ kind: "beat", longestStepMs });
}

function end(): void {
  process.kill(process.pid, "SIGKILL");
}
