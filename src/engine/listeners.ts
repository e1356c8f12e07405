import type { ConnectionState } from "../flows/connection-state.js";
import { HAS_SACK_PERMITTED, HAS_WINDOW_SCALE } from "../flows/endpoint.js";
import { type Flow, HAS_PROGRESS } from "../flows/flow.js";
import { type FlowIdentity, formatServer } from "../flows/flow-identity.js";
import { acceptsNothing } from "./accepts-nothing.js";
import { sampledRoundTripNs } from "./flow-round-trip.js";
import { acceptedAtNs } from "./place-taken.js";
import { isServedAtOnce } from "./served-at-once.js";

/** Enough for a median. */
const MAX_ROUND_TRIPS = 10_000;

/** What a listener has of a list until something is noted there: a scan finds a million ports that answer nobody. */
const NOTHING: readonly number[] = [];

/** A server's address and port, and what became of the flows there. Complete only when every flow has ended. */
export interface Listener {
  /** `10.0.0.1:80`, or `10.0.0.1:80 (vlan 20)` where there is an encapsulation. */
  readonly name: string;
  flows: number;
  /** Closed by FIN from both ends. */
  closedNormally: number;
  /** Established, then closed by RST. */
  reset: number;
  /** Never established: no answer, refused, or answered in vain: the answer was lost, or the client reset it and one more. */
  failed: number;
  /** Of these, refused by a RST. */
  refused: number;
  /** Segments sent again, by either end. */
  retransmits: number;
  /** Segments of either end, copies left out. */
  segments: number;
  /** Connections with a silence of at least a second in which something was unacknowledged, and the longest of these. */
  stalledFlows: number;
  longestStallNs: number;
  /** Round trips of its connections, of the handshake where that tells, nanoseconds: the first 10 000. */
  readonly roundTripsNs: readonly number[];
  /** One of its SYN-ACKs had window scale or SACK permitted: it has these options. */
  hasOptions: boolean;
  /**
   * When it answered: every first SYN-ACK, and every first sign that it holds a connection. Nanoseconds since the
   * capture's origin, ascending once every flow has ended.
   */
  readonly answersNs: readonly number[];
  /** When connections began that it served without a wait (isServedAtOnce); as `answersNs`. */
  readonly servedNs: readonly number[];
  /** When clients completed its connections, as far as told (acceptedAtNs); as `answersNs`. */
  readonly acceptedNs: readonly number[];
}

/** A listener that is still counted. */
type Counted = { -readonly [Field in keyof Listener]: Listener[Field] };

/** Its lists of times and lengths. */
type ListName = "roundTripsNs" | "answersNs" | "servedNs" | "acceptedNs";

/** All listeners of a capture, found by a flow's identity. */
export class Listeners {
  readonly #byName = new Map<string, Counted>();
  /** Where the flow before went: mostly the next one goes there too, and needs no name put together. */
  #last: { address: string; port: number; encapsulation: string; listener: Counted } | null = null;

  /** The flow's listener, with the flow counted. `encapsulation` is the name of the flow's, empty without one. */
  count(flow: Flow, identity: FlowIdentity, state: ConnectionState, encapsulation: string): Listener {
    const listener = this.#find(identity, encapsulation);
    listener.flows++;
    listener.retransmits += flow.client.retransmits + flow.server.retransmits;
    listener.segments += flow.client.segments + flow.server.segments;
    if (flow.stalls > 0) {
      listener.stalledFlows++;
      listener.longestStallNs = Math.max(listener.longestStallNs, flow.longestStallNs);
    }
    if (listener.roundTripsNs.length < MAX_ROUND_TRIPS) {
      const sampleNs = sampledRoundTripNs(flow);
      if (sampleNs > 0) append(listener, "roundTripsNs", sampleNs);
    }
    if (state === "SF") listener.closedNormally++;
    else if (state === "S0" || state === "REJ" || isAnsweredInVain(flow)) listener.failed++;
    else if (state === "RSTO" || state === "RSTR") listener.reset++;
    if (state === "REJ") listener.refused++;
    if (flow.server.facts & (HAS_WINDOW_SCALE | HAS_SACK_PERMITTED)) listener.hasOptions = true;
    if (flow.server.synFrame > 0) append(listener, "answersNs", flow.server.synNs);
    if (flow.facts & HAS_PROGRESS) append(listener, "answersNs", flow.progressNs);
    if (isServedAtOnce(flow)) append(listener, "servedNs", flow.client.synNs);
    const acceptedNs = acceptedAtNs(flow);
    if (acceptedNs !== null) append(listener, "acceptedNs", acceptedNs);
    return listener;
  }

  #find(identity: FlowIdentity, encapsulation: string): Counted {
    const { serverAddress: address, serverPort: port } = identity;
    const last = this.#last;
    if (last?.port === port && last.address === address && last.encapsulation === encapsulation)
      return last.listener;
    const name = listenerName(formatServer(identity), encapsulation);
    let listener = this.#byName.get(name);
    if (listener === undefined) {
      listener = createListener(name);
      this.#byName.set(name, listener);
    }
    this.#last = { address, port, encapsulation, listener };
    return listener;
  }

  /** Every flow has been counted. */
  complete(): void {
    for (const listener of this.#byName.values()) {
      sort(listener, "answersNs");
      sort(listener, "servedNs");
      sort(listener, "acceptedNs");
    }
  }

  /** In order of appearance. */
  all(): Listener[] {
    return [...this.#byName.values()];
  }
}

/**
 * The client sent nothing but SYNs, and RSTs, though a SYN or the SYN-ACK was repeated: it has got no answer, or none that
 * it accepts. Who scans resets a SYN-ACK once, and neither side comes again: that is no failure.
 */
function isAnsweredInVain({ client, server }: Flow): boolean {
  if (client.segments === 0 || !acceptsNothing(client)) return false;
  // What a SYN-ACK answers was sent, captured or not.
  return Math.max(client.syns, 1) + server.syns > 2;
}

function append(listener: Counted, list: ListName, value: number): void {
  const values = listener[list];
  if (values === NOTHING) listener[list] = [value];
  // Made here, for this listener alone.
  else (values as number[]).push(value);
}

function sort(listener: Counted, list: ListName): void {
  if (listener[list].length > 1) (listener[list] as number[]).sort((a, b) => a - b);
}

function createListener(name: string): Counted {
  return {
    name,
    flows: 0,
    closedNormally: 0,
    reset: 0,
    failed: 0,
    refused: 0,
    retransmits: 0,
    segments: 0,
    stalledFlows: 0,
    longestStallNs: 0,
    roundTripsNs: NOTHING,
    hasOptions: false,
    answersNs: NOTHING,
    servedNs: NOTHING,
    acceptedNs: NOTHING,
  };
}

/** What a listener is called in reports: the encapsulation by its name, which is the same in every run. */
export function listenerName(server: string, encapsulation: string): string {
  return encapsulation === "" ? server : `${server} (${encapsulation})`;
}
