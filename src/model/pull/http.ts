import { systemErrorCode } from "../../errors.js";
import { aborted } from "../abort.js";

/** A request without an answer, or with an incomplete one. */
export class BrokenConnection extends Error {
  /** No answer because the server cannot be reached: an immediate retry is pointless. */
  readonly unreachable: boolean;
  /** What to do, where the reason is known. */
  readonly hint: string | null;

  constructor(message: string, unreachable: boolean, cause?: unknown, hint: string | null = null) {
    super(message, { cause });
    this.unreachable = unreachable;
    this.hint = hint;
  }
}

const isCertificateError = (code: string) => /CERT|^UNABLE_TO_|SIGNED/.test(code);
const certificateHint =
  "Something on the way replaces the server's certificate, as some companies' networks do: " +
  "set NODE_EXTRA_CA_CERTS to the file of their certificate.";
const proxyVariables = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

/** Node's fetch ignores proxy settings unless it is configured to use them. */
function proxyHint(): string | null {
  const variable = proxyVariables.find((name) => process.env[name]);
  if (variable === undefined || process.env.NODE_USE_ENV_PROXY === "1") return null;
  return `${variable} is set, which Node uses only with NODE_USE_ENV_PROXY=1 (Node 22.21, 24 and later).`;
}

const unreachableCodes: ReadonlySet<string> = new Set([
  "ENOTFOUND",
  "EAI_AGAIN",
  "ECONNREFUSED",
  "ENETUNREACH",
  "EHOSTUNREACH",
  "EADDRNOTAVAIL",
  "ETIMEDOUT",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/**
 * One HTTP GET, redirects followed. The body ends with BrokenConnection when nothing has come for stallMs.
 * `handle` gets the response and its body; the connection is closed when it returns.
 */
export async function get<Result>(
  url: string,
  headers: Readonly<Record<string, string>>,
  stallMs: number,
  signal: AbortSignal | undefined,
  handle: (response: Response, body: AsyncIterable<Uint8Array>) => Promise<Result>,
): Promise<Result> {
  const connection = new AbortController();
  const stop = () => connection.abort();
  if (signal?.aborted) throw aborted(signal);
  signal?.addEventListener("abort", stop, { once: true });
  /** Waits for the network, but at most stallMs. */
  async function arrival<Value>(promise: Promise<Value>): Promise<Value> {
    let stalled = false;
    const timer = setTimeout(() => {
      stalled = true;
      connection.abort();
    }, stallMs);
    try {
      return await promise;
    } catch (error) {
      if (signal?.aborted) throw aborted(signal);
      if (stalled) throw new BrokenConnection(`nothing came for ${stallMs / 1000} s`, false, error);
      throw brokenConnection(error);
    } finally {
      clearTimeout(timer);
    }
  }
  async function* body(response: Response): AsyncGenerator<Uint8Array> {
    if (response.body === null) return;
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await arrival(reader.read());
      if (done) return;
      yield value;
    }
  }
  try {
    const response = await arrival(fetch(url, { headers, redirect: "follow", signal: connection.signal }));
    return await handle(response, body(response));
  } finally {
    signal?.removeEventListener("abort", stop);
    connection.abort();
  }
}

/** fetch says only "fetch failed"; the reason is its cause. */
function brokenConnection(error: unknown): BrokenConnection {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = systemErrorCode(cause);
  const message =
    cause instanceof Error && cause.message !== "" ? cause.message : (code ?? "no reason was given");
  if (code !== null && isCertificateError(code))
    return new BrokenConnection(message, true, error, certificateHint);
  const unreachable = code !== null && unreachableCodes.has(code);
  return new BrokenConnection(message, unreachable, error, unreachable ? proxyHint() : null);
}
