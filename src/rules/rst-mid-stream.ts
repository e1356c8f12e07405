import { listenerValues, seconds } from "../engine/message-values.js";
import { defineRule } from "../engine/rule.js";
import { hasNearTerminator, NEAR_TERMINATOR } from "../signs/attempts/near-terminator.js";
import { isFromOtherDistance } from "../signs/attempts/other-distance.js";
import {
  ABORTED,
  GAVE_UP,
  HALF_CLOSED,
  judgeReset,
  type Reset,
  STALLED,
  UNKNOWN_THERE,
  UNSERVED,
} from "../signs/closes/reset.js";
import {
  incidentReport,
  type ListenerIncident,
  ListenerIncidents,
  peerOf,
  type Suffering,
  suffererOf,
} from "../signs/listeners/listener-incidents.js";

/** What is captured so shortly after the RST may have been sent before it. */
const DISORDER_NS = 1_000_000;
/** A RST so soon behind an answer is how its sender closed, and not what became of the connection later. */
const RIGHT_BEHIND_NS = 1_000_000_000;
/** Requests are shorter, mostly: a server that has taken as much without a word may be there to take, and close at an agreed end. */
const ONE_WAY_OCTETS = 262_144;

type Role = "data" | "rst";
interface ResetFlow extends Suffering<Role> {
  readonly bytes: number;
  /** They are those of the side that reset, else its peer's. */
  readonly isOwn: boolean;
  /** That the server had acknowledged. */
  readonly takenBytes: number;
  readonly ttl: number;
  readonly usualTtl: number;
  /** It stands right behind data of its sender. */
  readonly isBehindAnswer: boolean;
  /** It may be by something near the client that has its own connection to the server. */
  readonly isByTerminator: boolean;
}

/** Reason classes, each of which is an incident of its own at a listener. */
const MESSAGES = ["unserved", "oneWay", "halfClosed", "gaveUp", "stalled", "aborted", "injected"] as const;
type MessageId = (typeof MESSAGES)[number];
const MESSAGE_OF_KIND: Readonly<Record<number, MessageId>> = {
  [UNSERVED]: "unserved",
  [HALF_CLOSED]: "halfClosed",
  [GAVE_UP]: "gaveUp",
  [STALLED]: "stalled",
  [ABORTED]: "aborted",
};

/**
 * A connection is reset while something was still to be said. A RST that closes when all is acknowledged is an ordinary
 * close, and one that answers data behind the sender's own FIN is a consequence: neither counts.
 */
export const rstMidStream = defineRule({
  id: "rst-mid-stream",
  meta: {
    summary: "A connection is reset before all data was acknowledged, or before its first answer.",
    severity: "warning",
    messages: {
      unserved:
        "The server reset {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} {{unservedNote}}; {{ttlNote}}.",
      oneWay:
        "The server reset {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} that had carried data in one direction only: it had acknowledged {{takenBytes}} octets of the client's and sent none{{untakenNote}}; {{ttlNote}}.",
      halfClosed:
        "The server reset {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} after the client's FIN, with {{bytes}} octets of the client's data not acknowledged; {{ttlNote}}.",
      gaveUp:
        "The {{side}} reset {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} after it had waited for the {{peer}} in vain, for {{worstSeconds}} s at worst; {{ttlNote}}.",
      stalled:
        "The client reset {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} in the middle of a transfer that had stood still, for {{worstSeconds}} s at worst ({{bytesNote}}); {{ttlNote}}.",
      aborted:
        "The client reset {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} in the middle of a transfer ({{bytesNote}}); {{ttlNote}}.",
      injected:
        "{{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} got a RST in the {{side}}'s name that the {{side}} did not send: {{injectedNote}}.",
    },
    messageSeverities: { aborted: "note" },
    why: "A RST throws away what is under way in both directions, also what the receiver's kernel holds unread: the application sees ECONNRESET instead of the rest of its data.",
    remedy:
      "On the host that sent the RST `nstat -az TcpExtTCPAbortOnClose TcpExtTCPAbortOnData TcpExtTCPAbortOnTimeout` tells the reason: closed with unread data, closed by SO_LINGER 0, or timed out; its log tells why the program closed. Let it read all input and shut down its sending side before it closes. Where the TTL does not fit, look for a firewall or load balancer on the way: capture on both hosts with `tcpdump -ni any 'tcp port {{port}} and tcp[tcpflags] & tcp-rst != 0'`.",
    evidence: {
      data: "the first data of the side that was cut off, else the connection's first segment",
      rst: "the RST",
    },
    references: [
      "RFC 9293, section 3.6.1",
      "RFC 9293, section 3.5.3",
      "RFC 2525, section 2.17",
      "RFC 9112, section 9.6 (closing without losing the answer)",
      "Linux net/ipv4/tcp.c, __tcp_close",
      "TcpExtTCPAbortOnClose, TcpExtTCPAbortOnData",
    ],
  },

  create(context) {
    const kept = context.perFlow(
      "kind",
      "bytes",
      "isOwn",
      "silenceNs",
      "ttl",
      "isServer",
      "nextSeq",
      "isBehind",
    );
    const reset: Reset = { kind: 0, bytes: 0, isOwn: false, silenceNs: 0 };
    const incidents = new Map<MessageId, ListenerIncidents<ResetFlow>>();
    for (const messageId of MESSAGES) incidents.set(messageId, new ListenerIncidents());
    return {
      rst(segment, flow) {
        if (!judgeReset(segment, flow, reset)) return;
        const own = kept.of(flow);
        own.kind = reset.kind;
        own.bytes = reset.bytes;
        own.isOwn = reset.isOwn ? 1 : 0;
        own.silenceNs = reset.silenceNs;
        own.ttl = segment.ttl;
        own.isServer = segment.fromServer ? 1 : 0;
        const { payloadBytes, labelNextSeqNs } = flow.server;
        const isBehind = payloadBytes > 0 && segment.timeNs - labelNextSeqNs <= RIGHT_BEHIND_NS;
        own.isBehind = segment.fromServer && isBehind ? 1 : 0;
        own.nextSeq = (segment.fromServer ? flow.server : flow.client).nextSeq;
      },
      flowEnd(flow, identity, listener) {
        const { kind, bytes, isOwn, silenceNs, ttl, isServer, nextSeq, isBehind } = kept.of(flow);
        if (ttl === 0) return;
        const sender = isServer ? flow.server : flow.client;
        const peer = isServer ? flow.client : flow.server;
        // Both closed in order after all: nobody took the RST for the end.
        if (sender.finNs > sender.rstNs && peer.finNs > sender.rstNs) return;
        // Who goes on begins where the RST stands. Data beyond a gap is not the sender's, or of another recording; what was only
        // acknowledged may have been sent before.
        const goesOn =
          Math.min(sender.nextSeq, sender.contiguousTo) > nextSeq &&
          sender.labelNextSeqNs > sender.rstNs + DISORDER_NS;
        const isForeign = kind !== 0 && isFromOtherDistance(ttl, sender);
        const takenBytes = Math.max(0, flow.server.ackedTo - 1);
        const isOneWay = kind === UNSERVED && flow.server.payloadBytes === 0 && takenBytes >= ONE_WAY_OCTETS;
        const messageId = goesOn || isForeign ? "injected" : isOneWay ? "oneWay" : MESSAGE_OF_KIND[kind];
        if (messageId === undefined || (kind === UNKNOWN_THERE && messageId !== "injected")) return;
        const flowId = flow.id;
        const hasData = peer.firstDataFrame > 0;
        const sufferer = suffererOf(flow, identity, listener);
        incidents.get(messageId)!.add(sufferer, {
          side: isServer ? "server" : "client",
          count: 1,
          totalNs: silenceNs,
          worstNs: silenceNs,
          bytes,
          isOwn: isOwn === 1,
          takenBytes,
          ttl,
          usualTtl: goesOn ? 0 : sender.ttl,
          isBehindAnswer: isBehind === 1,
          isByTerminator:
            isServer === 1 && messageId !== "injected" && hasNearTerminator(flow, sufferer.vantage),
          evidence: {
            data: hasData
              ? { flowId, frame: peer.firstDataFrame, timeNs: peer.firstDataNs }
              : { flowId, frame: flow.firstFrame, timeNs: flow.startNs },
            rst: { flowId, frame: sender.rstFrame, timeNs: sender.rstNs },
          },
          startNs: flow.startNs,
          endNs: sender.rstNs,
        });
      },
      captureEnd() {
        for (const [messageId, byListener] of incidents) {
          for (const incident of byListener.all()) {
            const { usualTtl, isByTerminator } = incident.worst;
            const isWeak =
              isByTerminator ||
              messageId === "oneWay" ||
              (messageId === "injected" && usualTtl > 0 && incident.flowIds.length < 2);
            const alternatives = ALTERNATIVES[messageId];
            context.report({
              messageId,
              data: valuesOf(incident),
              ...incidentReport(incident),
              confidence: isWeak ? "weak" : "strong",
              alternatives: isByTerminator ? [...alternatives, NEAR_TERMINATOR] : alternatives,
            });
          }
        }
      },
    };
  },
});

const BEHIND_ANSWER =
  ", right behind its own last data: the client may lose that as well, if its program had not read it before";

function valuesOf({ listener, port, side, flowIds, worst }: ListenerIncident<ResetFlow>) {
  const { bytes, isOwn, takenBytes, ttl, usualTtl, isBehindAnswer, worstNs } = worst;
  const bytesNote = `${bytes} octets of the ${isOwn ? side : peerOf(side)}'s data not acknowledged`;
  return {
    ...listenerValues(listener, port),
    side,
    peer: peerOf(side),
    hitFlows: flowIds.length,
    bytes,
    bytesNote,
    takenBytes,
    untakenNote: bytes > 0 ? `, with ${bytesNote}` : "",
    worstSeconds: seconds(worstNs),
    unservedNote:
      bytes > 0
        ? `with ${bytesNote}${isBehindAnswer ? BEHIND_ANSWER : ""}`
        : "before it had answered the first request",
    ttlNote: `its TTL of ${ttl} fits the ${side}'s other segments`,
    injectedNote:
      usualTtl === 0
        ? `the ${side} goes on sending data after it`
        : `its TTL is ${ttl}, that of the ${side}'s other segments ${usualTtl}`,
  };
}

const CLOSED_ON_PURPOSE = [
  "The program closed on purpose: it refuses such requests, or its host is shutting down.",
  "A firewall or load balancer with the same distance reset the connection in the server's name.",
];

const ALTERNATIVES: Readonly<Record<MessageId, readonly string[]>> = {
  unserved: CLOSED_ON_PURPOSE,
  oneWay: [
    "Both programs had agreed on the end over another connection, as those that measure throughput do (iperf3): nothing is wrong.",
    ...CLOSED_ON_PURPOSE,
  ],
  halfClosed: ["The server takes a FIN for the end of the whole connection, and closes without reading on."],
  gaveUp: ["The user, or a program, ended the connection while it waited for nothing in particular."],
  stalled: ["The user, or a program, ended a transfer for another reason while it stood still."],
  aborted: ["The user cancelled, or a load generator reached its end: nothing is wrong."],
  injected: ["The host's replies take several ways, or a load balancer answers for it."],
};
