import { defineRule } from "../engine/rule.js";
import { vantageOf } from "../engine/vantage.js";
import {
  incidentData,
  incidentReport,
  ListenerIncidents,
  type Sufferer,
  type Suffering,
  suffererOf,
} from "../signs/listeners/listener-incidents.js";
import { observeStalledAddresses, type StalledConnection } from "../signs/outages/stalled-addresses.js";
import { type TooBig, tooBigMessages } from "../signs/outages/too-big.js";
import { isBehindFirstOnly, repeatsBefore } from "../signs/outages/unanswered-run.js";

/** Timestamps and other options take so much of what the MSS allows at most. RFC 9293, section 3.1. */
const OPTIONS_BYTES = 40;
/** Any path takes less (RFC 791: 576 octets of IP). Also the least that counts where the MSS is not known. */
const SMALLEST_FULL_BYTES = 500;
const FULL_WITHOUT_MSS_BYTES = 1200;
/** A retransmission that is so much shorter, in percent, is an attempt with a smaller size. */
const SHRUNK_PERCENT = 90;

/** Where a shorter one got through, and what came behind was reported as received, so few tell. */
const PROVEN_RETRANSMISSIONS = 2;

const CARRIED_BESIDE =
  "Other connections of the two carried segments as long meanwhile: of several parallel paths only one is narrow, or a filter swallows these segments for what they hold.";

type Role = "data" | "retransmission" | "last";
interface Stuck extends Suffering<Role> {
  readonly flowId: number;
  readonly bytes: number;
  readonly smaller: string;
  readonly isProven: boolean;
  /** A shorter one got through in its place. */
  readonly hasShrunk: boolean;
  /** Nothing of the other side was captured: only other connections tell that the path was open. */
  readonly isUnheard: boolean;
}

interface Compared extends Stuck {
  /** Another connection carried a segment as long on the same way meanwhile. */
  readonly hasCarried: boolean;
  /** And on no connection there is the size known to matter. */
  readonly isDoubtful: boolean;
}

interface FoundStuck {
  readonly stuck: Stuck;
  readonly client: string;
  readonly server: string;
  readonly sufferer: Sufferer;
}

/** From whom to whom. */
function wayOf({ stuck, client, server }: FoundStuck): readonly [string, string] {
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
    const kept = context.perFlow(
      "isServer",
      "seq",
      "bytes",
      "repeats",
      "firstFrame",
      "firstNs",
      "lastFrame",
      "lastNs",
      "shrunkBytes",
      "isFirstLong",
      "hasLongArrived",
      "firstGapNs",
      "unseenRepeats",
    );
    const { stalls, paths, carried } = context.observe(observeStalledAddresses);
    const found: FoundStuck[] = [];
    return {
      repeated(segment, flow) {
        const { payloadLength: bytes, fromServer, relativeSeq } = segment;
        if (bytes === 0) return;
        const peer = fromServer ? flow.client : flow.server;
        // Only what is sent again from where the other side waits.
        if (relativeSeq !== Math.max(1, peer.ackedTo)) return;
        const own = kept.of(flow);
        const isServer = fromServer ? 1 : 0;
        const fullBytes =
          peer.mss > 0 ? Math.max(SMALLEST_FULL_BYTES, peer.mss - OPTIONS_BYTES) : FULL_WITHOUT_MSS_BYTES;
        const isSame = own.repeats > 0 && own.isServer === isServer && own.seq === relativeSeq;
        if (isSame && bytes * 100 <= own.bytes * SHRUNK_PERCENT) {
          own.shrunkBytes = bytes;
          return;
        }
        if (bytes < fullBytes) return;
        if (!isSame) {
          // What was repeated in vain, or then in smaller pieces, is not written over.
          if (own.repeats >= minRetransmissions || own.shrunkBytes > 0) return;
          own.isServer = isServer;
          own.seq = relativeSeq;
          own.bytes = bytes;
          own.repeats = 0;
          own.firstFrame = segment.frame;
          own.firstNs = segment.timeNs;
          own.shrunkBytes = 0;
          // Nothing as long as this can have arrived before.
          own.isFirstLong = relativeSeq <= bytes ? 1 : 0;
          // What was acknowledged came in segments too long on average for all of them to be short.
          const { segments } = fromServer ? flow.server : flow.client;
          own.hasLongArrived = (relativeSeq - 1) * 2 > segments * bytes ? 1 : 0;
          own.firstGapNs = isBehindFirstOnly(fromServer ? flow.server : flow.client, peer)
            ? segment.timeNs - flow.startNs
            : 0;
        } else if (own.repeats === 1 && own.firstGapNs > 0) {
          own.unseenRepeats = repeatsBefore(own.firstGapNs, segment.timeNs - own.lastNs);
        }
        own.repeats++;
        own.lastFrame = segment.frame;
        own.lastNs = segment.timeNs;
      },
      flowEnd(flow, identity, listener) {
        const own = kept.of(flow);
        const repeats = own.repeats + own.unseenRepeats;
        if (repeats < Math.min(minRetransmissions, PROVEN_RETRANSMISSIONS) || identity.isLoopback) return;
        const { isServer, seq, bytes, firstFrame, firstNs, lastFrame, lastNs } = own;
        const { shrunkBytes, isFirstLong, hasLongArrived } = own;
        const [sender, peer] = isServer ? [flow.server, flow.client] : [flow.client, flow.server];
        const isTaken = peer.ackedTo > seq;
        // It got through as it was: it had been lost, or the path was broken for all sizes.
        if (isTaken && shrunkBytes === 0) return;
        // What nobody answers in the capture may have been answered past it, or before.
        const isUnheard = peer.segments === 0;
        if (isUnheard && sender.syns > 0) return;
        // Where long ones had arrived before, those behind may be long, too, and are where they are so many octets.
        const hasSackedBehind =
          hasLongArrived === 0 && sender.causeSackedTo > seq && peer.labelSackedBytes < 2 * bytes;
        const isHeard = peer.lastNs > firstNs;
        const isProven = (isTaken && shrunkBytes > 0) || hasSackedBehind;
        if (repeats < minRetransmissions && !(isTaken && hasSackedBehind)) return;
        const vantage = vantageOf(flow, identity);
        // What the receiver's own host captured has arrived.
        if (vantage === (isServer ? "client-host" : "server-host")) return;
        if (!isProven && (isFirstLong === 0 || (!isHeard && !isUnheard && sender.syns === 0))) return;
        const at = (frame: number, timeNs: number) => ({ flowId: flow.id, frame, timeNs });
        const lengthNs = lastNs - firstNs;
        found.push({
          client: identity.clientAddress,
          server: identity.serverAddress,
          sufferer: suffererOf(flow, identity, listener),
          stuck: {
            flowId: flow.id,
            side: isServer ? "server" : "client",
            count: own.repeats + 1,
            totalNs: lengthNs,
            worstNs: lengthNs,
            bytes,
            smaller: isTaken
              ? `, and it went on with ${shrunkBytes} octets`
              : isUnheard
                ? " on other connections"
                : "",
            isUnheard,
            isProven,
            hasShrunk: isTaken,
            evidence: {
              data: at(sender.firstDataFrame, sender.firstDataNs),
              retransmission: at(firstFrame, firstNs),
              last: at(lastFrame, lastNs),
            },
            startNs: firstNs,
            endNs: lastNs,
          },
        });
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
