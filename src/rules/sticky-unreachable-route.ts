import { connections, ipFamilyOption, seconds } from "../engine/message-values.js";
import { defineRule } from "../engine/rule.js";
import { CONSEQUENCES_OF_OUTAGE, namesOf } from "../signs/outages/outage-report.js";
import { HITCH_EVIDENCE, hitchEvidence, routeStalls, worstHitch } from "../signs/outages/route-stalls.js";
import { isStickyRoute } from "../signs/outages/route-states.js";
import { observeStalledAddresses } from "../signs/outages/stalled-addresses.js";

/**
 * An entry that refuses one address, or a few, stays while the route of the prefix around them is usable: what Linux
 * before 4.2 left in its cache when a route was changed in two steps, or what somebody added and forgot.
 */
export const stickyUnreachableRoute = defineRule({
  id: "sticky-unreachable-route",
  meta: {
    summary:
      "A route that refuses an address stays beside the usable route of its prefix; its connections stand still.",
    severity: "error",
    messages: {
      hidden:
        "The route `{{route}}` hid the usable one, {{hidden}}, {{duration}}: {{flows}} with {{addresses}} stood still for up to {{worstSeconds}} s.",
    },
    why: "The routing table looks right, and everything else in the prefix works, while the longest match refuses one address. Nothing on the wire tells of it, and it lasts until the entry goes: with a cached one until the prefix changes again, which may take hours.",
    remedy:
      "Ask the kernel what it would do, `ip {{family}} route get {{address}}`, and find the entry in `ip {{family}} route show table all` and `ip {{family}} route show cache`. Remove it with `ip {{family}} route flush cache`, or delete the route. So that it does not come back replace routes in one step (`ip {{family}} route replace`), keep covering unreachable routes at a worse metric, and run Linux 4.2 or later.",
    supersedes: [
      "route-blackhole-local",
      "unreachable-host",
      "blackhole-forward",
      "blackhole-reverse",
      "syn-unanswered",
      ...CONSEQUENCES_OF_OUTAGE,
    ],
    evidence: HITCH_EVIDENCE,
    references: [
      "Linux net/ipv6/route.c, ip6_pol_route; commit 45e4fd26683c",
      "RFC 4291, section 2.3 (prefixes); RFC 1812, section 5.2.4.3 (longest match)",
      "ip-route(8), unreachable",
    ],
    options: {
      minStickMs: { default: 1000, minimum: 1, description: "shortest time that the entry must have stayed" },
    },
  },

  create(context) {
    const observed = context.observe(observeStalledAddresses);
    const minStickNs = context.options["minStickMs"]! * 1e6;
    return {
      captureEnd(observation) {
        for (const { outage, endNs, flows } of routeStalls(observed, observation)) {
          if (!isStickyRoute(outage) || endNs - outage.startNs < minStickNs) continue;
          const worst = worstHitch(flows);
          const addresses = [...new Set(flows.map(({ address }) => address))];
          const span = seconds(endNs - outage.startNs);
          context.report({
            messageId: "hidden",
            data: {
              route: outage.route,
              hidden: outage.hiddenRoute ?? "that of its prefix",
              duration: outage.endNs === null ? `until the log's end, ${span} s long` : `for ${span} s`,
              flows: connections(flows.length),
              addresses: namesOf(addresses),
              address: worst.address,
              worstSeconds: seconds(worst.endNs - worst.startNs),
              family: ipFamilyOption(worst.address),
            },
            evidence: hitchEvidence(worst),
            subject: outage.route,
            flowIds: flows.map(({ flowId }) => flowId),
            confidence: flows.some(({ isRepeated }) => isRepeated) || flows.length > 1 ? "certain" : "strong",
            vantage: worst.vantage,
            startNs: outage.startNs,
            endNs: Math.max(endNs, ...flows.map((flow) => flow.endNs)),
          });
        }
      },
    };
  },
});
