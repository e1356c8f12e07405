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

/** So many leave at a time, as a share of the limit: each time all flows are gone through. */
const LEAVING_SHARE = 0.1;
const IS_CLOSED = IS_CLOSED_BY_CLIENT | IS_CLOSED_BY_SERVER | IS_REPLACED;

type Kind = keyof EvictionCounts;

/**
 * Bounds the flows in memory. When there are too many, the oldest half-open ones leave first, as in a SYN flood, then the oldest
 * closed ones, and only then those that were silent for longest.
 */
export class FlowLimit {
  readonly evicted = { halfOpen: 0, closed: 0, open: 0 };
  readonly #table: FlowTable;
  readonly #most: number;
  readonly #flow = createFlowCursor();

  /** `most`: flows in memory, at least 1. */
  constructor(table: FlowTable, most: number) {
    this.#table = table;
    this.#most = most;
  }

  /** Lets flows leave when there are too many; call it between batches. Gives the id of each before it leaves. */
  enforce(leaving: (ids: readonly number[]) => void): void {
    if (this.#table.inMemory <= this.#most) return;
    let wanted = this.#table.inMemory - Math.floor(this.#most * (1 - LEAVING_SHARE));
    const byKind = this.#sort();
    for (const kind of ["halfOpen", "closed", "open"] as const) {
      const ids = byKind[kind].slice(0, wanted);
      wanted -= ids.length;
      leaving(ids);
      for (const id of ids) {
        this.#table.seek(this.#flow, id);
        this.#table.forget(this.#flow);
      }
      this.evicted[kind] += ids.length;
    }
  }

  /** Ids by kind, those that leave first in front. */
  #sort(): Record<Kind, number[]> {
    const byKind: Record<Kind, number[]> = { halfOpen: [], closed: [], open: [] };
    const lastNs = new Map<number, number>();
    const flow = this.#flow;
    for (let id = this.#table.nextId(0); id !== null; id = this.#table.nextId(id)) {
      this.#table.seek(flow, id);
      const kind = kindOf(flow);
      byKind[kind].push(id);
      if (kind === "open") lastNs.set(id, flow.endNs);
    }
    byKind.open.sort((a, b) => lastNs.get(a)! - lastNs.get(b)!);
    return byKind;
  }
}

function kindOf({ facts, client, server }: Flow): Kind {
  if (facts & IS_CLOSED) return "closed";
  const isEstablished = (facts & (HAS_HANDSHAKE_ACK | HAS_PROGRESS)) !== 0;
  const hasData = client.payloadBytes + server.payloadBytes > 0;
  // Of a connection that was there before the capture no handshake is seen.
  return isEstablished || hasData || client.syns + server.syns === 0 ? "open" : "halfOpen";
}
