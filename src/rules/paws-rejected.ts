import { defineRule } from "../engine/rule.js";
import { observeRefusedTimestamps, type Refusal } from "../signs/clocks/refused-timestamps.js";
import {
  incidentData,
  incidentReport,
  ListenerIncidents,
  type Suffering,
  suffererOf,
} from "../signs/listeners/listener-incidents.js";
import { CONSEQUENCES_OF_OUTAGE } from "../signs/outages/outage-report.js";

type Role = "first" | "answer" | "last";
interface RefusedFlow extends Suffering<Role> {
  readonly tsval: number;
  readonly echo: number;
  readonly isComparable: boolean;
}

const REFUSALS = ["older", "acks", "unechoed"] as const satisfies readonly Refusal[];

/**
 * Everything arrives, and is dropped: its timestamp is older than one that the receiver has accepted before. Such segments draw
 * an ACK each time (Linux: tcp_paws_discard, tcp_send_dupack), which tells them from those that are lost.
 */
export const pawsRejected = defineRule({
  id: "paws-rejected",
  meta: {
    summary: "A receiver answers what is sent again and refuses it, because its timestamps go back (PAWS).",
    severity: "error",
    messages: {
      older:
        "The {{peer}} refused what the {{side}} sent again on {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}}, {{times}} in all and for {{worstSeconds}} s at worst: it arrived with timestamps (TSval {{tsval}}) behind the {{echo}} that the {{peer}} had accepted before, and echoes.",
      unechoed:
        "The {{peer}} answered what the {{side}} sent again on {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}}, {{times}} in all and for {{worstSeconds}} s at worst, and accepted nothing of it: its ACKs echo an older timestamp ({{echo}}) than that of the segments that they answer ({{tsval}} and later).",
      acks: "The {{side}} sent again what the {{peer}} had acknowledged on {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}}, {{times}} in all and for {{worstSeconds}} s at worst: the acknowledgments have timestamps (TSval {{tsval}}) behind the {{echo}} that the {{side}} had accepted before, and echoes, so that it refuses them.",
    },
    why: "PAWS drops a segment whose timestamp is older than the latest that was accepted, and answers it with an ACK of what is still missing. Each repetition fares the same, until the timestamps have caught up: the connection stands still though nothing gets lost. One host's clock does not go back: something on the way mixes the clocks of several hosts in one connection, or changes timestamps and has lost what it knew (a failover), or the host itself was moved or brought back from a snapshot.",
    remedy:
      "On the host that refuses `nstat -az TcpExtPAWSEstab TcpExtTSEcrRejected` grows with each such segment. Capture on both hosts, and compare the timestamps of the same segments: `tcpdump -nr FILE 'tcp port {{port}}'`. Where they differ, look for what changes them between: firewalls that normalize TCP or modulate timestamps (pf: `scrub reassemble tcp`), SYN proxies, load balancers and WAN optimizers that answer or send in a host's name. Where they do not, the sender's own clock went back. Until then `sysctl -w net.ipv4.tcp_timestamps=0` on either host keeps new connections from it.",
    supersedes: [
      "blackhole-reverse",
      "connection-cut-off",
      "syn-ack-after-data",
      "handshake-ack-dropped",
      "syncookie-ack-dropped",
      "idle-timeout-middlebox",
      "pmtu-blackhole",
      ...CONSEQUENCES_OF_OUTAGE,
    ],
    evidence: {
      first: "the first repetition that was answered and not accepted, or whose acknowledgment was not",
      answer: "the ACK that answers it",
      last: "the last of them",
    },
    references: [
      "RFC 7323, section 5.3 (PAWS)",
      "RFC 7323, section 4.3 (which timestamp to echo)",
      "RFC 9293, section 3.10.7.4 (an unacceptable segment is answered by an ACK)",
      "Linux net/ipv4/tcp_input.c, tcp_validate_incoming; net/ipv4/tcp_minisocks.c, tcp_check_req",
      "TcpExtPAWSEstab, TcpExtTSEcrRejected",
    ],
    withstands: ["loss"],
  },

  create(context) {
    const refused = context.observe(observeRefusedTimestamps);
    const incidents = new Map(
      REFUSALS.map((refusal) => [refusal, new ListenerIncidents<RefusedFlow>()] as const),
    );
    return {
      flowEnd(flow, identity, listener) {
        const found = refused.of(flow);
        if (found === null) return;
        const { refusal, first, answer, last, endNs, count, tsval, echo } = found;
        const lengthNs = endNs - first.timeNs;
        incidents.get(refusal)!.add(suffererOf(flow, identity, listener), {
          side: found.repeater,
          count,
          totalNs: lengthNs,
          worstNs: lengthNs,
          tsval,
          echo,
          isComparable: found.isComparable,
          evidence: { first, answer, last },
          startNs: first.timeNs,
          endNs,
        });
      },
      captureEnd() {
        for (const [messageId, byListener] of incidents) {
          for (const incident of byListener.all()) {
            const { tsval, echo, isComparable } = incident.worst;
            const isStrong = isComparable && messageId !== "unechoed";
            context.report({
              messageId,
              data: { ...incidentData(incident), tsval, echo },
              ...incidentReport(incident),
              confidence: isStrong ? "strong" : "weak",
              alternatives: isStrong ? [] : ALTERNATIVES[messageId],
            });
          }
        }
      },
    };
  },
});

const OTHER_CLOCK =
  "What is echoed is of another clock than what the capture shows, because timestamps are changed on one of the two ways only; then the reason is another one.";

const ALTERNATIVES: Readonly<Record<Refusal, readonly string[]>> = {
  older: [OTHER_CLOCK],
  acks: [OTHER_CLOCK, "The acknowledgments are lost on their way, besides."],
  unechoed: [
    "Sequence or acknowledgment numbers are changed behind the capture instead, so that the segments lie outside the receiver's window.",
    "Something on the way answers in the receiver's name, and the segments never get there.",
  ],
};
