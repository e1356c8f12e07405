import type { Segment } from "../../decode/segment.js";
import { appendTo } from "../../engine/append-to.js";
import type { Listener } from "../../engine/listeners.js";
import type { Flow } from "../../flows/flow.js";
import { ACK } from "../../tcp/flags.js";
import {
  type ListenerIncident,
  ListenerIncidents,
  type Sufferer,
  type Suffering,
} from "../listeners/listener-incidents.js";

/** What has one cause happens within this time to all whose data or acknowledgments it meets. Nanoseconds. */
const ONE_MOMENT_NS = 1_000_000_000;
/** Of so many connections the capture has hardly missed each FIN or RST before. */
const COINCIDENCE_FLOWS = 3;
/** Remembered; what comes behind them is not asked. */
const MAX_RESETS = 100_000;

interface SuddenReset<Role extends string> {
  readonly sufferer: Sufferer;
  /** Ends with the RST. */
  readonly suffering: Suffering<Role>;
}

/** Connections that were under way when one side no longer knew them, and those of one listener that met it in one moment. */
export class SuddenResets<Role extends string> {
  readonly #byListener = new Map<Listener, SuddenReset<Role>[]>();
  #count = 0;

  add(sufferer: Sufferer, suffering: Suffering<Role>): void {
    if (this.#count >= MAX_RESETS) return;
    this.#count++;
    appendTo(this.#byListener, sufferer.listener, { sufferer, suffering });
  }

  /** The most that any listener's end did in one moment, where they are too many for a coincidence. */
  *all(): IterableIterator<ListenerIncident<Suffering<Role>>> {
    for (const resets of this.#byListener.values()) {
      const incidents = new ListenerIncidents<Suffering<Role>>();
      for (const side of ["client", "server"] as const) {
        const together = mostInOneMoment(resets.filter(({ suffering }) => suffering.side === side));
        if (together.length < COINCIDENCE_FLOWS) continue;
        for (const { sufferer, suffering } of together) incidents.add(sufferer, suffering);
      }
      yield* incidents.all();
    }
  }
}

function mostInOneMoment<Role extends string>(resets: readonly SuddenReset<Role>[]): SuddenReset<Role>[] {
  const sorted = resets.toSorted((a, b) => a.suffering.endNs - b.suffering.endNs);
  let [bestFrom, bestTo, from] = [0, 0, 0];
  for (let to = 1; to <= sorted.length; to++) {
    while (sorted[to - 1]!.suffering.endNs - sorted[from]!.suffering.endNs > ONE_MOMENT_NS) from++;
    if (to - from > bestTo - bestFrom) [bestFrom, bestTo] = [from, to];
  }
  return sorted.slice(bestFrom, bestTo);
}

/** A RST without ACK in answer to a segment of a connection that neither side was closing. RFC 9293, section 3.5.2. */
export function answersUnderWay(rst: Segment, { client, server }: Flow): boolean {
  if (rst.flags & ACK || client.finFrame + server.finFrame > 0) return false;
  const [sender, peer] = rst.fromServer ? [server, client] : [client, server];
  // Some systems close so. Whoever has spoken last answers nothing.
  return peer.lastNs > sender.lastNs && rst.timeNs - peer.lastNs <= ONE_MOMENT_NS;
}
