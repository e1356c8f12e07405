import { commonVantage } from "../engine/common-vantage.js";
import { duration } from "../engine/message-values.js";
import { defineRule } from "../engine/rule.js";
import { spanOf } from "../engine/time-window.js";
import {
  incidentData,
  incidentReport,
  ListenerIncidents,
  type Suffering,
  suffererOf,
  threeDigitSeconds,
} from "../signs/listeners/listener-incidents.js";
import { type HeldBack, SHORTEST_DELAY_NS } from "../signs/outages/held-back.js";
import { type DelayedFlow, type SharedDelay, shareDelays } from "../signs/outages/shared-delays.js";
import { observeStalledAddresses } from "../signs/outages/stalled-addresses.js";

/** More would say the same. */
const MAX_DELAYED = 100_000;
/** Listeners that a message names. */
const MOST_NAMES = 6;

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
      shared:
        "On {{hitFlows}} connections of the {{side}} {{host}} to {{listeners}} listeners ({{listenerNames}}) segments, or the answers to them, were held back at the same time, for {{worstSeconds}} s at worst, and delivered then: what was repeated meanwhile arrived, as the answers (D-SACK) or the sender's timestamps tell. That was delay, not loss.",
    },
    messageTexts: {
      shared: {
        why: "All of them have this host and its way in common: something there stood still, or has a queue that holds seconds of traffic, in which every connection waits then (bufferbloat). What was held back was not lost. Where all the listeners are of one host, too, it may be that one, or its way.",
        remedy:
          "Look at the links of {{host}}, the slowest first: `tc -s qdisc show` on it and on its router shows the backlog, `ping -D {{host}}` round trips that grow while something is copied and shrink again. Give the queue before the slowest link `fq_codel` or `cake` with the link's rate, and find out what fills it: a backup, an upload. A host that was paused: steal time (`vmstat 1`, column st), snapshots, radio links that sleep.",
      },
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
    const flows: DelayedFlow[] = [];
    return {
      flowEnd(flow, identity, listener) {
        const held = heldBack.of(flow);
        if (held === null || held.delayNs < minDelayNs || flows.length >= MAX_DELAYED) return;
        const { clientAddress, serverAddress } = identity;
        flows.push({ ...suffererOf(flow, identity, listener), clientAddress, serverAddress, held });
      },
      captureEnd() {
        const { shared, alone } = shareDelays(flows);
        for (const each of shared) context.report({ ...sharedReport(each), messageId: "shared" });
        const incidents = new ListenerIncidents<Delay>();
        for (const flow of alone) incidents.add(flow, sufferingOf(flow));
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

function sharedReport({ host, side, flows }: SharedDelay) {
  const worst = flows.reduce((most, each) => (each.held.delayNs > most.held.delayNs ? each : most));
  const names = [...new Set(flows.map(({ listener }) => listener.name))].sort();
  const { evidence, worstNs } = sufferingOf(worst);
  return {
    data: {
      host,
      side,
      listeners: names.length,
      listenerNames: named(names),
      hitFlows: flows.length,
      worstSeconds: threeDigitSeconds(worstNs),
    },
    evidence,
    subject: `${host} (${side})`,
    flowIds: flows.map(({ flowId }) => flowId),
    confidence: "strong" as const,
    vantage: commonVantage(flows),
    ...spanOf(flows.map(({ held }) => held)),
  };
}

/** `10.0.0.2:80, 10.0.0.2:443 and 3 more`. */
function named(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(", ");
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown;
}

function sufferingOf({ held, flowId }: DelayedFlow): Delay {
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
