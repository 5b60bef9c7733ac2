import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What one request gets: served bytes with faults, or a status. */
export interface Answer {
  /** Served instead of the hub's content. */
  readonly status?: number;
  /** Bytes of the body after which the connection is cut. */
  readonly cutAfterBytes?: number;
  /** Bytes of the body after which nothing more comes. */
  readonly stallAfterBytes?: number;
  /** Redirects there once. */
  readonly redirect?: boolean;
  /** Sends without a length, in chunks. */
  readonly chunked?: boolean;
  /** Answers a range request with a different part. */
  readonly wrongRange?: boolean;
}

export interface SeenRequest {
  readonly url: string;
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
}

/** A local server instead of the hub, with ranges and If-Range. Each of its answers is used once. */
export class Hub {
  content: Buffer;
  etag: string | null = '"one"';
  answers: Answer[] = [];
  readonly requests: SeenRequest[] = [];
  endpoint = "";
  /** Settles when a request reaches its stall. */
  stalled: Promise<void>;
  #onStall: () => void = () => {};
  readonly #server = createServer((request, response) => this.#serve(request, response));

  constructor(content: Buffer) {
    this.content = content;
    this.stalled = new Promise((resolve) => {
      this.#onStall = resolve;
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.endpoint = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const { range, "if-range": ifRange } = request.headers;
    this.requests.push({ url: request.url ?? "", range, ifRange: ifRange as string | undefined });
    const answer = this.answers.shift() ?? {};
    if (answer.redirect) {
      response.writeHead(302, { location: "/elsewhere/file", etag: '"of the redirect"' }).end();
      return;
    }
    if (answer.status !== undefined) {
      response.writeHead(answer.status, { "content-type": "text/html" }).end("<html>");
      return;
    }
    this.#send(answer, range, ifRange as string | undefined, response);
  }

  #send(
    answer: Answer,
    range: string | undefined,
    ifRange: string | undefined,
    response: ServerResponse,
  ): void {
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
    const partial = from > 0 && (ifRange === undefined || ifRange === this.etag);
    if (partial && from >= this.content.byteLength) {
      response.writeHead(416, { "content-range": `bytes */${this.content.byteLength}` }).end();
      return;
    }
    const start = partial ? from - (answer.wrongRange ? 1 : 0) : 0;
    const body = this.content.subarray(start);
    if (this.etag !== null) response.setHeader("etag", this.etag);
    if (!answer.chunked) response.setHeader("content-length", body.byteLength);
    if (partial) {
      const total = this.content.byteLength;
      response.setHeader("content-range", `bytes ${start}-${total - 1}/${total}`);
    }
    response.writeHead(partial ? 206 : 200);
    const { cutAfterBytes, stallAfterBytes } = answer;
    if (cutAfterBytes !== undefined) {
      response.write(body.subarray(0, cutAfterBytes), () => setTimeout(() => response.destroy(), 20));
    } else if (stallAfterBytes !== undefined) {
      response.write(body.subarray(0, stallAfterBytes), () => setTimeout(this.#onStall, 20));
    } else response.end(body);
  }
}
