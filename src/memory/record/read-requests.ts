import { shown } from "../../shown.js";
import type { HeapBudget } from "../memory-device.js";
import type { Card } from "../simulate/card.js";
import type { Fields, JsonObject } from "../simulate/fields.js";
import { readPiece } from "./read-piece.js";
import type { Answer, DeviceResponses, RecordedRequest } from "./report.js";

const responseFields = ["ask", "atMs", "placement", "budgets", "heldBytes", "refusals", "given"];
const answerFields = ["nth", "type", "sizeBytes", "heldBytes"];
/** Far more than one recording causes, and few enough to replay within a minute. */
const mostRequests = 10_000;
const mostPieces = 500_000;

/** Reads the requests of a report, which must match its card and each other. */
export class RequestReader {
  readonly #fields: Fields;
  readonly #card: Card;
  /** How many pieces each placement so far has. */
  readonly #placements = new Map<number, number>();
  #nPieces = 0;

  constructor(fields: Fields, card: Card) {
    this.#fields = fields;
    this.#card = card;
  }

  /** field: what the report calls them. */
  read(json: unknown, field: string): RecordedRequest[] {
    const list = this.#fields.list(json, field);
    if (list.length > mostRequests)
      this.#fields.invalid(`${field}: ${list.length} of them, at most ${mostRequests} are replayed`);
    const requests = list.map((request, i) => this.#request(request, `${field}[${i}]`));
    if (requests.every(({ ask }) => ask === "free"))
      this.#fields.invalid(`${field} asks for nothing: there is nothing to replay`);
    return requests;
  }

  #request(json: unknown, path: string): RecordedRequest {
    const fields = this.#fields;
    const request = fields.object(json, path);
    const ask = fields.oneOf(request.ask, `${path}.ask`, ["place", "promote", "free"]);
    const placement = fields.count(request.placement, `${path}.placement`);
    const known = this.#placements.get(placement);
    if (ask === "place" ? known !== undefined : known === undefined)
      fields.invalid(
        `${path}.placement is ${placement}, which ${known === undefined ? "no request before" : "one before"} placed`,
      );
    if (ask === "free") {
      fields.objectOf(request, path, ["ask", "atMs", "placement"]);
      this.#placements.set(placement, 0);
      return { ask, atMs: fields.number(request.atMs, `${path}.atMs`), placement };
    }
    const responses = this.#responses(request, path);
    if (ask === "promote") {
      fields.objectOf(request, path, [...responseFields, "end"]);
      this.#count(known!, path);
      return { ask, placement, ...responses, end: this.#end(request.end, `${path}.end`) };
    }
    fields.objectOf(request, path, [...responseFields, "pieces"]);
    const list = fields.list(request.pieces, `${path}.pieces`);
    this.#count(list.length, path);
    const pieces = list.map((piece, i) => readPiece(fields, piece, `${path}.pieces[${i}]`));
    const keys = new Set<string>();
    for (const [i, { key }] of pieces.entries()) {
      if (keys.has(key)) fields.invalid(`${path}.pieces[${i}].key appears twice: ${shown(key)}`);
      keys.add(key);
    }
    this.#placements.set(placement, pieces.length);
    return { ask, placement, ...responses, pieces };
  }

  #count(nPieces: number, path: string): void {
    this.#nPieces += nPieces;
    if (this.#nPieces > mostPieces)
      this.#fields.invalid(`${path}: more than ${mostPieces} pieces asked for in all`);
  }

  #responses(request: JsonObject, path: string): DeviceResponses {
    const fields = this.#fields;
    const { budgets } = request;
    const held = this.#perHeap(request.heldBytes, `${path}.heldBytes`);
    const refusals = fields.list(request.refusals, `${path}.refusals`);
    const given = fields.list(request.given, `${path}.given`);
    return {
      atMs: fields.number(request.atMs, `${path}.atMs`),
      budgets:
        budgets === null
          ? null
          : this.#perHeap(budgets, `${path}.budgets`).map((budget, i) =>
              this.#budget(budget, `${path}.budgets[${i}]`),
            ),
      heldBytes: held.map((bytes, i) => fields.bytes(bytes, `${path}.heldBytes[${i}]`)),
      refusals: refusals.map((json, i) => {
        const at = `${path}.refusals[${i}]`;
        const refusal = fields.objectOf(json, at, [...answerFields, "reason"]);
        return { ...this.#answer(refusal, at), reason: fields.text(refusal.reason, `${at}.reason`) };
      }),
      given: given.map((json, i) => {
        const at = `${path}.given[${i}]`;
        return this.#answer(fields.objectOf(json, at, answerFields), at);
      }),
    };
  }

  #perHeap(json: unknown, path: string): readonly unknown[] {
    const list = this.#fields.list(json, path);
    const nHeaps = this.#card.heaps.length;
    if (list.length !== nHeaps)
      this.#fields.invalid(`${path} must have a value for each of ${nHeaps} heaps, not ${list.length}`);
    return list;
  }

  #budget(json: unknown, path: string): HeapBudget {
    const budget = this.#fields.objectOf(json, path, ["budgetBytes", "usageBytes"]);
    return {
      budgetBytes: this.#fields.bytes(budget.budgetBytes, `${path}.budgetBytes`),
      usageBytes: this.#fields.bytes(budget.usageBytes, `${path}.usageBytes`),
    };
  }

  #answer(answer: JsonObject, path: string): Answer {
    const type = this.#fields.count(answer.type, `${path}.type`);
    const nTypes = this.#card.types.length;
    if (type >= nTypes)
      this.#fields.invalid(`${path}.type is ${type}, but there are ${nTypes} memory types, counted from 0`);
    return {
      nth: this.#fields.count(answer.nth, `${path}.nth`),
      type,
      sizeBytes: this.#fields.bytes(answer.sizeBytes, `${path}.sizeBytes`),
      heldBytes: this.#fields.bytes(answer.heldBytes, `${path}.heldBytes`),
    };
  }

  #end(json: unknown, path: string): Extract<RecordedRequest, { ask: "promote" }>["end"] {
    if (json === null) return null;
    const end = this.#fields.objectOf(json, path, ["kept", "reason"]);
    return {
      kept: this.#fields.flag(end.kept, `${path}.kept`),
      reason: this.#fields.text(end.reason, `${path}.reason`),
    };
  }
}
