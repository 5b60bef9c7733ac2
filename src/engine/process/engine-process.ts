import { WhisperVulkanError } from "../../errors.js";
import type { EngineChild } from "./engine-child.js";
import { errorFrom } from "./error-data.js";
import { limits } from "./limits.js";
import type { Calls, Reply, Request } from "./messages.js";
import { ProcessLost } from "./process-lost.js";
import { startChild } from "./start-child.js";
import { stopped } from "./stopped.js";
import { Watchdog } from "./watchdog.js";

interface Call {
  readonly method: keyof Calls;
  readonly resolve: (answer: never) => void;
  readonly reject: (error: unknown) => void;
}

export interface EngineProcessOptions {
  /** How long a step of the network may take, with or without a known longest step so far. */
  readonly stepLimitMs: (longestStepMs: number | null) => number;
  readonly onNote: (note: string) => void;
  /** Called once, before pending calls are rejected with the same error: ProcessLost, or another cause of the end. */
  readonly onEnd: (error: Error) => void;
}

/** One process of the engine, from start to end. While no call is pending, it does not keep this process alive. */
export class EngineProcess {
  readonly #child: EngineChild;
  readonly #options: EngineProcessOptions;
  readonly #watchdog: Watchdog;
  readonly #calls = new Map<number, Call>();
  readonly #closed: Promise<void>;
  #nCalls = 0;
  #longestStepMs: number | null = null;
  /** Why no more calls are accepted. */
  #over: Error | null = null;

  /** Errors: process-failed. */
  constructor(options: EngineProcessOptions) {
    this.#options = options;
    this.#watchdog = new Watchdog(
      () => this.#limitMs(),
      (silentMs) =>
        this.lose(`The engine's process gave no sign of life for ${(silentMs / 1000).toFixed(0)} s`),
    );
    let closed = () => {};
    this.#closed = new Promise((resolve) => {
      closed = resolve;
    });
    this.#child = startChild({
      onReply: (reply) => this.#onReply(reply),
      onNotStarted: (error) => {
        this.#finish(error);
        closed();
      },
      onEnd: (how) => {
        this.lose(`The engine's process ended (${how})`);
        closed();
      },
    });
  }

  /**
   * Makes a call. When the signal fires, the call ends at once and the process is told to stop.
   * Errors: what the process answers; aborted; ProcessLost.
   */
  call<M extends keyof Calls>(
    method: M,
    argument: Calls[M]["argument"],
    signal?: AbortSignal,
  ): Promise<Calls[M]["answer"]> {
    if (this.#over) return Promise.reject(this.#over);
    const id = ++this.#nCalls;
    return new Promise<Calls[M]["answer"]>((resolve, reject) => {
      const onAbort = () => {
        this.#child.send({ id, method: "stop" });
        reject(stopped(signal!));
      };
      const settled = () => signal?.removeEventListener("abort", onAbort);
      this.#calls.set(id, {
        method,
        resolve: (answer) => {
          settled();
          resolve(answer);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      });
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#child.send({ id, method, argument } as Request);
      this.#onCallsChanged();
    });
  }

  /** Ends the process because it is no longer usable; pending calls end with ProcessLost. */
  lose(reason: string): void {
    this.#finish(new ProcessLost(reason));
  }

  /** Lets the process free its device, then ends it; pending calls end with "aborted". Resolves when it has ended. */
  async end(): Promise<void> {
    if (!this.#over) {
      await within(
        limits.disposeMs,
        this.call("dispose", null).catch(() => {}),
      );
      this.#finish(new WhisperVulkanError("aborted", "The engine was disposed"));
    }
    await this.gone();
  }

  /** Resolves when the ended process has released its memory, or when it is clear that even the system cannot end it. */
  async gone(): Promise<void> {
    this.#child.keepAlive(true);
    await within(limits.disposeMs, this.#closed);
  }

  #limitMs(): number {
    const stepping = [...this.#calls.values()].every(({ method }) => method === "recognise");
    return stepping ? this.#options.stepLimitMs(this.#longestStepMs) : limits.loadingMs;
  }

  #onReply(reply: Reply): void {
    if (this.#over) return;
    this.#watchdog.sign();
    if (reply.kind === "note") this.#note(reply.note);
    else if (reply.kind === "fatal") this.#finish(errorFrom(reply.error));
    else {
      this.#longestStepMs = reply.longestStepMs;
      if (reply.kind !== "beat") this.#onOutcome(reply);
    }
  }

  #onOutcome(reply: Extract<Reply, { id: number }>): void {
    const call = this.#calls.get(reply.id)!;
    this.#calls.delete(reply.id);
    this.#onCallsChanged();
    if (reply.kind === "answer") call.resolve(reply.answer as never);
    else call.reject(errorFrom(reply.error));
  }

  /** An onNote that throws ends the pending calls, as it would without a process in between. */
  #note(note: string): void {
    try {
      this.#options.onNote(note);
    } catch (error) {
      this.#finish(error as Error);
    }
  }

  #finish(over: Error): void {
    if (this.#over) return;
    this.#over = over;
    this.#watchdog.stop();
    this.#child.kill();
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    this.#onCallsChanged();
    let error: unknown = over;
    try {
      this.#options.onEnd(over);
    } catch (own) {
      if (calls.length === 0) throw own;
      error = own;
    }
    for (const call of calls) call.reject(error);
  }

  #onCallsChanged(): void {
    const working = this.#calls.size > 0;
    this.#child.keepAlive(working);
    if (working) this.#watchdog.start();
    else this.#watchdog.stop();
  }
}

/** Waits for a promise, but at most this long. */
async function within(ms: number, something: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([something, patience]);
  clearTimeout(timer);
}
