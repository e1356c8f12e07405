import type { RpcCall } from "./rpc-call.js";

/** Calls kept of a stream of captures; those without a reply may be as many again. */
const MAX_CALLS = 250_000;

/** The calls of a stream in the order in which they were made. */
export class CallLog {
  readonly calls: RpcCall[] = [];
  /** Calls that were not kept because there are too many. */
  omitted = 0;
  readonly #maxCalls: number;
  #late = 0;

  constructor(maxCalls = MAX_CALLS) {
    this.#maxCalls = maxCalls;
  }

  add(call: RpcCall): void {
    if (this.calls.length < this.#maxCalls) this.calls.push(call);
    else this.omitted++;
  }

  /** Nothing will answer it: when it was not kept before, it is now. */
  keepUnanswered(call: RpcCall): void {
    if (this.omitted === 0 || this.#late === this.#maxCalls || call.timeNs < this.#lastTimeNs()) return;
    this.#late++;
    this.omitted--;
    this.calls.push(call);
  }

  #lastTimeNs(): number {
    return this.calls[this.#maxCalls - 1]?.timeNs ?? 0;
  }
}
