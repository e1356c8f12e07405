import { appendTo } from "../engine/append-to.js";
import { connections, ipFamilyOption, seconds } from "../engine/message-values.js";
import { defineRule } from "../engine/rule.js";
import type { Outage } from "../signs/outages/outage.js";
import {
  alternativesBegunBefore,
  alternativesOfLength,
  CONSEQUENCES_OF_OUTAGE,
  hasCoincidence,
  isExplainedElsewhere,
  isTooShort,
  isUntakenForLong,
  MIN_STALL_MS,
  namesOf,
  outageReport,
  repetitionEvidence,
  worstOf,
} from "../signs/outages/outage-report.js";
import { findOutages } from "../signs/outages/outages.js";
import { observeStalledAddresses } from "../signs/outages/stalled-addresses.js";
import { timesRepeated } from "../signs/outages/unanswered-run.js";

/** The silence of one connection that is no matter of a few lost segments. */
const MANY_REPEATS = 5;
const LONG_STALL_NS = 5_000_000_000;

/** Of one direction that is lost, where the other is heard. */
const FILTERED =
  "Only what these segments carry is dropped (a content filter, a firewall that holds the connection for closed), and others from there pass.";
const ON_ITS_HOST =
  "They arrive at the other host, and its firewall drops them (nft list ruleset there), or its TCP does for a wrong checksum (nstat -az TcpInCsumErrors).";

/**
 * A sender repeats into silence, and its timer backs off: nobody refuses its segments, they or their answers disappear.
 * Servers whose clients go away for good see the same, each alone; those are one finding of their own.
 */
export const blackholeForward = defineRule({
  id: "blackhole-forward",
  meta: {
    summary: "Segments to an address are repeated, and nothing comes back, not even an error.",
    severity: "error",
    messages: {
      silence:
        "{{host}} repeated its segments to {{addresses}} {{repeats}} times and heard nothing for {{worstSeconds}} s: {{flows}} stood still ({{ending}}), and no router sent an error. {{scope}}{{route}}",
      untaken:
        "{{host}} repeated its segments to {{addresses}} up to {{repeats}} times, for {{worstSeconds}} s at worst, and they never arrived, or were dropped where they did: {{flows}} stood still, on which {{addresses}} was heard again and acknowledged nothing of it. The way back is open; what {{host}} sends does not get through. {{scope}}{{route}}",
      vanished:
        "{{flows}} of {{host}} ended in silence: {{addresses}} answered nothing more to what was repeated up to {{repeats}} times, for {{worstSeconds}} s at worst{{aliveNote}}.",
    },
    messageTexts: {
      untaken: {
        why: "Acknowledgments count everything that arrived: what does not acknowledge these segments, though sent later, tells that the other host is alive, that its way here is open, and that its TCP has not got them. One direction is lost, and the connection stands still until the sender gives up, a quarter of an hour later.",
        remedy:
          "Look at the way from {{host}} to {{address}} alone: `ip {{family}} route get {{address}}` and `nft list ruleset` on {{host}} and on each router (the ways there and back may differ, and a firewall that sees one of them drops what it takes for invalid: `conntrack -S`), `tracepath -n {{address}}`. Then capture on {{address}}: if the segments come in there, its own firewall drops them, or its TCP does for a wrong checksum (`nstat -az TcpInCsumErrors`). Set TCP_USER_TIMEOUT so that the application hears of it sooner.",
      },
    },
    why: "Segments, or the answers to them, disappear. The sender's timer doubles with every attempt, so that a connection stands still for up to twice as long as the path was broken, and TCP gives up only after a quarter of an hour.",
    remedy:
      "Find the hop that swallows: `tracepath -n {{address}}` from the sender, and `ip {{family}} route get {{address}}` on each router on the way; look for blackhole routes, firewalls that drop and full queues (`nft list ruleset`, `tc -s qdisc`). Capture at the other end as well: whether the segments arrive there tells the way there from the way back, and `nstat -az TcpInCsumErrors` there counts those that are dropped for a wrong checksum. Set TCP_USER_TIMEOUT so that the application hears of it sooner.",
    supersedes: ["syn-unanswered", ...CONSEQUENCES_OF_OUTAGE],
    evidence: {
      first: "the first segment that was sent again",
      last: "the last repetition: the one that was answered, or the last in the capture",
    },
    references: [
      "RFC 6298, section 5.5 (the timer backs off)",
      "RFC 9293, section 3.8.3 (R2: when TCP gives up)",
      "TcpExtTCPTimeouts, TcpRetransSegs",
    ],
    options: {
      minStallMs: MIN_STALL_MS,
      minVanishedRepeats: {
        default: 5,
        minimum: 3,
        description: "fewest repetitions to a client that never answers again",
      },
    },
  },

  create(context) {
    const observed = context.observe(observeStalledAddresses);
    const minStallNs = context.options["minStallMs"]! * 1e6;
    const minVanishedRepeats = context.options["minVanishedRepeats"]!;
    return {
      captureEnd(observation) {
        const vanished = new Map<string, Outage[]>();
        for (const outage of findOutages(observed, observation)) {
          if (outage.kind !== "forward" && outage.kind !== "alone") continue;
          if (outage.stalls.every(isExplainedElsewhere) || outage.stalls[0]?.run.kind === "in-vain") continue;
          const isUntaken = outage.stalls.every((stall) => stall.isUntaken);
          if (!isUntaken && isVanished(outage)) {
            if (outage.stalls.some(({ run }) => timesRepeated(run) >= minVanishedRepeats))
              appendTo(vanished, outage.host, outage);
            continue;
          }
          if (outage.kind === "alone" || isTooShort(outage, minStallNs)) continue;
          const worst = worstOf(outage.stalls)!;
          context.report({
            ...outageReport(outage),
            messageId: isUntaken ? "untaken" : "silence",
            evidence: repetitionEvidence(worst),
            flowIds: [...outage.stalls, ...outage.attempts].map(({ flowId }) => flowId).sort((a, b) => a - b),
            confidence: isUntaken ? confidenceOfUntaken(outage) : confidenceOf(outage),
            alternatives: isUntaken
              ? [...alternativesOfLength(outage.stalls), FILTERED, ON_ITS_HOST]
              : alternativesOf(outage),
          });
        }
        for (const [host, outages] of vanished) {
          const stalls = outages.flatMap((outage) => outage.stalls);
          const worst = worstOf(stalls)!;
          const alive = outages.filter(isSilentAlive).length;
          context.report({
            messageId: "vanished",
            data: {
              host,
              flows: connections(stalls.length),
              addresses: namesOf([...new Set(stalls.map(({ silent }) => silent))]),
              aliveNote: aliveNoteOf(alive, outages.length),
              repeats: Math.max(...stalls.map(({ run }) => run.repeats)),
              worstSeconds: seconds(worst.lengthNs),
              address: worst.silent,
              family: ipFamilyOption(worst.silent),
            },
            evidence: repetitionEvidence(worst),
            subject: host,
            flowIds: stalls.map(({ flowId }) => flowId).sort((a, b) => a - b),
            confidence: "weak",
            vantage: worst.vantage,
            alternatives: [
              ...(alive === outages.length
                ? []
                : ["The clients were switched off or left their network, as mobile ones do."]),
              "A device on the way forgot the connections (address translation, firewall) and drops what belongs to none.",
            ],
            startNs: Math.min(...outages.map(({ startNs }) => startNs)),
            endNs: Math.max(...outages.map(({ endNs }) => endNs)),
          });
        }
      },
    };
  },
});

/** One client of a server that never answers again, or one of those that share an address. */
function isVanished({ kind, stalls, recovered, route, workingOthers, others }: Outage): boolean {
  if (!stalls.every(({ run }) => run.isServerRepeating) || recovered > 0 || route !== null) return false;
  return kind === "alone" || (stalls.length === 1 && (others === 0 || workingOthers > 0));
}

/** The silent address sent something meanwhile, to this host or another. */
function isSilentAlive({ isSilentHeard, silentSentTo }: Outage): boolean {
  return isSilentHeard || silentSentTo !== null;
}

function aliveNoteOf(alive: number, clients: number): string {
  if (alive === 0) return "";
  if (clients === 1) return "; meanwhile it did send on other connections: only this one was cut off";
  const who = alive < clients ? `${alive} of them` : "all of them";
  return `; meanwhile ${who} did send on other connections: only these were cut off`;
}

/** The silence of one connection may be its peer's end; that others fared well, or that it went on, tells of the path. */
function confidenceOf({ route, workingOthers, silentSentTo, stalls, recovered }: Outage) {
  if (route !== null) return "certain";
  if (workingOthers === 0 && silentSentTo === null) return "weak";
  if (alternativesBegunBefore(stalls).length > 0) return "weak";
  const isLong = stalls.some(
    ({ run, lengthNs }) => timesRepeated(run) >= MANY_REPEATS && lengthNs >= LONG_STALL_NS,
  );
  return hasCoincidence(stalls) || (isLong && recovered > 0) ? "strong" : "weak";
}

/** Clients' own links fail in one direction each for itself. */
function confidenceOfUntaken({ route, stalls }: Outage) {
  if (route !== null) return "certain";
  const mayBeItsLink = stalls.length === 1 && stalls[0]!.run.isServerRepeating;
  return isUntakenForLong(stalls) && !mayBeItsLink && alternativesOfLength(stalls).length === 0
    ? "strong"
    : "weak";
}

function alternativesOf({
  host,
  route,
  stalls,
  recovered,
  vantage,
  others,
  workingOthers,
  silentSentTo,
}: Outage): string[] {
  if (route !== null) return [];
  const alternatives: string[] = [
    "The answers get lost on the way back: from one end the two look the same.",
    ...alternativesBegunBefore(stalls),
  ];
  if (recovered === 0 && silentSentTo === null)
    alternatives.push("The other host was switched off, or has crashed.");
  else if (silentSentTo !== null)
    alternatives.push(
      `A firewall bans ${host} (fail2ban, a rate limit), on the way or on the host that does not answer: nft list ruleset there.`,
    );
  else
    alternatives.push(
      "Nothing was lost, only held back: the other host stood still (a virtual machine that was paused), or a queue on the way did.",
    );
  if (others > 0 && workingOthers === 0)
    alternatives.push("This host's own link was down, or the capture missed what it received.");
  if (vantage === "unknown")
    alternatives.push(
      "The capture was taken at the silent end, and that host could not send (ip route get) or dropped what arrived (nft list ruleset).",
    );
  return alternatives;
}
