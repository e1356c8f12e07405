import { connections, ipFamilyOption, seconds } from "../engine/message-values.js";
import { defineRule } from "../engine/rule.js";
import { namesOf } from "../signs/outages/outage-report.js";
import { HITCH_EVIDENCE, hitchEvidence, routeStalls, worstHitch } from "../signs/outages/route-stalls.js";
import { observeStalledAddresses } from "../signs/outages/stalled-addresses.js";

/** With so many gaps in the log a single connection that stands still may do so by chance. */
const MANY_OUTAGES = 10;
const LONGEST_REFUSAL_NS = 1_000_000_000;

/**
 * A route was deleted and added again instead of being replaced, and connections stood still because of the moment in
 * between. The log of routes names the moment, the packets the connections; neither alone is evidence.
 */
export const routeFlapGap = defineRule({
  id: "route-flap-gap",
  meta: {
    summary: "A route was deleted and came back a moment later, and connections stood still meanwhile.",
    severity: "warning",
    messages: {
      gap: "The route {{route}} was gone for {{gapMs}} ms at {{atSeconds}} s, and {{flows}} with {{addresses}} stood still for up to {{worstSeconds}} s.",
    },
    why: "Between the deletion and the addition packets have no route, or fall to one for more addresses that refuses them. What is lost in that moment waits for a timer, and a kernel may keep what it learned in it for much longer.",
    remedy:
      "Make whoever changes the route replace it in one step: `ip {{family}} route replace`, NLM_F_REPLACE for a routing daemon. Watch it with `ip -ts monitor route`: a line that begins with Deleted and the same prefix right behind it is the gap. Give a route that refuses the rest of a prefix a worse metric, or a table of its own.",
    supersedes: [
      "syn-answered-late",
      "rto-tail-loss",
      "spurious-retransmission",
      "stall-server",
      "delayed-ack-nagle",
    ],
    evidence: HITCH_EVIDENCE,
    references: [
      "rtnetlink(7), NLM_F_REPLACE of netlink(7)",
      "RFC 6298, section 5 (what is lost waits for the timer)",
      "Linux net/ipv6/route.c, ip6_route_add, ip6_route_del",
    ],
    options: {
      maxGapMs: { default: 10_000, minimum: 1, description: "longest time that the route may be gone" },
    },
  },

  create(context) {
    const observed = context.observe(observeStalledAddresses);
    const maxGapNs = context.options["maxGapMs"]! * 1e6;
    return {
      captureEnd(observation) {
        for (const { outage, endNs, flows, outages } of routeStalls(observed, observation)) {
          const lengthNs = endNs - outage.startNs;
          if (outage.endNs === null || lengthNs > maxGapNs) continue;
          // A route that refuses for longer was put there, or stuck: that is no gap between two changes.
          if (outage.kind !== "deleted" && lengthNs > LONGEST_REFUSAL_NS) continue;
          if (outages >= MANY_OUTAGES && flows.length === 1) continue;
          const worst = worstHitch(flows);
          const addresses = [...new Set(flows.map(({ address }) => address))];
          context.report({
            messageId: "gap",
            data: {
              route: outage.route,
              gapMs: (lengthNs / 1e6).toFixed(1),
              atSeconds: seconds(outage.startNs),
              flows: connections(flows.length),
              addresses: namesOf(addresses),
              worstSeconds: seconds(worst.endNs - worst.startNs),
              family: ipFamilyOption(worst.address),
            },
            evidence: hitchEvidence(worst),
            subject: outage.route,
            flowIds: flows.map(({ flowId }) => flowId),
            confidence: flows.length > 1 ? "strong" : "weak",
            vantage: worst.vantage,
            alternatives:
              flows.length > 1
                ? []
                : ["A segment was lost otherwise in that moment, or nothing was due to be sent."],
            startNs: outage.startNs,
            endNs: Math.max(...flows.map((flow) => flow.endNs)),
          });
        }
      },
    };
  },
});
