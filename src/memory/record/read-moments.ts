import type { HeapBudget } from "../memory-device.js";
import type { Card } from "../simulate/card.js";
import type { Fields, JsonObject } from "../simulate/fields.js";
import { readPiece } from "./read-piece.js";
import type { Answer, Heard, Moment } from "./report.js";

const heardFields = ["ask", "atMs", "placement", "budgets", "heldBytes", "refusals", "given"];
const answerFields = ["nth", "type", "sizeBytes", "heldBytes"];
/** Far more than a recording comes to, and what a replay does within a minute. */
const mostMoments = 10_000;
const mostPieces = 500_000;

/** Reads the moments of a report, which must fit its card and one another. */
export class MomentReader {
  readonly #fields: Fields;
  readonly #card: Card;
  /** How many pieces each placement so far has. */
  readonly #placements = new Map<number, number>();
  #nPieces = 0;

  constructor(fields: Fields, card: Card) {
    this.#fields = fields;
    this.#card = card;
  }

  read(json: unknown): Moment[] {
    const list = this.#fields.list(json, "moments");
    if (list.length > mostMoments)
      this.#fields.invalid(`moments: ${list.length} of them, at most ${mostMoments} are replayed`);
    const moments = list.map((moment, i) => this.#moment(moment, `moments[${i}]`));
    if (moments.every(({ ask }) => ask === "free"))
      this.#fields.invalid("moments asks for nothing: there is nothing to replay");
    return moments;
  }

  #moment(json: unknown, path: string): Moment {
    const fields = this.#fields;
    const moment = fields.object(json, path);
    const ask = fields.oneOf(moment.ask, `${path}.ask`, ["place", "promote", "free"]);
    const placement = fields.count(moment.placement, `${path}.placement`);
    const known = this.#placements.get(placement);
    if (ask === "place" ? known !== undefined : known === undefined)
      fields.invalid(
        `${path}.placement is ${placement}, which ${known === undefined ? "no moment before" : "one before"} placed`,
      );
    if (ask === "free") {
      fields.objectOf(moment, path, ["ask", "atMs", "placement"]);
      this.#placements.set(placement, 0);
      return { ask, atMs: fields.number(moment.atMs, `${path}.atMs`), placement };
    }
    const heard = this.#heard(moment, path);
    if (ask === "promote") {
      fields.objectOf(moment, path, [...heardFields, "end"]);
      this.#count(known!, path);
      return { ask, placement, ...heard, end: this.#end(moment.end, `${path}.end`) };
    }
    fields.objectOf(moment, path, [...heardFields, "pieces"]);
    const list = fields.list(moment.pieces, `${path}.pieces`);
    this.#count(list.length, path);
    const pieces = list.map((piece, i) => readPiece(fields, piece, `${path}.pieces[${i}]`));
    const keys = new Set<string>();
    for (const [i, { key }] of pieces.entries()) {
      if (keys.has(key)) fields.invalid(`${path}.pieces[${i}].key stands twice: ${JSON.stringify(key)}`);
      keys.add(key);
    }
    this.#placements.set(placement, pieces.length);
    return { ask, placement, ...heard, pieces };
  }

  #count(nPieces: number, path: string): void {
    this.#nPieces += nPieces;
    if (this.#nPieces > mostPieces)
      this.#fields.invalid(`${path}: more than ${mostPieces} pieces asked for in all`);
  }

  #heard(moment: JsonObject, path: string): Heard {
    const fields = this.#fields;
    const { budgets } = moment;
    const held = this.#perHeap(moment.heldBytes, `${path}.heldBytes`);
    const refusals = fields.list(moment.refusals, `${path}.refusals`);
    const given = fields.list(moment.given, `${path}.given`);
    return {
      atMs: fields.number(moment.atMs, `${path}.atMs`),
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

  #end(json: unknown, path: string): Extract<Moment, { ask: "promote" }>["end"] {
    if (json === null) return null;
    const end = this.#fields.objectOf(json, path, ["kept", "reason"]);
    return {
      kept: this.#fields.flag(end.kept, `${path}.kept`),
      reason: this.#fields.text(end.reason, `${path}.reason`),
    };
  }
}
