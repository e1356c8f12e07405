import type { Segment } from "../../decode/segment.js";
import type { RuleContext } from "../../engine/rule.js";
import { causeOf, KEEPALIVE, WINDOW_PROBE } from "../../engine/segment-labels.js";
import { isAcknowledged } from "../../flows/acknowledged.js";
import type { Flow } from "../../flows/flow.js";
import { FIN, SYN } from "../../tcp/flags.js";
import type { Side } from "../listeners/listener-incidents.js";
import { ONE_TIMER_NS } from "../segments/one-timer.js";

/** What came in and did not leave. acks: the acknowledgments of what its peer repeats. */
export type Stayed = "dropped" | "syn" | "synAck" | "acks" | "fin";

const KINDS = ["dropped", "syn", "synAck", "acks", "fin"] as const satisfies readonly Stayed[];

/** Repetitions by a timer of their own. Fewer are a matter of a queue that was full. */
const FEWEST_REPEATS = 3;
/** Of SYNs: nothing was sent on before these either. */
const FEWEST_SYN_REPEATS = 2;
/** From the last segment before the repetitions to the last of these. */
const SHORTEST_HANG_NS = 1_000_000_000;

/** Segments of one side that were sent again and captured before a router only. Times in ns since the capture's origin. */
export interface StayedRun {
  readonly kind: Stayed;
  readonly side: Side;
  readonly repeats: number;
  readonly startNs: number;
  readonly firstFrame: number;
  readonly firstNs: number;
  readonly lastFrame: number;
  readonly lastNs: number;
  /** What its sender sent later left: the packets may have stood in a queue until then. */
  readonly wentOn: boolean;
  /** It tells for itself; else it is a matter of others like it. */
  readonly isLong: boolean;
}

const FIELDS = [
  "hasLeft",
  "what",
  "copies",
  "answers",
  "rounds",
  "startNs",
  "firstNs",
  "firstFrame",
  "stayed",
  "stayedNs",
  "stayedFrame",
  "lastNs",
  "lastFrame",
] as const;
type Fields = Record<(typeof FIELDS)[number], number>;

/** The first long one of each flow, or its latest, in numbers kept per flow. */
export class StayedRuns {
  readonly #kept: { of(flow: Flow): Fields };

  constructor(perFlow: RuleContext["perFlow"]) {
    this.#kept = perFlow(...FIELDS);
  }

  /** `segment` repeats what was sent before. */
  repeated(segment: Segment, flow: Flow): void {
    const [sender, peer] = segment.fromServer ? [flow.server, flow.client] : [flow.client, flow.server];
    const kind = kindOf(segment, flow);
    if (kind === null) return;
    const watched = kind === "acks" ? peer : sender;
    // Of a handshake the first segment of either side; later the capture has to show that this side's segments leave.
    if ((watched.copies === 0) !== isOfHandshake(kind)) return;
    // Equal acknowledgments are told from copies by their IP identification alone.
    if (kind === "acks" && peer.ipId === 0) return;
    const own = this.#kept.of(flow);
    // Without an IP identification (IPv6) what leaves late is not known for a copy, and tells by its TTL that it has left.
    if (segment.ttl !== sender.ttl) {
      own.hasLeft = 1;
      return;
    }
    const what = (KINDS.indexOf(kind) + 1) * 2 + Number(segment.fromServer);
    const isAnswered = kind !== "acks" || peer.segments > own.answers;
    if (own.what === what && own.copies === watched.copies && isAnswered) {
      if (segment.timeNs - own.lastNs < ONE_TIMER_NS) return;
      // Copies are counted before: that of the repetition before this one would have been by now.
      own.stayed = own.rounds++;
      own.stayedNs = own.lastNs;
      own.stayedFrame = own.lastFrame;
    } else {
      // What the other end repeats meanwhile tells less of the same.
      const isBeside = kind === "acks" && isOfAnother(own, kind, !segment.fromServer);
      if (isLong(own) || (isBeside && own.copies === watched.copies)) return;
      own.what = what;
      own.copies = watched.copies;
      own.rounds = 1;
      own.stayed = 0;
      own.startNs = sender.lastNs;
      own.firstNs = segment.timeNs;
      own.firstFrame = segment.frame;
    }
    own.answers = peer.segments;
    own.lastNs = segment.timeNs;
    own.lastFrame = segment.frame;
  }

  /** Null when everything left, or too little stayed; of SYNs and SYN-ACKs also a short one, of which the first may be all. */
  of(flow: Flow): StayedRun | null {
    const own = this.#kept.of(flow);
    if (own.what === 0 || own.hasLeft) return null;
    const kind = kindIn(own);
    const isServers = own.what % 2 === 1;
    const watched = (kind === "acks") === isServers ? flow.client : flow.server;
    const wentOn = watched.copies !== own.copies;
    // Whether the last repetition left is known by now only where nothing did.
    const isUnsure = wentOn || kind === "acks" || (kind === "syn" && flow.server.segments > 0);
    const [stayed, stayedNs, stayedFrame] = isUnsure
      ? [own.stayed, own.stayedNs, own.stayedFrame]
      : [own.rounds, own.lastNs, own.lastFrame];
    const isLongRun = isLong({ what: own.what, stayed, stayedNs, startNs: own.startNs });
    if (!isLongRun && !isOfHandshake(kind)) return null;
    return {
      kind,
      isLong: isLongRun,
      // Whose segments did not leave.
      side: (kind === "acks") === isServers ? "client" : "server",
      repeats: stayed,
      startNs: own.startNs,
      firstFrame: own.firstFrame,
      firstNs: own.firstNs,
      lastFrame: stayedFrame,
      lastNs: stayedNs,
      wentOn,
    };
  }
}

function kindOf(segment: Segment, flow: Flow): Stayed | null {
  if (segment.flags & SYN) return segment.fromServer ? "synAck" : "syn";
  if (segment.payloadLength === 0 && !(segment.flags & FIN)) return null;
  const cause = causeOf(segment.cause);
  if (cause === KEEPALIVE || cause === WINDOW_PROBE) return null;
  const peer = segment.fromServer ? flow.client : flow.server;
  if (isAcknowledged(peer, segment.relativeSeq + segment.seqLength)) return "acks";
  return segment.payloadLength === 0 ? "fin" : "dropped";
}

function isOfHandshake(kind: Stayed): boolean {
  return kind === "syn" || kind === "synAck";
}

/** It is one of that side's own segments, and not of its acknowledgments. */
function isOfAnother({ what }: { readonly what: number }, kind: Stayed, isServers: boolean): boolean {
  return what !== 0 && kindIn({ what }) !== kind && what % 2 === Number(isServers);
}

function kindIn({ what }: { readonly what: number }): Stayed {
  return KINDS[(what >>> 1) - 1]!;
}

function isLong(run: {
  readonly what: number;
  readonly stayed: number;
  readonly stayedNs: number;
  readonly startNs: number;
}): boolean {
  if (run.what === 0) return false;
  const fewest = isOfHandshake(kindIn(run)) ? FEWEST_SYN_REPEATS : FEWEST_REPEATS;
  return run.stayed >= fewest && run.stayedNs - run.startNs >= SHORTEST_HANG_NS;
}
