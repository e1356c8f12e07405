import { defineRule } from "../engine/rule.js";
import { incidentData, incidentReport, ListenerIncidents } from "../signs/listeners/listener-incidents.js";
import { observeStalledAddresses, type StalledConnection } from "../signs/outages/stalled-addresses.js";
import {
  findStuckSegment,
  noteRepeatedSize,
  STUCK_FIELDS,
  type StuckConnection,
  type StuckSegment,
} from "../signs/outages/stuck-segment.js";
import { type TooBig, tooBigMessages } from "../signs/outages/too-big.js";

const CARRIED_BESIDE =
  "Other connections of the two carried segments as long meanwhile: of several parallel paths only one is narrow, or a filter swallows these segments for what they hold.";

interface Compared extends StuckSegment {
  /** Another connection carried a segment as long on the same way meanwhile. */
  readonly hasCarried: boolean;
  /** And on no connection there is the size known to matter. */
  readonly isDoubtful: boolean;
}

/** From whom to whom. */
function wayOf({ stuck, client, server }: StuckConnection): readonly [string, string] {
  return stuck.side === "server" ? [server, client] : [client, server];
}

/** Segments of full size are never acknowledged while small ones pass: the path is narrower than its ends believe. */
export const pmtuBlackhole = defineRule({
  id: "pmtu-blackhole",
  meta: {
    summary: "Full-size segments are never acknowledged while small ones pass: a path MTU black hole.",
    severity: "error",
    messages: {
      stuck:
        "The {{side}}'s segments of {{bytes}} octets never arrived on {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}}, though they were sent {{times}} in all, over {{worstSeconds}} s at worst, while small segments passed{{smaller}}{{icmpNote}}.",
    },
    why: "Handshakes and short messages work, and everything long hangs: it looks like a broken application, and a ping does not show it.",
    remedy:
      "Find the narrow hop: `tracepath -n ADDRESS` from the {{side}}'s host, or `ping -M do -s 1472 ADDRESS` with falling sizes. Let ICMP pass (type 3 code 4; ICMPv6 type 2), which firewalls and tunnels like to drop. Else clamp the MSS on the router: `nft add rule inet filter forward tcp flags syn tcp option maxseg size set rt mtu`, or let the {{side}}'s host probe: `sysctl -w net.ipv4.tcp_mtu_probing=1` (TcpExtTCPMTUPSuccess counts what that repairs).",
    supersedes: [
      "blackhole-forward",
      "connection-cut-off",
      "loss-rate-high",
      "rto-tail-loss",
      "stall-server",
    ],
    evidence: {
      data: "the first data of that side",
      retransmission: "the first retransmission of a full-size segment",
      last: "its last retransmission",
    },
    references: [
      "RFC 2923, section 2.1",
      "RFC 4821",
      "RFC 8201, section 4",
      "TcpExtTCPMTUPFail, TcpExtTCPMTUPSuccess",
    ],
    options: {
      minRetransmissions: {
        default: 3,
        minimum: 1,
        description: "retransmissions of the same full-size segment in vain",
      },
    },
  },

  create(context) {
    const minRetransmissions = context.options["minRetransmissions"]!;
    const kept = context.perFlow(...STUCK_FIELDS);
    const { stalls, paths, carried } = context.observe(observeStalledAddresses);
    const found: StuckConnection[] = [];
    return {
      repeated(segment, flow) {
        noteRepeatedSize(segment, flow, kept.of(flow), minRetransmissions);
      },
      flowEnd(flow, identity, listener) {
        const each = findStuckSegment(flow, identity, listener, kept.of(flow), minRetransmissions);
        if (each !== null) found.push(each);
      },
      captureEnd({ icmpErrors }) {
        const tooBig = tooBigMessages(icmpErrors);
        const incidents = new ListenerIncidents<Compared>();
        const inUse = new Set(stalls.filter(isClientUnanswered).map(({ flowId }) => flowId));
        const provenWays = new Set(
          found
            .filter(({ stuck }) => stuck.isProven || tooBig.has(stuck.flowId))
            .map((each) => wayOf(each).join(" ")),
        );
        for (const each of found) {
          const { stuck, sufferer, client, server } = each;
          const { bytes, startNs, endNs } = stuck;
          const [from, to] = wayOf(each);
          if (!stuck.hasShrunk && carried.has(from, to, bytes)) continue;
          if (stuck.isUnheard && !paths.wentOn(client, server, startNs, endNs)) continue;
          const hasCarried = carried.hadMeanwhile(from, to, bytes, startNs, endNs);
          const isDoubtful = hasCarried && !provenWays.has(`${from} ${to}`);
          // connection-cut-off tells of those, by whichever reason.
          if (isDoubtful && inUse.has(stuck.flowId)) continue;
          incidents.add(sufferer, { ...stuck, hasCarried, isDoubtful });
        }
        for (const incident of incidents.all()) {
          const { worst, flowIds } = incident;
          const told = flowIds.map((flowId) => tooBig.get(flowId)).find((each) => each !== undefined);
          const isRepeated = flowIds.length >= 2 && !worst.isUnheard && !worst.isDoubtful;
          const isProven = worst.isProven || told !== undefined || isRepeated;
          context.report({
            messageId: "stuck",
            data: {
              ...incidentData(incident),
              bytes: worst.bytes,
              smaller: worst.smaller,
              icmpNote: icmpNote(told),
            },
            ...incidentReport(incident),
            confidence: isProven ? "strong" : "weak",
            alternatives: [
              ...(isProven ? [] : [otherReason(worst)]),
              ...(worst.hasCarried ? [CARRIED_BESIDE] : []),
            ],
          });
        }
      },
    };
  },
});

/** It was in use, and the client repeats into silence. */
function isClientUnanswered({ run }: StalledConnection): boolean {
  return run.kind === "silent" && !run.isServerRepeating;
}

/** Why small segments may pass and these not, if the path is wide enough. */
function otherReason({ isUnheard, isDoubtful, side }: Compared): string {
  if (isUnheard)
    return "Only these connections are cut off, for segments of all sizes: a firewall forgot them, or one path of several is broken.";
  if (isDoubtful && side === "client")
    return "The server never held these connections: its accept queue is full, and it drops what they send (ss -ltn and nstat -az TcpExtListenOverflows there).";
  return "The path, or the other host, failed for segments of all sizes right after the small ones.";
}

/** What routers said of the size. */
function icmpNote(told: TooBig | undefined): string {
  if (told === undefined) return "; no ICMP message about the size was captured";
  const mtu = told.mtu > 0 ? ` at an MTU of ${told.mtu}` : "";
  return `; ${told.reporter} had said "packet too big"${mtu} (frame ${told.frame}), which the sender did not heed`;
}
