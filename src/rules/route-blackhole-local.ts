import { defineRule } from "../engine/rule.js";
import type { Outage } from "../signs/outages/outage.js";
import {
  alternativesBegunBefore,
  CONSEQUENCES_OF_OUTAGE,
  isFinInVain,
  isTooShort,
  MIN_STALL_MS,
  outageReport,
  repetitionEvidence,
  worstOf,
} from "../signs/outages/outage-report.js";
import { findOutages } from "../signs/outages/outages.js";
import { observeStalledAddresses } from "../signs/outages/stalled-addresses.js";

/**
 * The capture's own host goes mute towards one address: what the peer sends and repeats arrives, and nothing leaves, not
 * even an acknowledgment. A route that is unreachable on this host does that; no packet and no counter shows it.
 */
export const routeBlackholeLocal = defineRule({
  id: "route-blackhole-local",
  meta: {
    summary: "What a peer sends arrives and is repeated, and this host sends nothing to that address.",
    severity: "error",
    messages: {
      mute: "{{addresses}} repeated its segments {{repeats}} times for {{worstSeconds}} s, they arrived at {{host}}, and {{host}} sent nothing at all to that address: {{flows}} stood still ({{ending}}).{{receipt}} {{scope}}{{route}}",
    },
    why: "A kernel acknowledges what arrives at once, whatever the application does. When it does not, it cannot send to that address: its own route is the first suspect. Neither retransmissions nor errors appear on the wire, and new connections fail without a packet.",
    remedy:
      "Ask this host's kernel for the way there: `ip {{family}} route get {{address}}` must name a device and a gateway; an answer of unreachable, prohibit or blackhole is the cause. Look for what did it in `ip {{family}} route show table all` and `ip {{family}} route show cache`, clear stale entries with `ip {{family}} route flush cache`, and replace routes in one step (`ip route replace`) instead of deleting and adding them. Otherwise look at the firewall and the queues: `nft list ruleset`, `tc -s qdisc`; `nstat -az TcpInCsumErrors` counts what arrived and was dropped for a wrong checksum, which a capture that cuts segments does not show.",
    supersedes: ["blackhole-forward", "pmtu-blackhole", ...CONSEQUENCES_OF_OUTAGE],
    evidence: {
      first: "the first segment that the peer sent again",
      last: "its last repetition: the one that was answered, or the last in the capture",
    },
    references: [
      "RFC 9293, section 3.10.7.4 (every segment that arrives is acknowledged)",
      "RFC 2883 (what was received twice is reported)",
      "RFC 1122, section 4.2.3.2 (an acknowledgment waits for less than 0.5 s)",
      "Linux net/ipv6/route.c, ip6_pol_route",
    ],
    options: {
      minStallMs: MIN_STALL_MS,
    },
  },

  create(context) {
    const observed = context.observe(observeStalledAddresses);
    const minStallNs = context.options["minStallMs"]! * 1e6;
    return {
      captureEnd(observation) {
        for (const outage of findOutages(observed, observation)) {
          if (outage.kind !== "local") continue;
          // After its own FIN or RST a host may hold nothing of the connection, and a firewall drops what comes late.
          if (outage.stalls.every(({ wasClosing }) => wasClosing)) continue;
          // A host that knows nothing of the connection any more need not be mute: fin-unanswered tells of it.
          if (outage.route === null && outage.stalls.every(isFinInVain)) continue;
          if (isTooShort(outage, minStallNs)) continue;
          const worst = worstOf(outage.stalls)!;
          const { data, ...report } = outageReport(outage);
          context.report({
            ...report,
            messageId: "mute",
            data: { ...data, receipt: isReceived(outage) ? receiptOf(outage) : "" },
            evidence: repetitionEvidence(worst),
            flowIds: outage.stalls.map((stall) => stall.flowId).sort((a, b) => a - b),
            confidence: confidenceOf(outage),
            alternatives: alternativesOf(outage),
          });
        }
      },
    };
  },
});

/** What this host had received it would have acknowledged, if it could; what its firewall dropped it had nothing to say to. */
function isReceived({ stalls }: Outage): boolean {
  return stalls.some((stall) => stall.isReceived);
}

/** A sentence of the message. */
function receiptOf({ host }: Outage): string {
  return ` The first answer of ${host} reports these segments as received twice: its kernel had got them, and could not send.`;
}

function confidenceOf(outage: Outage) {
  const { route, workingKnown, stalls } = outage;
  if (route !== null) return "certain";
  if (!isReceived(outage)) return "weak";
  return workingKnown > 0 && alternativesBegunBefore(stalls).length === 0 ? "strong" : "weak";
}

function alternativesOf(outage: Outage): string[] {
  const { route, stalls, others, workingOthers, workingKnown, host } = outage;
  if (route !== null) return [];
  const alternatives = [
    ...alternativesBegunBefore(stalls),
    ...(isReceived(outage)
      ? [
          "A firewall on this host dropped what it sent (nft list ruleset), or a queue did before the capture (tc -s qdisc).",
        ]
      : [
          `A firewall on ${host} drops what arrives from that address, behind the capture, as a ban does (fail2ban, nft list ruleset): its kernel never sees what it would have to acknowledge.`,
          "What arrived was damaged, and dropped for its checksum (nstat -az TcpInCsumErrors).",
          "A firewall on this host, or a queue before the capture, dropped what it sent (tc -s qdisc).",
        ]),
    "The capture or its filter missed what this host sent.",
  ];
  if (workingOthers > 0 && workingKnown === 0)
    alternatives.push(
      "A VPN came up on this host, whose server is what it sends to since: what it sends to that address goes through the tunnel, and this capture shows the tunnel only.",
    );
  if (others > 0 && workingOthers === 0)
    alternatives.push("This host stood still, or its link was down: it sent nothing to others either.");
  return alternatives;
}
