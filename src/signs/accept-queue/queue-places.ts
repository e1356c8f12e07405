import { indexAfter } from "../../engine/first-after.js";
import type { Listener } from "../../engine/listeners.js";
import { acceptedAtNs } from "../../engine/place-taken.js";
import { type Flow, HAS_HANDSHAKE_ACK, HAS_SYN_DATA } from "../../flows/flow.js";

/** A connection that took a place in an accept queue. Nanoseconds since the capture's origin. */
interface Place {
  readonly takenNs: number;
  /** When the server showed that its application had accepted it; infinite when it never did. */
  readonly leftNs: number;
}

/**
 * Who may hold places in the listeners' accept queues: a connection takes one when its handshake ends (by Fast Open with the SYN) and leaves it when the
 * application accepts it, whatever its client does meanwhile. That an ACK of data does not tell, which is the kernel's, nor a RST, which
 * a packet filter or the closed listener sends as well; an octet of the server's does, and its FIN.
 */
export class QueuePlaces {
  /** Of each listener's connections `takenNs` and `leftNs` in turn. */
  readonly #byListener = new Map<Listener, number[]>();

  add(flow: Flow, listener: Listener): void {
    const takenNs = takenAtNs(flow);
    if (takenNs === null) return;
    let places = this.#byListener.get(listener);
    if (places === undefined) {
      places = [];
      this.#byListener.set(listener, places);
    }
    places.push(takenNs, leftAtNs(flow));
  }

  /**
   * At one of these times nothing in the capture was in the listener's accept queue. Connections are accepted in the order in which they
   * came (reqsk_queue_remove), so that all before an accepted one were accepted, too, also those that the capture lacks: what counts is the last.
   * False where the capture shows no connection before.
   */
  isEmptyAtAny(listener: Listener, timesNs: Iterable<number>): boolean {
    const places = sorted(this.#byListener.get(listener) ?? []);
    const takenNs = places.map((place) => place.takenNs);
    for (const timeNs of timesNs) if (isEmptyAt(places, takenNs, timeNs)) return true;
    return false;
  }
}

function isEmptyAt(places: readonly Place[], takenNs: readonly number[], timeNs: number): boolean {
  const last = indexAfter(takenNs, timeNs) - 1;
  if (last < 0) return false;
  // Those of one moment came in any order.
  for (let index = last; takenNs[index] === takenNs[last]; index--)
    if (places[index]!.leftNs >= timeNs) return false;
  return true;
}

function takenAtNs(flow: Flow): number | null {
  if (flow.facts & HAS_SYN_DATA && flow.server.synFrame > 0) return flow.server.synNs;
  return acceptedAtNs(flow) ?? (flow.facts & HAS_HANDSHAKE_ACK ? flow.handshakeAckNs : null);
}

function leftAtNs({ server }: Flow): number {
  const spokeNs = server.firstDataFrame > 0 ? server.firstDataNs : Number.POSITIVE_INFINITY;
  return server.finFrame > 0 ? Math.min(spokeNs, server.finNs) : spokeNs;
}

function sorted(numbers: readonly number[]): Place[] {
  const places: Place[] = [];
  for (let index = 0; index < numbers.length; index += 2)
    places.push({ takenNs: numbers[index]!, leftNs: numbers[index + 1]! });
  return places.sort((a, b) => a.takenNs - b.takenNs);
}
