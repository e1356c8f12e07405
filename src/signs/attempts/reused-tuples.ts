import type { Segment } from "../../decode/segment.js";
import type { Evidence, Vantage } from "../../engine/finding.js";
import type { Listener } from "../../engine/listeners.js";
import { NumberTable } from "../../engine/number-table.js";
import { vantageOf } from "../../engine/vantage.js";
import {
  type Flow,
  IS_CLOSED_BY_CLIENT,
  IS_CLOSED_BY_SERVER,
  IS_REPLACED,
  IS_SELF_CONNECT,
  REUSES_PORTS,
} from "../../flows/flow.js";
import type { FlowIdentity } from "../../flows/flow-identity.js";
import type { SynRepeats } from "./syn-repeats.js";

/** Replaced connections remembered, the latest of each tuple. */
const MAX_TUPLES = 200_000;

/**
 * challenged: the server answered the SYN with an ACK of the connection before, which the client reset. refused: it
 * answered with a RST. silent: several SYNs drew nothing.
 */
export type Reception = "challenged" | "refused" | "silent";

/** Names of the numbers per flow that a rule keeps for `noteChallengeReset`. */
export const CHALLENGE = ["frame", "timeNs"] as const;
export type Challenge = Record<(typeof CHALLENGE)[number], number>;

/** For the hook `rst`: the client resets what came instead of a SYN-ACK. RFC 9293, section 3.10.7.3. */
export function noteChallengeReset(segment: Segment, { client, server }: Flow, challenge: Challenge): void {
  if (segment.fromServer || challenge.frame > 0 || client.synFrame === 0) return;
  if (server.segments === 0 || server.synFrame > 0 || server.rstFrame > 0) return;
  challenge.frame = segment.frame;
  challenge.timeNs = segment.timeNs;
}

/** A connection from an address and port that an earlier connection to the same listener had. */
export interface ReusedTuple {
  readonly flowId: number;
  readonly reception: Reception;
  readonly vantage: Vantage;
  /** The connection before was closed by a FIN or RST, as far as captured. */
  readonly wasClosed: boolean;
  /** From the last of the connection before to the SYN. Nanoseconds. */
  readonly gapNs: number;
  readonly startNs: number;
  /** The SYN-ACK; else the last of the flow. */
  readonly endNs: number;
  readonly before: Evidence;
  readonly syn: Evidence;
  /** The client's RST, the server's RST, or the second SYN. */
  readonly answer: Evidence;
}

/** Columns of a connection before: its number, its last frame and when that came, and whether it was closed. */
const FLOW_ID = 0;
const LAST_FRAME = 1;
const LAST_NS = 2;
const WAS_CLOSED = 3;

/** A listener and those of its connections that reuse a tuple. */
export interface ReusedAtListener {
  readonly listener: Listener;
  readonly port: number;
  /** How many came soon after the connection before, the accepted ones too. */
  soon: number;
  /** Those that were not simply accepted, in order of appearance. */
  readonly flows: ReusedTuple[];
}

/** Finds connections that reuse a tuple. With ports reused by the thousand nearly all are accepted: these are counted. */
export class ReusedTuples {
  readonly #maxGapNs: number;
  /** Rows by listener, client address and client port. */
  readonly #rows = new Map<Listener, Map<string, Map<number, number>>>();
  /** The connection before on each tuple. */
  readonly #before = new NumberTable(4);
  #tuples = 0;
  readonly #byListener = new Map<Listener, ReusedAtListener>();

  /** `maxGapNs`: longest time since the connection before that is soon. */
  constructor(maxGapNs: number) {
    this.#maxGapNs = maxGapNs;
  }

  add(
    flow: Flow,
    identity: FlowIdentity,
    listener: Listener,
    challenge: Challenge,
    repeats: SynRepeats,
  ): void {
    if (!(flow.facts & (IS_REPLACED | REUSES_PORTS))) return;
    const ofClient = this.#rowsOf(identity.clientAddress, listener);
    let row = ofClient.get(identity.clientPort) ?? 0;
    if (flow.facts & REUSES_PORTS && row !== 0 && !(flow.facts & IS_SELF_CONNECT))
      this.#addReuse(flow, identity, listener, row, challenge, repeats);
    if (!(flow.facts & IS_REPLACED)) return;
    const before = this.#before;
    if (row === 0) {
      if (this.#tuples++ >= MAX_TUPLES) return;
      row = before.add();
      ofClient.set(identity.clientPort, row);
    }
    before.set(row, FLOW_ID, flow.id);
    before.set(row, LAST_FRAME, flow.lastFrame);
    before.set(row, LAST_NS, flow.endNs);
    before.set(row, WAS_CLOSED, flow.facts & (IS_CLOSED_BY_CLIENT | IS_CLOSED_BY_SERVER) ? 1 : 0);
  }

  /** Listeners with the connections that reuse a tuple, in order of appearance. */
  all(): IterableIterator<ReusedAtListener> {
    return this.#byListener.values();
  }

  #rowsOf(clientAddress: string, listener: Listener): Map<number, number> {
    let clients = this.#rows.get(listener);
    if (clients === undefined) {
      clients = new Map();
      this.#rows.set(listener, clients);
    }
    let ports = clients.get(clientAddress);
    if (ports === undefined) {
      ports = new Map();
      if (this.#tuples < MAX_TUPLES) clients.set(clientAddress, ports);
    }
    return ports;
  }

  #addReuse(
    flow: Flow,
    identity: FlowIdentity,
    listener: Listener,
    row: number,
    challenge: Challenge,
    repeats: SynRepeats,
  ): void {
    const { client, server } = flow;
    if (client.synFrame === 0) return;
    const reception = receptionOf(flow, challenge, repeats);
    if (reception === null) return;
    let entry = this.#byListener.get(listener);
    if (entry === undefined) {
      entry = { listener, port: identity.serverPort, soon: 0, flows: [] };
      this.#byListener.set(listener, entry);
    }
    const before = this.#before;
    const gapNs = client.synNs - before.at(row, LAST_NS);
    if (gapNs <= this.#maxGapNs) entry.soon++;
    if (reception === "accepted") return;
    entry.flows.push({
      flowId: flow.id,
      reception,
      vantage: vantageOf(flow, identity),
      wasClosed: before.at(row, WAS_CLOSED) === 1,
      gapNs,
      startNs: client.synNs,
      endNs: server.synFrame > 0 ? server.synNs : flow.endNs,
      before: {
        flowId: before.at(row, FLOW_ID),
        frame: before.at(row, LAST_FRAME),
        timeNs: before.at(row, LAST_NS),
      },
      syn: { flowId: flow.id, frame: client.synFrame, timeNs: client.synNs },
      answer: answerTo(reception, flow, challenge, repeats),
    });
  }
}

/** What came of a connection's SYN; null where nothing tells. */
function receptionOf(
  { server }: Flow,
  challenge: Challenge,
  repeats: SynRepeats,
): Reception | "accepted" | null {
  if (challenge.frame > 0) return "challenged";
  if (server.synFrame === 0 && server.rstFrame > 0) return "refused";
  const mayBeSilent = server.synFrame > 0 || server.segments === 0;
  if (repeats.count >= 2 && repeats.answersFirst === 0 && mayBeSilent) return "silent";
  return server.synFrame > 0 ? "accepted" : null;
}

function answerTo(
  reception: Reception,
  { id: flowId, server }: Flow,
  challenge: Challenge,
  repeats: SynRepeats,
): Evidence {
  if (reception === "challenged") return { flowId, frame: challenge.frame, timeNs: challenge.timeNs };
  if (reception === "refused") return { flowId, frame: server.rstFrame, timeNs: server.rstNs };
  return { flowId, frame: repeats.firstFrame, timeNs: repeats.firstNs };
}
