import type { Confidence } from "../engine/finding.js";
import { defineRule } from "../engine/rule.js";
import { NEAR_TERMINATOR } from "../signs/attempts/near-terminator.js";
import { observeRefusedTimestamps } from "../signs/clocks/refused-timestamps.js";
import type { Outage } from "../signs/outages/outage.js";
import {
  CONSEQUENCES_OF_OUTAGE,
  isTooShort,
  MIN_STALL_MS,
  outageReport,
  repetitionEvidence,
  worstOf,
} from "../signs/outages/outage-report.js";
import { findOutages } from "../signs/outages/outages.js";
import { observeStalledAddresses } from "../signs/outages/stalled-addresses.js";

/**
 * A sender repeats what the capture shows acknowledged, again and again: the acknowledgments do not arrive. For the
 * sender the path forward is broken; the capture, nearer to the other end, shows that it is the way back.
 */
export const blackholeReverse = defineRule({
  id: "blackhole-reverse",
  meta: {
    summary: "A sender goes on repeating what was acknowledged each time: the acknowledgments do not arrive.",
    severity: "error",
    messages: {
      unheard:
        "{{addresses}} repeated the same segments {{repeats}} times for {{worstSeconds}} s, although {{host}} acknowledged them each time: what {{host}} sends does not arrive there. {{flows}} stood still ({{ending}}). {{scope}}{{route}}",
    },
    why: "The data arrives, only the way back is broken, so both ends look well by themselves. The sender takes its segments for lost, doubles its timer and gives up after a quarter of an hour.",
    remedy:
      "Follow the way from {{host}} to {{address}}, not the other one: `ip {{family}} route get {{address}}` on {{host}} and on each router towards {{address}}, and `tracepath -n {{address}}` from {{host}}. Look for blackhole routes and reverse-path filters (`sysctl net.ipv4.conf.all.rp_filter`, `nstat -az TcpExtIPReversePathFilter`) and for rules that let one direction pass only (`nft list ruleset`). Where the ways differ, a stateful firewall on one of them sees half of the connection.",
    supersedes: CONSEQUENCES_OF_OUTAGE,
    evidence: {
      first: "the first segment that was sent again although it had been acknowledged",
      last: "its last repetition in the capture",
    },
    options: { minStallMs: MIN_STALL_MS },
    references: [
      "RFC 9293, section 3.8.1 (retransmission)",
      "RFC 6298, section 5.5 (the timer backs off)",
      "TcpExtTCPDSACKOldSent, TcpExtIPReversePathFilter",
    ],
  },

  create(context) {
    const observed = context.observe(observeStalledAddresses);
    const refused = context.observe(observeRefusedTimestamps);
    const minStallNs = context.options["minStallMs"]! * 1e6;
    const refusedFlows = new Set<number>();
    return {
      flowEnd(flow) {
        if (refused.of(flow) !== null) refusedFlows.add(flow.id);
      },
      captureEnd(observation) {
        for (const outage of findOutages(observed, observation)) {
          // A FIN that is repeated alone holds nobody up.
          if (
            outage.kind !== "reverse" ||
            outage.stalls.every(({ run: { largestBytes } }) => largestBytes === 0)
          )
            continue;
          // A few acknowledgments in a row are lost on any crowded path.
          if (isTooShort(outage, minStallNs)) continue;
          const worst = worstOf(outage.stalls)!;
          context.report({
            ...outageReport(outage),
            messageId: "unheard",
            evidence: repetitionEvidence(worst),
            flowIds: outage.stalls.map((stall) => stall.flowId).sort((a, b) => a - b),
            ...certaintyOf(outage, refusedFlows),
          });
        }
      },
    };
  },
});

const REFUSED =
  "The acknowledgments arrive, and are refused for their timestamps (`nstat -az TcpExtPAWSEstab` there), which go back.";

function certaintyOf(
  { route, stalls }: Outage,
  refusedFlows: ReadonlySet<number>,
): {
  readonly confidence: Confidence;
  readonly alternatives: readonly string[];
} {
  if (route !== null) return { confidence: "certain", alternatives: [] };
  const alternatives = [
    "The sender's own host drops the acknowledgments when they arrive (nft list ruleset there).",
  ];
  if (stalls.every(({ flowId }) => refusedFlows.has(flowId)))
    return { confidence: "weak", alternatives: [...alternatives, REFUSED] };
  return stalls.every(({ hasNearTerminator }) => hasNearTerminator)
    ? { confidence: "weak", alternatives: [...alternatives, NEAR_TERMINATOR] }
    : { confidence: "strong", alternatives };
}
