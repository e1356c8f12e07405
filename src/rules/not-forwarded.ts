import { appendTo } from "../engine/append-to.js";
import { ipFamilyOption } from "../engine/message-values.js";
import { defineRule } from "../engine/rule.js";
import { isOnRouter, RepeatedIsns, SeenBehind, Translations } from "../signs/forwarding/router-capture.js";
import { type Stayed, StayedRuns } from "../signs/forwarding/stayed-runs.js";
import {
  incidentData,
  incidentReport,
  ListenerIncidents,
  type Sufferer,
  type Suffering,
  suffererOf,
} from "../signs/listeners/listener-incidents.js";
import { CONSEQUENCES_OF_OUTAGE } from "../signs/outages/outage-report.js";

/** Services that never answered, of which one client asks for more, are asked for by a scan. */
const MOST_CLOSED_PORTS = 3;

/** Connections kept of a capture. */
const MAX_CANDIDATES = 100_000;

interface Kept extends Suffering<"first" | "last"> {
  /** What its sender sent later left: the packets may have stood in a queue until then. */
  readonly wentOn: boolean;
  readonly address: string;
  readonly clientAddress: string;
}

/** What is not known to be an incident before all of the capture is. */
interface Candidate {
  readonly kind: Stayed;
  readonly sufferer: Sufferer;
  readonly suffering: Kept;
  readonly isn: number;
}

const MESSAGES: readonly Stayed[] = ["dropped", "acks", "synAck", "syn", "fin"];
const ELSEWHERE = [
  "The capture is not the router's own (a mirror port, merged files): then something else between its two places may drop them.",
  "They left by an interface, or in a form (encrypted, translated), that the capture does not show.",
];
const NO_PORT =
  "Its address translation (NAT) had run out of ports towards this server: conntrack -S counts insert_failed and drop.";
const POLICY =
  "It is meant to be so: a rule of the router's firewall forbids these connections, or limits how many there may be.";

/** What a router passes on it is captured twice on, before and behind: what is there once came in and did not leave. */
export const notForwarded = defineRule({
  id: "not-forwarded",
  meta: {
    summary: "A router that the capture shows both sides of takes segments in and does not send them on.",
    severity: "error",
    messages: {
      dropped:
        "On {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} the router on which, or on both sides of which, the capture was taken took in what the {{side}} sent and did not send it on: the {{side}} repeated its data up to {{repeats}} times, for {{worstSeconds}} s at worst, and each repetition is in the capture once, while other segments of these connections are in it twice, before and behind the router.",
      acks: "On {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} the router on which, or on both sides of which, the capture was taken took in the acknowledgments of the {{side}} and did not send them on: the {{peer}} repeated what it had sent {{repeats}} times and more, for {{worstSeconds}} s at worst, and what the {{side}} answered to each is in the capture once, while other segments of these connections are in it twice, before and behind the router.",
      synAck:
        "On {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} the router on which, or on both sides of which, the capture was taken took in the SYN-ACK and did not send it on: up to {{repeats}} in a row, for {{worstSeconds}} s at worst, are in the capture once, while other packets to the same client are in it twice, before and behind the router.",
      syn: "On {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} the router on which, or on both sides of which, the capture was taken took in the SYN and did not send it on: up to {{repeats}} in a row, for {{worstSeconds}} s at worst, are in the capture once, while other packets to the same address are in it twice, before and behind the router{{nat}}{{scope}}.",
      fin: "On {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} the router on which, or on both sides of which, the capture was taken took in the FIN of the {{side}} and did not send it on: it was sent again up to {{repeats}} times, for {{worstSeconds}} s at worst, and each repetition is in the capture once, while other segments of these connections are in it twice, before and behind the router.",
    },
    messageSeverities: { syn: "warning", fin: "warning" },
    messageTexts: {
      syn: {
        why: "connect() waits for seconds, or fails, and neither end can tell why: the server's host never sees the SYN. It is not the rest of the way either: the capture shows the SYNs arrive at the router, and nothing leave.",
        remedy:
          "Look on that router, not on the server: `nft list ruleset` with its counters (the hook forward: rules that drop, `limit rate`, `ct count`, sets of banned addresses; `nft monitor trace` names the rule). A table of connections that is full drops new ones alone: `dmesg | grep 'table full'`, and compare `sysctl net.netfilter.nf_conntrack_count` with `sysctl net.netfilter.nf_conntrack_max`; raise the maximum, or shorten `net.netfilter.nf_conntrack_tcp_timeout_established`. Address translation that has run out of ports drops new ones, too: `conntrack -S` counts them in insert_failed and drop; give it more ports or addresses. `nstat -az TcpExtIPReversePathFilter` counts what comes by an interface that does not lead back to its sender: compare `ip {{family}} route get {{clientAddress}}` with the interface that the SYN came in by, and set `net.ipv4.conf.DEVICE.rp_filter` to 2 where both ways are meant. `tc -s qdisc` counts what queues drop.",
      },
      synAck: {
        why: "The server answers, and the client never hears of it: it sends its SYN again until it gives up, and the server's half-open connections fill its SYN queue. A firewall that lets SYNs pass forbids no SYN-ACK: mostly it comes by another way than the SYN went.",
        remedy:
          "Look on that router. Two ways: the SYN-ACK comes in by another interface than the SYN left by, or from another router. Strict reverse path filtering drops it: `nstat -az TcpExtIPReversePathFilter` counts such packets; compare `ip {{family}} route get {{address}}` there with the interface that it comes in by, and set `net.ipv4.conf.DEVICE.rp_filter` to 2, or lead both directions the same way (`ip {{family}} route get {{clientAddress}}` on the server's host). A firewall that has not seen the SYN takes the SYN-ACK for invalid: `conntrack -S` (invalid), `nft list ruleset | grep -iE 'invalid|ct state'`. Else `nft monitor trace` names the rule that drops.",
      },
      fin: {
        why: "The other end does not hear that the connection is over: a program that reads to the end waits on, and the end that closed repeats its FIN until it gives up. What was sent before passed, so that a rule of the router's firewall, its notion of the connection, or a change of either since is the reason.",
        remedy:
          "Look on that router: `nft list ruleset` with its counters (rules for TCP flags, `ct state invalid`; `nft monitor trace` names the one that drops), `conntrack -L -p tcp --dport {{port}}` and `conntrack -S` (invalid), `sysctl net.netfilter.nf_conntrack_tcp_be_liberal`.",
      },
    },
    why: "The connection stands still, and its ends see nothing but silence. It is neither of them, nor the rest of the way: the capture shows the segments arrive at the router, and nothing leave.",
    remedy:
      "Look on that router, not elsewhere: `nft list ruleset` with its counters (rules in the hook forward, sets of banned addresses, rules that match content or length; `nft monitor trace` names the one that drops), `conntrack -L -p tcp --dport {{port}}` and `conntrack -S` (invalid, drop), programs that decide on packets (`nft list ruleset | grep queue`, an intrusion prevention), `ip route get` for the address that it goes to, `nstat -az IpForwDatagrams IpInDiscards IpOutDiscards IpExtInNoRoutes TcpExtIPReversePathFilter`, and `tc -s qdisc` for what queues drop.",
    supersedes: [
      "accept-queue-syn-drop",
      "syn-queue-full",
      "syn-unanswered",
      "fin-unanswered",
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
    const runs = new StayedRuns(context.perFlow);
    const candidates: Candidate[] = [];
    const seenBehind = new SeenBehind();
    const isns = new RepeatedIsns();
    const translations = new Translations();
    return {
      repeated: (segment, flow) => runs.repeated(segment, flow),
      flowEnd(flow, identity, listener) {
        const { client, server, id: flowId } = flow;
        seenBehind.add(flow, identity);
        isns.add(flow);
        translations.add(flow, identity);
        const run = runs.of(flow);
        if (run === null || candidates.length === MAX_CANDIDATES) return;
        const { kind, side, startNs, wentOn } = run;
        const hasBoth = client.copies > 0 && server.copies > 0;
        // A SYN that is not in the capture went another way.
        const mayStay = kind === "syn" || (kind === "synAck" && (client.copies > 0 || client.segments === 0));
        if (!hasBoth && !mayStay) return;
        const hungNs = run.isLong ? run.lastNs - startNs : 0;
        const { clientAddress, serverAddress } = identity;
        candidates.push({
          kind,
          sufferer: suffererOf(flow, identity, listener),
          suffering: {
            side,
            // The first SYN, too, is known not to have left.
            count: kind === "syn" || kind === "synAck" ? run.repeats + 1 : run.repeats,
            totalNs: hungNs,
            worstNs: hungNs,
            wentOn,
            address: serverAddress,
            clientAddress,
            evidence: {
              first: { flowId, frame: run.firstFrame, timeNs: run.firstNs },
              last: { flowId, frame: run.lastFrame, timeNs: run.lastNs },
            },
            startNs,
            endNs: Math.max(startNs, run.lastNs),
          },
          isn: client.base,
        });
      },
      captureEnd(observation) {
        if (candidates.length === 0) return;
        const { distantCopies } = observation.evidence;
        const scanners = findScanners(candidates);
        const hasBothSides = isOnRouter(observation);
        const isTranslated = ({ clientAddress, address }: Kept): boolean =>
          translations.has(clientAddress, address);
        const isMeant = ({ kind, isn, suffering, sufferer }: Candidate): boolean => {
          const { address, clientAddress, startNs } = suffering;
          const isNat = kind === "syn" && isTranslated(suffering);
          if (!hasBothSides && !isNat) return false;
          if (kind === "synAck") return seenBehind.has(clientAddress);
          if (kind !== "syn") return true;
          // What is meant for the router itself is not sent on, nor seen behind it.
          if ((!isNat && !seenBehind.has(address)) || isns.isShared(isn, startNs)) return false;
          if (sufferer.listener.answersNs.length > 0) return true;
          return seenBehind.has(clientAddress) && !scanners.has(clientAddress);
        };
        const wanted = candidates.filter(isMeant);
        const messageOf = messagesOf(wanted);
        for (const messageId of MESSAGES) {
          const incidents = new ListenerIncidents<Kept>();
          for (const each of wanted)
            if (messageOf(each) === messageId) incidents.add(each.sufferer, each.suffering);
          for (const incident of incidents.all()) {
            const { count: repeats, wentOn, address, clientAddress, worstNs } = incident.worst;
            if (worstNs === 0 || (wentOn && distantCopies > 0)) continue;
            const isNat = messageId === "syn" && isTranslated(incident.worst);
            const isServed = incident.listener.answersNs.length > 0;
            context.report({
              messageId,
              data: {
                ...incidentData(incident),
                repeats,
                address,
                clientAddress,
                family: ipFamilyOption(address),
                nat: isNat ? " (behind it with another address or port)" : "",
                scope: isServed ? "; other connections to this port were answered" : "",
              },
              ...incidentReport(incident),
              confidence: "strong",
              alternatives: [
                ...(isNat ? [NO_PORT] : []),
                ...(messageId === "syn" ? [POLICY] : []),
                ...ELSEWHERE,
              ],
            });
          }
        }
      },
    };
  },
});

/** Where data of an end is dropped, its acknowledgments and FINs are as well: one finding. */
function messagesOf(candidates: readonly Candidate[]): (each: Candidate) => Stayed {
  const keyOf = ({ sufferer, suffering }: Candidate): string => `${sufferer.listener.name} ${suffering.side}`;
  const dropped = new Set(candidates.filter(({ kind }) => kind === "dropped").map(keyOf));
  return (each) => {
    const isBeside = (each.kind === "acks" || each.kind === "fin") && dropped.has(keyOf(each));
    return isBeside ? "dropped" : each.kind;
  };
}

/** Clients that asked for many services that never answered anybody. */
function findScanners(candidates: readonly Candidate[]): ReadonlySet<string> {
  const closed = new Map<string, string[]>();
  for (const { kind, sufferer, suffering } of candidates) {
    const { name, answersNs } = sufferer.listener;
    if (kind === "syn" && answersNs.length === 0) appendTo(closed, suffering.clientAddress, name);
  }
  return new Set(
    [...closed].filter(([, names]) => new Set(names).size > MOST_CLOSED_PORTS).map(([client]) => client),
  );
}
