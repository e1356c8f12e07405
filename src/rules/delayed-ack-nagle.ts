import { defineRule } from "../engine/rule.js";
import { hasNearTerminator, NEAR_TERMINATOR } from "../signs/attempts/near-terminator.js";
import {
  incidentData,
  incidentReport,
  ListenerIncidents,
  type Suffering,
  suffererOf,
} from "../signs/listeners/listener-incidents.js";
import {
  DELAYED_ACK_FIELDS,
  findDelayedAcks,
  followPauses,
  hasVaryingWay,
} from "../signs/waits/delayed-acks.js";

interface WaitingFlow extends Suffering<"small" | "ack"> {
  /** What else the waits may be. */
  readonly doubts: readonly string[];
}

/**
 * A sender with a small segment in flight holds the next one back (Nagle), and its receiver waits with the ACK for data
 * of its own to send it with (delayed ACK). Neither has anything to wait for but the other, until the ACK's timer ends
 * it. Once is chance; every few writes is a program that writes in pieces.
 */
export const delayedAckNagle = defineRule({
  id: "delayed-ack-nagle",
  meta: {
    summary: "Small writes wait for delayed ACKs, again and again.",
    severity: "warning",
    messages: {
      waits:
        "On {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} the {{side}} sent its next small segment only when the {{peer}}'s delayed ACK had come: {{times}}, {{meanMs}} ms each, {{totalSeconds}} s in all.",
    },
    why: "Nothing is lost and nobody is busy: Nagle's algorithm keeps a small segment back while another is not acknowledged, and the {{peer}}, with nothing to send, waits 40 ms to 200 ms with that ACK. Each message that is written in pieces costs that time.",
    remedy:
      "Let the {{side}} write each message at once (writev(), a buffer, or TCP_CORK while it is put together), or set TCP_NODELAY; see by `strace -f -e trace=write,writev,sendto,sendmsg,setsockopt -p PID` whether it writes in pieces. TCP_QUICKACK at the {{peer}} only hides it.",
    evidence: {
      small: "a small segment of the one whose ACK was waited for longest",
      ack: "its ACK, which came late and let the next small segment go",
    },
    references: [
      "RFC 896",
      "RFC 9293, sections 3.7.4 and 3.8.6.3",
      "Linux include/net/tcp.h, TCP_DELACK_MIN",
      "TcpExtDelayedACKs",
    ],
    options: {
      minWaits: { default: 4, minimum: 1, description: "such waits that a connection must have" },
    },
  },

  create(context) {
    const states = context.perFlow(...DELAYED_ACK_FIELDS);
    const incidents = new ListenerIncidents<WaitingFlow>();
    return {
      paused(segment, flow) {
        followPauses(states.of(flow), segment, flow);
      },
      flowEnd(flow, identity, listener) {
        const found = findDelayedAcks(states.of(flow), flow);
        if (found === null || found.count < context.options["minWaits"]!) return;
        const sufferer = suffererOf(flow, identity, listener);
        // Something near the client that sends in the server's name: setting up the server changes nothing.
        const isByTerminator = found.side === "server" && hasNearTerminator(flow, sufferer.vantage);
        const doubts = [
          ...(isByTerminator ? [NEAR_TERMINATOR] : []),
          ...(hasVaryingWay(flow, found.side) ? [VARYING_WAY] : []),
        ];
        incidents.add(sufferer, { ...found, doubts });
      },
      captureEnd() {
        for (const incident of incidents.all()) {
          const { doubts } = incident.worst;
          const meanMs = Math.round(incident.totalNs / incident.count / 1e6);
          context.report({
            ...incidentReport(incident),
            messageId: "waits",
            data: { ...incidentData(incident), meanMs },
            confidence: doubts.length > 0 ? "weak" : "strong",
            alternatives: [WRITES_AFTER_ACK, ...doubts],
          });
        }
      },
    };
  },
});

const WRITES_AFTER_ACK =
  "The application writes the next piece only when the kernel tells it that the piece before was acknowledged.";

const VARYING_WAY =
  "The ACKs came at once and took that long: the handshake took as much longer than the quickest of them, and nobody delays that.";
