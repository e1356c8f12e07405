import { duration } from "../engine/message-values.js";
import { defineRule } from "../engine/rule.js";
import {
  incidentData,
  incidentReport,
  ListenerIncidents,
  type Suffering,
  suffererOf,
} from "../signs/listeners/listener-incidents.js";
import { type HeldBack, SHORTEST_DELAY_NS } from "../signs/outages/held-back.js";
import { observeStalledAddresses } from "../signs/outages/stalled-addresses.js";

interface Delay extends Suffering<"repeat" | "proof"> {
  readonly held: HeldBack;
}

/**
 * What was sent, or the answer to it, stood somewhere for a while and was delivered then: its sender repeated it in vain, as it does
 * in an outage. Only what proves the delay counts: a D-SACK for each repetition, or the sender's clock.
 */
export const delaySpike = defineRule({
  id: "delay-spike",
  meta: {
    summary: "Segments, or their answers, were held back for long and delivered then: delay, no loss.",
    severity: "warning",
    messages: {
      answered:
        "What the {{side}} sent, or the answer to it, was held back for {{worstSeconds}} s at worst and delivered then, on {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}}: what it repeated meanwhile arrived, and each time the {{peer}} answered that it had that already (D-SACK). That was delay, not loss.",
      captured:
        "What the {{side}} sent was held back on its way to the capture for {{worstSeconds}} s at worst and delivered then, on {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}}: repetitions that it had sent {{sentApart}} apart, by their timestamps (TSval), were captured within {{capturedApart}}. That was delay, not loss.",
    },
    why: "Connections stand still as they do in an outage, and the sender repeats and slows down as it does after a loss; but nothing was lost. Whoever looks for what drops finds nothing: something holds back.",
    remedy:
      "Look for what stood still, not for what drops: `ping -D ADDRESS` while it lasts shows answers that all come at once, or round trips that grow. A host that was paused: steal time (`vmstat 1`, column st), snapshots and live migrations of virtual machines, suspended radio links. A queue: `tc -s qdisc show` on each router and host of the way (backlog); give it `fq_codel` or `cake` with the link's rate.",
    supersedes: ["spurious-retransmission"],
    evidence: {
      repeat: "a repetition of what was held back",
      proof:
        "the late answer to it (D-SACK), or a repetition that was sent long after it and captured soon after it",
    },
    references: [
      "RFC 2883, section 5 (D-SACK)",
      "RFC 7323, section 4 (TSval, TSecr)",
      "RFC 5682 (spurious timeouts)",
      "TcpExtTCPSpuriousRTOs, TcpExtTCPDSACKRecv",
    ],
    options: {
      minDelayMs: { default: 500, minimum: SHORTEST_DELAY_NS / 1e6, description: "shortest delay" },
    },
  },

  create(context) {
    const { heldBack } = context.observe(observeStalledAddresses);
    const minDelayNs = context.options["minDelayMs"]! * 1e6;
    const incidents = new ListenerIncidents<Delay>();
    return {
      flowEnd(flow, identity, listener) {
        const held = heldBack.of(flow);
        if (held === null || held.delayNs < minDelayNs) return;
        incidents.add(suffererOf(flow, identity, listener), sufferingOf(held, flow.id));
      },
      captureEnd() {
        for (const incident of incidents.all()) {
          const { held } = incident.worst;
          context.report({
            ...incidentReport(incident),
            messageId: held.kind,
            data: {
              ...incidentData(incident),
              sentApart: duration(held.sentApartNs),
              capturedApart: duration(held.proofNs - held.timeNs),
            },
            confidence: "strong",
          });
        }
      },
    };
  },
});

function sufferingOf(held: HeldBack, flowId: number): Delay {
  const { isServers, delayNs, frame, timeNs, proofFrame, proofNs, startNs, endNs } = held;
  return {
    side: isServers ? "server" : "client",
    count: 1,
    totalNs: delayNs,
    worstNs: delayNs,
    evidence: { repeat: { flowId, frame, timeNs }, proof: { flowId, frame: proofFrame, timeNs: proofNs } },
    startNs,
    endNs,
    held,
  };
}
