import { defineRule } from "../engine/rule.js";
import type { Outage } from "../signs/outages/outage.js";
import {
  CONSEQUENCES_OF_OUTAGE,
  outageReport,
  repetitionEvidence,
  worstOf,
} from "../signs/outages/outage-report.js";
import { findOutages } from "../signs/outages/outages.js";
import { type ConnectAttempt, observeStalledAddresses } from "../signs/outages/stalled-addresses.js";
import { describeError, isLoopInPath, reportersOf } from "../signs/outages/unreachable-error.js";

/**
 * A router refuses what is sent to a host. Linux then takes back the backing off of its timer (RFC 6069), so where the
 * errors themselves were not captured, repetitions at a steady interval tell of them.
 */
export const unreachableHost = defineRule({
  id: "unreachable-host",
  meta: {
    summary: "A router answers that a host cannot be reached, and its connections stand still.",
    severity: "error",
    messages: {
      stalled:
        "{{addresses}} could not be reached from {{host}} for {{worstSeconds}} s: {{reporter}} answered with {{reason}}, {{errors}} times. {{flows}} stood still ({{ending}}). {{scope}}{{route}}",
      steady:
        "{{addresses}} did not answer {{host}} for {{worstSeconds}} s, and the segments were repeated {{repeats}} times without backing off, as when each draws an ICMP error. {{flows}} stood still ({{ending}}). {{scope}}{{route}}",
      looped:
        "{{addresses}} could not be reached from {{host}} for {{worstSeconds}} s: its packets were forwarded until their TTL was used up, as in a routing loop. {{reporter}} answered with {{reason}}, {{errors}} times. {{flows}} stood still ({{ending}}). {{scope}}{{route}}",
      refused:
        "{{attempts}} of {{host}} to connect to {{addresses}} drew {{reason}} from {{reporter}}. {{scope}}{{route}}",
    },
    // Peers that are not there are everyday where many are tried.
    messageSeverities: { refused: "warning" },
    why: "The host may be well, and so may everything around it: its packets are refused on the way, for want of a route or by a rule. TCP goes on trying for a quarter of an hour, and the application only sees that nothing happens.",
    remedy:
      "Look at the route on the host that reported it, and on the sender: `ip {{family}} route get {{address}}` must name a gateway and not say unreachable or prohibit; compare with `ip {{family}} route show` and `ip {{family}} route show cache`. Where a routing daemon deletes and adds routes let it replace them (`ip route replace`), and clear a stale entry with `ip {{family}} route flush cache`. Set TCP_USER_TIMEOUT so that the application hears of it.",
    messageTexts: {
      looped: {
        why: "Routers that each take another one for the next hop send a packet round until its TTL or hop limit is used up: it never arrives, and crosses their links dozens of times, for everybody else there to wait behind. TCP goes on trying for a quarter of an hour, and the application only sees that nothing happens.",
        remedy:
          "Trace the way from {{host}} while it lasts: `tracepath -n {{address}}` or `mtr -n {{address}}` shows the same routers again and again. Ask each of them for its next hop, `ip {{family}} route get {{address}}`, {{reporter}} first: all name one, and one of them leads back. Look there for a static or default route that is wrong, and at the routing daemon's log for a change at that time. A router with a default route should have an unreachable route for what it announces and does not have: `ip {{family}} route add unreachable PREFIX`.",
      },
    },
    supersedes: ["syn-unanswered", ...CONSEQUENCES_OF_OUTAGE, "pmtu-blackhole"],
    evidence: {
      first: "the first segment that was sent again, or the SYN",
      sign: "the first ICMP error that quotes the connection; where none was captured the last repetition",
      last: "the last repetition, or the SYN",
    },
    references: [
      "RFC 4443, section 3.1; RFC 792 (destination unreachable)",
      "RFC 4443, section 3.3; RFC 792 (time exceeded)",
      "RFC 6069 (retransmissions that do not back off)",
      "Linux net/ipv4/tcp_ipv4.c, tcp_ld_RTO_revert",
    ],
  },

  create(context) {
    const observed = context.observe(observeStalledAddresses);
    return {
      captureEnd(observation) {
        for (const outage of findOutages(observed, observation)) {
          if (outage.kind !== "unreachable") continue;
          const report = outageReport(outage);
          context.report({
            ...report,
            messageId: messageOf(outage),
            data: { ...report.data, ...errorData(outage) },
            evidence: evidenceOf(outage),
            flowIds: [...outage.stalls, ...outage.attempts].map(({ flowId }) => flowId).sort((a, b) => a - b),
            confidence: confidenceOf(outage),
            alternatives: alternativesOf(outage),
          });
        }
      },
    };
  },
});

function messageOf({ errors, stalls }: Outage): "steady" | "looped" | "stalled" | "refused" {
  if (errors[0] === undefined) return "steady";
  if (stalls.length === 0) return "refused";
  return isLoopInPath(errors[0].error) ? "looped" : "stalled";
}

function errorData({ errors, attempts }: Outage): Record<string, string | number> {
  const count = attempts.length;
  return {
    errors: errors.length,
    attempts: count === 1 ? "1 attempt" : `${count} attempts`,
    reason: errors[0] === undefined ? "" : describeError(errors[0].error),
    reporter: reportersOf(errors).join(", "),
  };
}

function evidenceOf({ stalls, attempts, errors }: Outage) {
  // The connection that the first error quotes, so that all evidence is of one.
  const quoted = errors[0]?.flowId;
  const stall = stalls.find(({ flowId }) => flowId === quoted) ?? worstOf(stalls);
  const attempt = attempts.find(({ flowId }) => flowId === quoted) ?? attempts[0];
  const { first, last } = stall === undefined ? synEvidence(attempt!) : repetitionEvidence(stall);
  const { flowId } = first;
  const error = errors.find((each) => each.flowId === flowId)?.error;
  return {
    first,
    sign: error === undefined ? last : { flowId, frame: error.frame, timeNs: error.timeNs },
    last,
  };
}

function synEvidence({ flowId, frame, startNs }: ConnectAttempt) {
  const syn = { flowId, frame, timeNs: startNs };
  return { first: syn, last: syn };
}

function confidenceOf({ errors, stalls, workingOthers, recovered, route }: Outage) {
  if (route !== null || errors.length > 1) return "certain";
  if (errors.length === 1) return "strong";
  return stalls.length > 1 || (workingOthers > 0 && recovered > 0) ? "strong" : "weak";
}

function alternativesOf({ errors, route }: Outage): string[] {
  if (errors.length > 0 || route !== null) return [];
  return [
    "No ICMP error was captured, perhaps for a filter: a sender whose timer never backs off looks the same, and so does one that has reached the longest interval of its own.",
  ];
}
