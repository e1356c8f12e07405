import type { CaptureObservation } from "../engine/capture-observation.js";
import { defineRule } from "../engine/rule.js";
import { causeOf, KEEPALIVE, WINDOW_PROBE } from "../engine/segment-labels.js";
import {
  incidentData,
  incidentReport,
  ListenerIncidents,
  type Suffering,
  suffererOf,
} from "../signs/listeners/listener-incidents.js";
import { CONSEQUENCES_OF_OUTAGE } from "../signs/outages/outage-report.js";
import { ONE_TIMER_NS } from "../signs/segments/one-timer.js";

/** Repetitions by a timer of their own. Fewer are a matter of a queue that was full. */
const FEWEST_REPEATS = 3;
/** From the last segment before the repetitions to the last of these. */
const SHORTEST_HANG_NS = 1_000_000_000;

const CLIENT = 1;
const SERVER = 2;

interface Kept extends Suffering<"first" | "last"> {
  /** What its sender sent later left: the packets may have stood in a queue until then. */
  readonly wentOn: boolean;
}

/** What a router passes on it is captured twice on, before and behind: what is there once came in and did not leave. */
export const notForwarded = defineRule({
  id: "not-forwarded",
  meta: {
    summary: "A router that the capture shows both sides of takes segments in and does not send them on.",
    severity: "error",
    messages: {
      dropped:
        "On {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} the router on which, or on both sides of which, the capture was taken took in what the {{side}} sent and did not send it on: the {{side}} repeated its data up to {{repeats}} times, for {{worstSeconds}} s at worst, and each repetition is in the capture once, while other segments of these connections are in it twice, before and behind the router.",
    },
    why: "The connection stands still, and its ends see nothing but silence. It is neither of them, nor the rest of the way: the capture shows the segments arrive at the router, and nothing leave.",
    remedy:
      "Look on that router, not elsewhere: `nft list ruleset` with its counters (rules in the hook forward, sets of banned addresses, rules that match content or length; `nft monitor trace` names the one that drops), `conntrack -L -p tcp --dport {{port}}` and `conntrack -S` (invalid, drop), programs that decide on packets (`nft list ruleset | grep queue`, an intrusion prevention), `ip route get` for the address that it goes to, `nstat -az IpForwDatagrams IpInDiscards IpOutDiscards IpExtInNoRoutes TcpExtIPReversePathFilter`, and `tc -s qdisc` for what queues drop.",
    supersedes: [
      "syn-ack-after-data",
      "syncookie-ack-dropped",
      "handshake-ack-dropped",
      "blackhole-forward",
      "blackhole-reverse",
      "connection-cut-off",
      "pmtu-blackhole",
      ...CONSEQUENCES_OF_OUTAGE,
    ],
    evidence: {
      first: "the first repetition that was not sent on",
      last: "the last repetition that was not sent on",
    },
    references: ["RFC 1812, section 5.2.1 (forwarding)", "RFC 6864, section 4.1 (IPv4 identification)"],
  },

  create(context) {
    const kept = context.perFlow(
      "hasLeft",
      "side",
      "copies",
      "rounds",
      "startNs",
      "firstNs",
      "firstFrame",
      "stayed",
      "stayedNs",
      "stayedFrame",
      "lastNs",
      "lastFrame",
    );
    const incidents = new ListenerIncidents<Kept>();
    return {
      repeated(segment, flow) {
        const sender = segment.fromServer ? flow.server : flow.client;
        if (sender.copies === 0 || segment.payloadLength === 0) return;
        const cause = causeOf(segment.cause);
        if (cause === KEEPALIVE || cause === WINDOW_PROBE) return;
        const own = kept.of(flow);
        // Without an IP identification (IPv6) what leaves late is not known for a copy, and tells by its TTL that it has left.
        if (segment.ttl !== sender.ttl) {
          own.hasLeft = 1;
          return;
        }
        const side = segment.fromServer ? SERVER : CLIENT;
        if (own.side === side && own.copies === sender.copies) {
          if (segment.timeNs - own.lastNs < ONE_TIMER_NS) return;
          // Copies are counted before: that of the repetition before this one would have been by now.
          own.stayed = own.rounds++;
          own.stayedNs = own.lastNs;
          own.stayedFrame = own.lastFrame;
        } else {
          if (isLong(own)) return;
          own.side = side;
          own.copies = sender.copies;
          own.rounds = 1;
          own.stayed = 0;
          own.startNs = sender.lastNs;
          own.firstNs = segment.timeNs;
          own.firstFrame = segment.frame;
        }
        own.lastNs = segment.timeNs;
        own.lastFrame = segment.frame;
      },
      flowEnd(flow, identity, listener) {
        const own = kept.of(flow);
        const { client, server, id: flowId } = flow;
        if (own.side === 0 || own.hasLeft || client.copies === 0 || server.copies === 0) return;
        const { side, startNs, firstNs, firstFrame } = own;
        const wentOn = (side === SERVER ? server : client).copies !== own.copies;
        // Whether the last repetition left is known by now only where nothing did.
        const [stayed, stayedNs, stayedFrame] = wentOn
          ? [own.stayed, own.stayedNs, own.stayedFrame]
          : [own.rounds, own.lastNs, own.lastFrame];
        if (!isLong({ stayed, stayedNs, startNs })) return;
        const hungNs = stayedNs - startNs;
        incidents.add(suffererOf(flow, identity, listener), {
          side: side === SERVER ? "server" : "client",
          count: stayed,
          totalNs: hungNs,
          worstNs: hungNs,
          wentOn,
          evidence: {
            first: { flowId, frame: firstFrame, timeNs: firstNs },
            last: { flowId, frame: stayedFrame, timeNs: stayedNs },
          },
          startNs,
          endNs: stayedNs,
        });
      },
      captureEnd(observation) {
        if (!isOnRouter(observation)) return;
        const { distantCopies } = observation.evidence;
        for (const incident of incidents.all()) {
          const { count: repeats, wentOn } = incident.worst;
          if (wentOn && distantCopies > 0) continue;
          context.report({
            messageId: "dropped",
            data: { ...incidentData(incident), repeats },
            ...incidentReport(incident),
            confidence: "strong",
            alternatives: [
              "The capture is not the router's own (a mirror port, merged files): then something else between its two places may drop them.",
              "They left by an interface, or in a form (encrypted, translated), that the capture does not show.",
            ],
          });
        }
      },
    };
  },
});

/** Packets are captured before and behind one router, and no captures of two hosts were merged. */
function isOnRouter({ evidence: { copies, distantCopies, firstCopy } }: CaptureObservation): boolean {
  if (firstCopy === null || distantCopies * 2 > copies) return false;
  return firstCopy.ttls[0] - firstCopy.ttls[1] === 1;
}

function isLong(run: {
  readonly stayed: number;
  readonly stayedNs: number;
  readonly startNs: number;
}): boolean {
  return run.stayed >= FEWEST_REPEATS && run.stayedNs - run.startNs >= SHORTEST_HANG_NS;
}
