import type { Segment } from "../../decode/segment.js";
import type { RuleContext } from "../../engine/rule.js";
import { causeOf, KEEPALIVE } from "../../engine/segment-labels.js";
import type { Flow } from "../../flows/flow.js";
import { ACK, FIN, RST } from "../../tcp/flags.js";
import { mayBeFarewell } from "./farewell.js";

/** What answers data comes in a round trip, and all that is said at a close within this time. Nanoseconds. */
const ONE_MOMENT_NS = 1_000_000_000;
/** All that a client sends as one request leaves within this time. */
const ONE_REQUEST_NS = 200_000_000;
/** What a client says when it closes: GOAWAY, alerts, QUIT. A longer last word is none. */
const MOST_FAREWELL_OCTETS = 100;

const BY_FIN = 1;
const BY_RST = 2;
/** The client had not got the FIN when it sent the request. */
const CROSSED = 1;

/** A server closed a connection on which nothing was under way. Times in ns since the capture's origin. */
export interface IdleClose {
  /** The last segment before the silence. */
  readonly fromNs: number;
  readonly fromFrame: number;
  /** The server's last segment before it: where its timer begins. */
  readonly servedNs: number;
  /** When the server said that it closes. */
  readonly closedNs: number;
  /** What became of a request that met it, null when none did. */
  readonly request: {
    readonly bytes: number;
    /** From the FIN to the last of it, as captured; negative where it comes before. */
    readonly lateNs: number;
    /** "fin": the client had got the FIN before. "crossed": it had not. "reset": a RST stands in the place of the FIN. */
    readonly met: "fin" | "crossed" | "reset";
  } | null;
}

/**
 * Keeps in numbers per flow when a server closes a connection after a silence, with all answered, and whether the client's next
 * request met that. Its methods are the hooks of their names.
 */
export class IdleCloses {
  readonly #own;
  readonly #minIdleNs: number;

  constructor(perFlow: RuleContext["perFlow"], minIdleNs: number) {
    this.#minIdleNs = minIdleNs;
    this.#own = perFlow(
      "fromNs",
      "fromFrame",
      "servedNs",
      "requestNs",
      "requestSeq",
      "farewellNs",
      "closedNs",
      "closedAck",
      "isOwnClose",
      "bytes",
      "lateNs",
      "answer",
      "hasCrossed",
    );
  }

  paused(segment: Segment, flow: Flow): void {
    if (segment.timeNs - flow.endNs < this.#minIdleNs || segment.flags & (FIN | RST)) return;
    if (!isInUse(flow)) return;
    const isKeepalive = causeOf(segment.cause) === KEEPALIVE;
    if (!isKeepalive && (segment.payloadLength === 0 || segment.cause !== 0)) return;
    const isFarewell =
      segment.fromServer && (segment.isTlsAlert || mayBeFarewell(segment, segment.timeNs - flow.endNs));
    if (segment.fromServer && !isKeepalive && !isFarewell) return;
    if (!this.#isIdle(segment, flow) || isKeepalive) return;
    const own = this.#own.of(flow);
    if (isFarewell) {
      own.farewellNs = segment.timeNs;
      return;
    }
    own.requestNs = segment.timeNs;
    own.requestSeq = segment.relativeSeq;
  }

  fin(segment: Segment, flow: Flow): void {
    const { client, server } = flow;
    const own = this.#own.of(flow);
    if (!segment.fromServer) {
      // Both closed: what this one sent before was its last word.
      if (own.closedNs > 0 && client.finFrame === 0 && segment.relativeAck < server.nextSeq)
        own.isOwnClose = 1;
      return;
    }
    if (!isInUse(flow) || client.finFrame > 0) return;
    const isSoon = (timeNs: number): boolean => timeNs > 0 && segment.timeNs - timeNs <= ONE_MOMENT_NS;
    const hasSaid = isSoon(own.farewellNs);
    const isMet = isSoon(own.requestNs) && segment.relativeAck <= own.requestSeq;
    if (!hasSaid && !isMet) {
      if (segment.payloadLength > 0 && !segment.isTlsAlert) return;
      if (segment.timeNs - flow.endNs < this.#minIdleNs || !this.#isIdle(segment, flow)) return;
    }
    own.closedNs = hasSaid ? own.farewellNs : segment.timeNs;
    own.closedAck = segment.relativeAck;
  }

  rst(segment: Segment, flow: Flow): void {
    const { client, server } = flow;
    if (!segment.fromServer || server.rstFrame > 0 || segment.timeNs - client.lastNs > ONE_MOMENT_NS) return;
    const own = this.#own.of(flow);
    const sent = client.finFrame > 0 ? client.nextSeq - 1 : client.nextSeq;
    if (server.finFrame > 0) {
      const bytes = sent - own.closedAck;
      if (own.closedNs === 0 || own.isOwnClose || bytes <= 0) return;
      // What answers a segment without a socket stands where that acknowledged (RFC 9293, section 3.5.2).
      const heardTo = segment.flags & ACK ? client.ackedTo : segment.relativeSeq;
      const hasCrossed = heardTo < server.nextSeq;
      if (!hasCrossed && bytes <= MOST_FAREWELL_OCTETS && bytes < client.firstDataLength) return;
      own.hasCrossed = hasCrossed ? CROSSED : 0;
      own.bytes = bytes;
      own.lateNs = client.labelNextSeqNs - server.finNs;
      own.answer = BY_FIN;
      return;
    }
    // Whoever closes with a request unread makes its kernel send this in the place of a FIN (RFC 2525, section 2.17).
    if (!(segment.flags & ACK) || own.requestNs === 0 || client.finFrame > 0) return;
    if (server.labelNextSeqNs >= own.requestNs || segment.timeNs - own.requestNs > ONE_MOMENT_NS) return;
    if (client.labelNextSeqNs - own.requestNs > ONE_REQUEST_NS) return;
    own.bytes = sent - own.requestSeq;
    own.closedNs = segment.timeNs;
    own.answer = BY_RST;
  }

  /** When the flow has ended; null where the server did not close it so. */
  of(flow: Flow): IdleClose | null {
    const { fromNs, fromFrame, servedNs, closedNs, bytes, lateNs, answer, hasCrossed } = this.#own.of(flow);
    if (closedNs === 0) return null;
    const met = answer === BY_RST ? "reset" : hasCrossed === CROSSED ? "crossed" : "fin";
    return { fromNs, fromFrame, servedNs, closedNs, request: answer === 0 ? null : { bytes, lateNs, met } };
  }

  /** Nothing is under way when the segment ends a silence; keeps when that began. Keepalives do not end it. */
  #isIdle(segment: Segment, flow: Flow): boolean {
    const { client, server } = flow;
    const own = this.#own.of(flow);
    // The labels know of the segment already.
    const spokenNs = segment.fromServer ? client.labelNextSeqNs : server.labelNextSeqNs;
    if (own.fromNs > 0 && spokenNs <= own.fromNs) return true;
    if (client.ackedTo < server.nextSeq || server.ackedTo < client.nextSeq) return false;
    // Whoever acknowledged last had got an answer: the last data was the server's.
    const isAnswered = segment.fromServer ? client.lastNs > spokenNs : server.lastNs === spokenNs;
    if (!isAnswered) return false;
    own.fromNs = flow.endNs;
    own.fromFrame = flow.lastFrame;
    own.servedNs = server.lastNs;
    return true;
  }
}

/** Both have spoken, and the server has not closed. */
function isInUse({ client, server }: Flow): boolean {
  return client.payloadBytes > 0 && server.payloadBytes > 0 && server.finFrame + server.rstFrame === 0;
}
