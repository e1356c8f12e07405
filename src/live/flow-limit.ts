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

/** A flow that may leave, as it was when it was chosen. */
interface Candidate {
  readonly id: number;
  readonly kind: Kind;
  readonly endNs: number;
}

/**
 * Bounds the flows in memory. When there are too many, the oldest half-open ones leave first, as in a SYN flood, then the oldest
 * closed ones, and only then those that were silent for longest.
 */
export class FlowLimit {
  readonly evicted = { halfOpen: 0, closed: 0, open: 0 };
  readonly #table: FlowTable;
  readonly #most: number;
  readonly #flow = createFlowCursor();
  /** Those chosen, first to leave in front, and how many of them have had their turn. */
  #chosen: readonly Candidate[] = [];
  #done = 0;
  /** Those met so far when all flows are being gone through, oldest first, and the last of them. */
  #met: Record<Kind, Candidate[]> = noneMet();
  #lastMet = 0;

  /** `most`: flows in memory, at least 1. */
  constructor(table: FlowTable, most: number) {
    this.#table = table;
    this.#most = most;
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
      const { id, kind, endNs } = this.#chosen[this.#done++]!;
      if (!this.#table.has(id)) continue;
      this.#table.seek(this.#flow, id);
      if (this.#flow.endNs !== endNs) continue;
      ids.push(id);
      this.evicted[kind]++;
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
      this.#met[kind].push({ id, kind, endNs: flow.endNs });
    }
  }

  #choose(): void {
    this.#met.open.sort((a, b) => a.endNs - b.endNs);
    const wanted = Math.max(1, Math.ceil(this.#most * CHOSEN_SHARE));
    this.#chosen = KINDS.flatMap((kind) => this.#met[kind]).slice(0, wanted);
    this.#done = 0;
    this.#met = noneMet();
    this.#lastMet = 0;
  }
}

function noneMet(): Record<Kind, Candidate[]> {
  return { halfOpen: [], closed: [], open: [] };
}

function kindOf({ facts, client, server }: Flow): Kind {
  if (facts & IS_CLOSED) return "closed";
  const isEstablished = (facts & (HAS_HANDSHAKE_ACK | HAS_PROGRESS)) !== 0;
  const hasData = client.payloadBytes + server.payloadBytes > 0;
  // Of a connection that was there before the capture no handshake is seen.
  return isEstablished || hasData || client.syns + server.syns === 0 ? "open" : "halfOpen";
}
