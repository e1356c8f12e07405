import type { CaptureObservation } from "../engine/capture-observation.js";
import type { Confidence, Evidence, Vantage } from "../engine/finding.js";
import type { Listener } from "../engine/listeners.js";
import { defineRule } from "../engine/rule.js";
import { findWrongSyns } from "../signs/attempts/wrong-syns.js";
import {
  incidentData,
  incidentReport,
  type ListenerIncident,
  ListenerIncidents,
  type Side,
  type Suffering,
  suffererOf,
} from "../signs/listeners/listener-incidents.js";
import { CONSEQUENCES_OF_OUTAGE } from "../signs/outages/outage-report.js";
import { BIT_OF_SIDE, isAltered, sidesWithRightData } from "../signs/segments/altered-checksums.js";
import { observeWrongChecksums } from "../signs/segments/wrong-checksums.js";

const MESSAGES = ["data", "syn", "synAck"] as const;
type MessageId = (typeof MESSAGES)[number];
type DroppedFlow = Suffering<"first" | "last">;

/**
 * Segments whose checksum is wrong are dropped by who gets them, and nobody is told: on the wire they look as lost as others.
 * Only that the capture shows the checksum tells the two apart.
 */
export const badChecksum = defineRule({
  id: "bad-checksum",
  meta: {
    summary: "Segments with a wrong TCP checksum are sent again and again, and dropped by their receiver.",
    severity: "error",
    messages: {
      data: "What the {{side}} sent again on {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} has a wrong TCP checksum, {{times}} in all and for {{worstSeconds}} s at worst, and none of it was acknowledged: the {{peer}} drops such segments without a word.",
      syn: "The SYNs of {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} have a wrong TCP checksum, {{times}} in all and for {{worstSeconds}} s at worst, and drew no answer: the server drops such segments without a word.",
      synAck:
        "The SYN-ACKs of {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} have a wrong TCP checksum, and the client asked on for {{worstSeconds}} s at worst: it drops such segments without a word.",
    },
    why: "A receiver drops a segment whose checksum is wrong and says nothing, so that it looks lost: its sender's timer doubles with every attempt. Links have checks of their own, so it is mostly no bad cable: something changes segments and does not mend the checksum (NAT, a proxy, a tunnel, a driver or a network card's offload), or its memory is broken.",
    remedy:
      "On the receiving host `nstat -az TcpInCsumErrors` grows with each such segment, and `tcpdump -nvvi any 'tcp port {{port}}'` says `cksum … (incorrect …)` of those that come in. Capture nearer and nearer to the sender until the checksum is right: what lies between changes it. On virtual machines and tunnels switch the offload off for a test (`ethtool -K eth0 tx off rx off tso off gso off gro off`); look for firmware of the network cards, and for what rewrites segments (`nft list ruleset`, `tc filter show dev eth0 ingress`).",
    supersedes: [
      "route-blackhole-local",
      "blackhole-forward",
      "connection-cut-off",
      "unaccepted-connection",
      "handshake-ack-dropped",
      "syncookie-ack-dropped",
      "syn-unanswered",
      "idle-timeout-middlebox",
      "pmtu-blackhole",
      ...CONSEQUENCES_OF_OUTAGE,
    ],
    evidence: {
      first: "the first with a wrong checksum of those that were looked at",
      last: "the last of them",
    },
    references: [
      "RFC 9293, section 3.1 (checksum)",
      "RFC 1122, section 4.2.2.7",
      "Linux net/ipv4/tcp_ipv4.c, tcp_v4_rcv",
      "TcpInCsumErrors",
    ],
    withstands: ["loss", "filter"],
  },

  create(context) {
    const wrong = context.observe(observeWrongChecksums);
    const incidents = new Map(
      MESSAGES.map((messageId) => [messageId, new ListenerIncidents<DroppedFlow>()] as const),
    );
    /** Whose data, of the two sides of a listener's connections, was seen with a right checksum: it has not been changed since. */
    const compared = new Map<Listener, number>();
    let isCaptureAltered = false;

    /** Null where the capture may as well have been changed: nothing in it is right, or what is wrong was accepted. */
    function confidenceOf(
      messageId: MessageId,
      { listener, side }: ListenerIncident<DroppedFlow>,
      { validChecksums, validDataChecksums }: CaptureObservation["evidence"],
    ): Confidence | null {
      const isCompared = messageId === "data" && ((compared.get(listener) ?? 0) & BIT_OF_SIDE[side]) !== 0;
      if (isCaptureAltered) return isCompared ? "weak" : null;
      if (messageId !== "data") return validChecksums > 0 ? "strong" : null;
      if (isCompared) return "strong";
      return validDataChecksums > 0 ? "weak" : null;
    }

    return {
      flowEnd(flow, identity, listener) {
        if (isAltered(flow)) isCaptureAltered = true;
        const right = sidesWithRightData(flow);
        const known = compared.get(listener) ?? 0;
        if ((known | right) !== known) compared.set(listener, known | right);
        const syns = findWrongSyns(flow);
        if (syns !== null) {
          const { isOfServer, count, first, last } = syns;
          incidents
            .get(isOfServer ? "synAck" : "syn")!
            .add(
              suffererOf(flow, identity, listener),
              sufferingOf(isOfServer ? "server" : "client", count, first, last, last.timeNs),
            );
          return;
        }
        const found = wrong.of(flow);
        if (found === null) return;
        const { repeater, count, first, last, endNs } = found;
        incidents
          .get("data")!
          .add(suffererOf(flow, identity, listener), sufferingOf(repeater, count, first, last, endNs));
      },
      captureEnd({ evidence }) {
        for (const [messageId, byListener] of incidents) {
          for (const incident of byListener.all()) {
            const confidence = confidenceOf(messageId, incident, evidence);
            if (confidence === null) continue;
            const isUnsent = isAtHostOf(incident.side, incident.vantage);
            context.report({
              messageId,
              data: incidentData(incident),
              ...incidentReport(incident),
              confidence: isUnsent ? "weak" : confidence,
              alternatives: [...(confidence === "weak" ? [ALTERED] : []), ...(isUnsent ? [UNSENT] : [])],
            });
          }
        }
      },
    };
  },
});

const ALTERED =
  "A tool has changed addresses or data in the capture since, and not the checksums; then the segments were lost for another reason.";
const UNSENT =
  "The capture was taken on the sender's host, and its network card makes the checksum: on the wire it is right.";

function isAtHostOf(side: Side, vantage: Vantage): boolean {
  return vantage === (side === "client" ? "client-host" : "server-host");
}

function sufferingOf(side: Side, count: number, first: Evidence, last: Evidence, endNs: number): DroppedFlow {
  const lengthNs = endNs - first.timeNs;
  return {
    side,
    count,
    totalNs: lengthNs,
    worstNs: lengthNs,
    evidence: { first, last },
    startNs: first.timeNs,
    endNs,
  };
}
