import type { Evidence } from "../../engine/finding.js";
import { roundTripNs } from "../../engine/flow-round-trip.js";
import type { Listener } from "../../engine/listeners.js";
import { TypicalTime } from "../../engine/typical-time.js";
import { type Flow, HAS_HANDSHAKE_ACK, IS_GREETED } from "../../flows/flow.js";
import type { FlowIdentity } from "../../flows/flow-identity.js";
import { ListenerIncidents } from "../listeners/listener-incidents.js";
import { type AroundWaits, asFarAsCaptured, isInterrupted, isMostlySkipped } from "./divide-waits.js";
import { LATE_GREETING_NS, ungreetedUntilNs } from "./server-waits.js";
import { onlyWaitOf, type WaitedFlow, type WaitState } from "./waited-flows.js";

/** Waits kept of one listener: what more there are would say the same. */
const MAX_WAITS = 100_000;
/** So many flows that were greeted soon, and answered that, tell that the server greets. */
const MANY_FLOWS = 3;
/** One client in so many may speak first all the same: those that look what is there do. */
const GREETED_PER_OTHER = 10;

/** What is known of the greetings of one listener. */
interface GreetingListener {
  /** From the handshake to the server's first data, on flows whose client answered that. */
  readonly usual: TypicalTime;
  /** How many of these are not late. */
  prompt: number;
  readonly late: WaitedFlow[];
  /** Neither end has said a word. */
  readonly ungreeted: WaitedFlow[];
}

/** The waits for a greeting at one listener that are worth telling. */
export interface GreetingWaits {
  /** How long it usually takes, nanoseconds. */
  readonly usualNs: number;
  readonly late: ListenerIncidents<WaitedFlow>;
  readonly ungreeted: ListenerIncidents<WaitedFlow>;
}

/**
 * Collects by listener how soon servers speak that do so first, and whom they let wait for it. Clients that answer tell a greeting
 * from what is sent to whoever listens, and from files.
 */
export class Greetings {
  readonly #roundTrips: number;
  readonly #byListener = new Map<Listener, GreetingListener>();
  /** Flows on which the client spoke first, as far as captured. */
  readonly #others = new Map<Listener, number>();

  /** `roundTrips`: shortest wait in round trips. */
  constructor(roundTrips: number) {
    this.#roundTrips = roundTrips;
  }

  add(flow: Flow, identity: FlowIdentity, listener: Listener, kept: WaitState): void {
    const { client, server, facts } = flow;
    if (!(facts & HAS_HANDSHAKE_ACK)) return;
    if (facts & IS_GREETED) {
      this.#addGreeted(flow, identity, listener, kept);
      return;
    }
    if (client.payloadBytes + server.payloadBytes > 0) {
      this.#others.set(listener, (this.#others.get(listener) ?? 0) + 1);
      return;
    }
    this.#addUngreeted(flow, identity, listener, kept);
  }

  /** Of every listener that greets its clients. `options` are those of stall-server. */
  *waits(options: Readonly<Record<string, number>>, around: AroundWaits): IterableIterator<GreetingWaits> {
    for (const [listener, each] of this.#byListener) {
      const { usual, prompt } = each;
      const others = this.#others.get(listener) ?? 0;
      if (prompt < MANY_FLOWS || usual.count < others * GREETED_PER_OTHER) continue;
      yield waitsAt(each, options, around);
    }
  }

  #addGreeted(flow: Flow, identity: FlowIdentity, listener: Listener, kept: WaitState): void {
    const entry = this.#of(listener);
    const before = handshakeOf(flow);
    const { firstDataFrame: frame, firstDataNs: timeNs } = flow.server;
    const waitedNs = timeNs - before.timeNs;
    if (flow.client.firstDataFrame > 0) {
      entry.usual.add(waitedNs);
      if (waitedNs < LATE_GREETING_NS) entry.prompt++;
    }
    if (waitedNs < Math.max(LATE_GREETING_NS, this.#roundTrips * roundTripNs(flow))) return;
    if (isStillOpening(flow) || entry.late.length >= MAX_WAITS) return;
    const answer = { flowId: flow.id, frame, timeNs };
    entry.late.push(onlyWaitOf(flow, identity, listener, kept, { before, answer, untilNs: timeNs }));
  }

  #addUngreeted(flow: Flow, identity: FlowIdentity, listener: Listener, kept: WaitState): void {
    const untilNs = ungreetedUntilNs(flow);
    const before = handshakeOf(flow);
    // Most of those that are empty are closed at once.
    if (untilNs === null || untilNs - before.timeNs < LATE_GREETING_NS || isStillOpening(flow)) return;
    const { ungreeted } = this.#of(listener);
    if (ungreeted.length >= MAX_WAITS) return;
    const answer = { flowId: flow.id, frame: flow.lastFrame, timeNs: flow.endNs };
    ungreeted.push(onlyWaitOf(flow, identity, listener, kept, { before, answer, untilNs }));
  }

  #of(listener: Listener): GreetingListener {
    let entry = this.#byListener.get(listener);
    if (entry === undefined) {
      entry = { usual: new TypicalTime(), prompt: 0, late: [], ungreeted: [] };
      this.#byListener.set(listener, entry);
    }
    return entry;
  }
}

function waitsAt(
  { usual, late, ungreeted }: GreetingListener,
  options: Readonly<Record<string, number>>,
  around: AroundWaits,
): GreetingWaits {
  const usualNs = usual.medianNs;
  const waits = {
    usualNs,
    late: new ListenerIncidents<WaitedFlow>(),
    ungreeted: new ListenerIncidents<WaitedFlow>(),
  };
  const isTelling = (wait: WaitedFlow): boolean =>
    wait.worstNs >= usualNs * options["usualTimes"]! &&
    !isMostlySkipped(wait, around) &&
    !isInterrupted(wait, around);
  for (const wait of late) if (isTelling(wait)) waits.late.add(wait, wait);
  for (const flow of ungreeted) {
    const wait = asFarAsCaptured(flow, around);
    if (wait.worstNs >= options["minUngreetedMs"]! * 1e6 && isTelling(wait)) waits.ungreeted.add(flow, wait);
  }
  return waits;
}

function handshakeOf({ id, handshakeAckFrame, handshakeAckNs }: Flow): Evidence {
  return { flowId: id, frame: handshakeAckFrame, timeNs: handshakeAckNs };
}

/** The SYN-ACK came again: it had no handshake yet, for its accept queue was full, or the ACK was lost. */
function isStillOpening({ server }: Flow): boolean {
  return server.syns > 1;
}
