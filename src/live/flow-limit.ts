import {
  createFlowCursor,
  type Flow,
  HAS_HANDSHAKE_ACK,
  HAS_PROGRESS,
  IS_CLOSED_BY_CLIENT,
  IS_CLOSED_BY_SERVER,
  IS_REPLACED,
} from "../flows/flow.js";
import type { FlowTable } from "../flows/flow-table.js";
import { EvictionCandidates } from "./eviction-candidates.js";
import type { EvictionCounts } from "./live-status.js";

/** So many are chosen at a time, as a share of the limit: each time all flows are gone through. */
const CHOSEN_SHARE = 0.2;
/** Flows gone through at a time, for frames must not wait for all of them ... */
const STEP_FLOWS = 4096;
/** ... as soon as fewer are left of those chosen, and memory is that full; both as shares of the limit. */
const NEARLY_DONE_SHARE = 0.05;
const EARLY_SHARE = 0.9;
const IS_CLOSED = IS_CLOSED_BY_CLIENT | IS_CLOSED_BY_SERVER | IS_REPLACED;

type Kind = keyof EvictionCounts;
const KINDS = ["halfOpen", "closed", "open"] as const satisfies readonly Kind[];

/**
 * Bounds the flows in memory. When there are too many, the oldest half-open ones leave first, as in a SYN flood, then the oldest
 * closed ones, and only then those that were silent for longest.
 */
export class FlowLimit {
  readonly evicted = { halfOpen: 0, closed: 0, open: 0 };
  readonly #table: FlowTable;
  readonly #most: number;
  readonly #flow = createFlowCursor();
  readonly #wanted: number;
  /** Those chosen, first to leave in front, their kinds as places in KINDS, and how many of them have had their turn. */
  readonly #chosen = new EvictionCandidates();
  readonly #kinds: Uint8Array;
  #done = 0;
  /** Those met so far when all flows are being gone through, oldest first, and the last of them. */
  readonly #met: Readonly<Record<Kind, EvictionCandidates>> = {
    halfOpen: new EvictionCandidates(),
    closed: new EvictionCandidates(),
    open: new EvictionCandidates(),
  };
  #lastMet = 0;

  /** `most`: flows in memory, at least 1. */
  constructor(table: FlowTable, most: number) {
    this.#table = table;
    this.#most = most;
    this.#wanted = Math.max(1, Math.ceil(most * CHOSEN_SHARE));
    this.#kinds = new Uint8Array(this.#wanted);
  }

  /** Lets as many flows leave as are too many; call it between batches. Gives the ids of some before they leave. */
  enforce(leaving: (ids: readonly number[]) => void): void {
    const table = this.#table;
    const left = this.#chosen.length - this.#done;
    const isNearlyDone = left < this.#most * NEARLY_DONE_SHARE;
    if (isNearlyDone && table.inMemory > this.#most * EARLY_SHARE) this.#goThrough(STEP_FLOWS);
    while (table.inMemory > this.#most) {
      const ids = this.#takeChosen(table.inMemory - this.#most);
      if (ids.length === 0) this.#goThrough(Number.POSITIVE_INFINITY);
      else leaving(ids);
      for (const id of ids) {
        table.seek(this.#flow, id);
        table.forget(this.#flow);
      }
    }
  }

  /** Up to `most` of those chosen; what was heard of since stays. */
  #takeChosen(most: number): number[] {
    const ids: number[] = [];
    while (ids.length < most && this.#done < this.#chosen.length) {
      const place = this.#done++;
      const id = this.#chosen.id(place);
      if (!this.#table.has(id)) continue;
      this.#table.seek(this.#flow, id);
      if (this.#flow.endNs !== this.#chosen.endNs(place)) continue;
      ids.push(id);
      this.evicted[KINDS[this.#kinds[place]!]!]++;
    }
    return ids;
  }

  /** Goes through up to `most` more flows; behind the last one it chooses among all. */
  #goThrough(most: number): void {
    const flow = this.#flow;
    for (let steps = 0; steps < most; steps++) {
      const id = this.#table.nextId(this.#lastMet);
      if (id === null) {
        this.#choose();
        return;
      }
      this.#lastMet = id;
      this.#table.seek(flow, id);
      const kind = kindOf(flow);
      // Of the others the first ones met are the oldest.
      if (kind === "open" || this.#met[kind].length < this.#wanted) this.#met[kind].add(id, flow.endNs);
    }
  }

  #choose(): void {
    const { halfOpen, closed, open } = this.#met;
    this.#chosen.clear();
    this.#done = 0;
    for (let place = 0; place < halfOpen.length; place++) this.#chooseOne("halfOpen", place);
    for (let place = 0; place < closed.length; place++) this.#chooseOne("closed", place);
    if (this.#chosen.length < this.#wanted)
      for (const place of open.bySilence()) this.#chooseOne("open", place);
    for (const met of Object.values(this.#met)) met.clear();
    this.#lastMet = 0;
  }

  #chooseOne(kind: Kind, place: number): void {
    if (this.#chosen.length === this.#wanted) return;
    const met = this.#met[kind];
    this.#kinds[this.#chosen.length] = KINDS.indexOf(kind);
    this.#chosen.add(met.id(place), met.endNs(place));
  }
}

function kindOf({ facts, client, server }: Flow): Kind {
  if (facts & IS_CLOSED) return "closed";
  const isEstablished = (facts & (HAS_HANDSHAKE_ACK | HAS_PROGRESS)) !== 0;
  const hasData = client.payloadBytes + server.payloadBytes > 0;
  // Of a connection that was there before the capture no handshake is seen.
  return isEstablished || hasData || client.syns + server.syns === 0 ? "open" : "halfOpen";
}
