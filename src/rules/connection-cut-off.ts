import { appendTo } from "../engine/append-to.js";
import { connections, seconds } from "../engine/message-values.js";
import { defineRule } from "../engine/rule.js";
import type { Outage } from "../signs/outages/outage.js";
import {
  alternativesBegunBefore,
  CONSEQUENCES_OF_OUTAGE,
  isExplainedElsewhere,
  isLongAsOthers,
  MIN_STALL_MS,
  namesOf,
  repetitionEvidence,
  sinceWhen,
  worstOf,
} from "../signs/outages/outage-report.js";
import { findOutages } from "../signs/outages/outages.js";
import { observeStalledAddresses, type StalledConnection } from "../signs/outages/stalled-addresses.js";

/** Where all that stood still is long, and others as long passed. */
const NARROW_ROUTE =
  "One of several parallel paths is narrower than its ends believe, and only segments as long as these disappear on it: try `ping -M do -s 1472` with falling sizes, or clamp the MSS.";

/** Where the capture was taken on the host that did not answer. */
const ARRIVED =
  "What was repeated did arrive at the host that did not answer, where the capture was taken: its own firewall, which lies behind the capture, dropped it (nft list ruleset), or its checksum is wrong (nstat -az TcpInCsumErrors).";

/**
 * A client's connections fall silent while others to the same server address go on; or an end repeats what the other one
 * acknowledged, again and again, while other connections of the two go on.
 */
export const connectionCutOff = defineRule({
  id: "connection-cut-off",
  meta: {
    summary:
      "Connections stand still while others between the same two addresses go on: only these are cut off.",
    severity: "warning",
    messages: {
      alone:
        "{{flows}} of {{host}} stood still, for {{worstSeconds}} s at worst ({{ending}}), and repeated up to {{repeats}} times into silence; meanwhile {{addresses}} answered {{host}} on other connections. Only these were cut off.{{since}}",
      unheard:
        "{{flows}} of {{host}} stood still, for {{worstSeconds}} s at worst ({{ending}}): it repeated the same segments up to {{repeats}} times, although {{addresses}} acknowledged them each time. Meanwhile other connections between the two went on: only the acknowledgments of these did not arrive.",
      swallowed:
        "{{flows}} of {{host}} stood still, for {{worstSeconds}} s at worst: it repeated the same segments up to {{repeats}} times, and {{addresses}} never got them, as what it sent on the same connections later tells. Meanwhile other connections between the two went on: only what these carried did not arrive.",
    },
    messageTexts: {
      swallowed: {
        why: "Both ways are open, for the other end speaks and is heard, and other connections go on: something on the way drops what these segments carry. A firewall or content filter that inspects what passes lets the handshake and the request through, and swallows the answer; a device that breaks certain octets makes the receiver drop them by their checksum; or one of several parallel paths is broken in this direction. The client waits until its program gives up.",
        remedy:
          "Compare what was sent in vain with what arrived: content, length and ports. Content filter, intrusion prevention: read its log, and switch it off for {{address}} to try. Checksums: `nstat -az TcpInCsumErrors` on {{address}}. Parallel paths (ECMP, link aggregation): `traceroute -T -p PORT --sport={{port}} {{address}}` from {{host}} with the port of a client's connection that hangs and of one that goes on. Capture on {{address}} as well to be sure that it does not come so far.",
      },
    },
    why: "A path or a host that is gone takes every connection with it. What lets the same two addresses go on talking knows connections, or tells them apart by their ports: a firewall that forgot them or dislikes what they carry, a balancer whose server behind it has died, or one broken path of several among which connections are spread.",
    remedy:
      "Compare the connections that hang with those that go on: what was sent last before the silence, and their ports. Balancer: see whether the server that held them is alive, and let it reset connections that it moves. Firewall: `conntrack -L -d {{address}}`, its log, and its rules for what belongs to no connection (`nft list ruleset`); switch inspection off for one address to try. Parallel paths (ECMP, link aggregation): `traceroute -T -p {{port}} --sport=PORT {{address}}` with the source port of one that hangs and of one that goes on. Set TCP_USER_TIMEOUT so that the application hears of it sooner.",
    supersedes: CONSEQUENCES_OF_OUTAGE,
    evidence: {
      first: "the first segment that was sent again",
      last: "the last repetition: the one that was answered, or the last in the capture",
    },
    references: [
      "RFC 5382, section 5 (what a device may forget, and when)",
      "RFC 2992 (paths chosen by addresses and ports)",
      "RFC 5482 (TCP_USER_TIMEOUT)",
    ],
    options: { minStallMs: MIN_STALL_MS },
  },

  create(context) {
    const observed = context.observe(observeStalledAddresses);
    const minStallNs = context.options["minStallMs"]! * 1e6;
    const isLong = (stall: StalledConnection): boolean => isLongAsOthers(stall, observed.carried);
    const isLeftToOthers = (stall: StalledConnection): boolean =>
      isExplainedElsewhere(stall) && !isLong(stall);
    return {
      captureEnd(observation) {
        const byHost = new Map<string, Outage[]>();
        for (const outage of findOutages(observed, observation)) {
          if (outage.kind !== "alone" || outage.stalls.every(isLeftToOthers)) continue;
          // A path that loses so much cuts off some by chance: loss-rate-high tells of it.
          if (outage.loss === "much") continue;
          const isOfServer = outage.stalls.some(({ run }) => run.isServerRepeating);
          if (isInVain(outage.stalls[0]!) || !isOfServer) {
            appendTo(byHost, `${outage.host} ${isInVain(outage.stalls[0]!)}`, outage);
            continue;
          }
          // Clients that share an address come and go each for itself, and blackhole-forward tells of those: not of any
          // that is still there.
          const stalls = outage.stalls.filter((stall) => stall.isUntaken && !isLeftToOthers(stall));
          if (stalls.length > 0) appendTo(byHost, `${outage.host} swallowed`, { ...outage, stalls });
        }
        for (const outages of byHost.values()) {
          const stalls = outages.flatMap((outage) => outage.stalls);
          const worst = worstOf(stalls)!;
          if (stalls.length === 1 && worst.lengthNs < minStallNs) continue;
          const answered = outages.reduce((sum, outage) => sum + outage.recovered, 0);
          const begunBefore = alternativesBegunBefore(stalls);
          const since = sinceWhen(stalls);
          const isLossy = outages.some(({ loss }) => loss === "some");
          const { host } = outages[0]!;
          context.report({
            messageId: isInVain(worst) ? "unheard" : worst.run.isServerRepeating ? "swallowed" : "alone",
            data: {
              host,
              flows: connections(stalls.length),
              addresses: namesOf([...new Set(stalls.map(({ silent }) => silent))]),
              repeats: Math.max(...stalls.map(({ run }) => run.repeats)),
              worstSeconds: seconds(worst.lengthNs),
              ending: endingOf(stalls.length, answered),
              since: since === "" ? "" : ` ${since}`,
              address: worst.silent,
              port: worst.serverPort,
            },
            evidence: repetitionEvidence(worst),
            subject: host,
            flowIds: stalls.map(({ flowId }) => flowId).sort((a, b) => a - b),
            confidence: stalls.length > 1 && !isLossy && begunBefore.length === 0 ? "strong" : "weak",
            vantage: worst.vantage,
            alternatives: [
              ...begunBefore,
              ...(stalls.every(isLong) ? [NARROW_ROUTE] : []),
              ...(!isInVain(worst) && outages.every(({ isNearSilent }) => isNearSilent)
                ? [ARRIVED]
                : ["The path itself came and went, and each of these sent only while it was gone."]),
              ...(stalls.length > 1
                ? []
                : ["This one connection lost every one of its repetitions by chance."]),
              ...(isLossy
                ? ["The path is crowded or bad: other connections had to send again as well, with more luck."]
                : []),
            ],
            startNs: Math.min(...outages.map(({ startNs }) => startNs)),
            endNs: Math.max(...outages.map(({ endNs }) => endNs)),
          });
        }
      },
    };
  },
});

function isInVain({ run }: StalledConnection): boolean {
  return run.kind === "in-vain";
}

/** `answered`: how many were heard of again, if only by a reset of what was left. */
function endingOf(stalls: number, answered: number): string {
  if (answered === 0) return "not answered again in the capture";
  if (answered === stalls)
    return stalls === 1 ? "it was answered in the end" : "all were answered in the end";
  return `${answered} were answered in the end`;
}
