import { commonVantage } from "../engine/common-vantage.js";
import { defineRule } from "../engine/rule.js";
import {
  densestBurst,
  type HalfOpenAtListener,
  type HalfOpenFlow,
  HalfOpenFlows,
} from "../signs/accept-queue/half-open-flows.js";
import { confirmationOf, synQueueTestimony } from "../signs/accept-queue/syn-queue-counters.js";

/** Addresses for each hundred unanswered SYNs: forged ones are drawn anew each time, clients and scanners come again. */
const FORGED_PERCENT = 95;
/** A bug or a stray frame may have an address that nobody can have; so many are drawn at random. */
const FEWEST_NO_SOURCES = 3;

/**
 * Many addresses send a SYN each to one listener and never answer the SYN-ACK: forged senders, whose half-open
 * connections fill the SYN queue so that others are dropped (RFC 4987, section 2).
 */
export const synFloodSuspect = defineRule({
  id: "syn-flood-suspect",
  meta: {
    summary: "Many addresses send SYNs to a listener and never complete the handshake, as in a SYN flood.",
    severity: "warning",
    messages: {
      flood:
        "{{halfOpenFlows}} of {{listenerFlows}} connections to {{listener}}, from {{sourcesNote}}{{sources}} addresses{{forgedNote}}, were left half-open, {{peakFlows}} of them begun within {{windowSeconds}} s: their SYN-ACKs were never answered.{{kernelNote}}",
      unanswered:
        "{{halfOpenFlows}} SYNs to {{listener}} from {{sourcesNote}}{{sources}} addresses{{forgedNote}}, one from each or little more, got no answer, {{peakFlows}} of them within {{windowSeconds}} s: a SYN flood from forged addresses that is dropped before the listener, or a capture that leaves the answers out.{{kernelNote}}",
    },
    messageSeverities: { unanswered: "note" },
    why: "Each of them holds a place in the SYN queue until its SYN-ACK has been repeated in vain for a minute. When the queue is full, clients that mean it get no answer, or a SYN cookie without the options it has no room for.",
    remedy:
      "Count them with `ss -tn state syn-recv 'sport = :{{port}}'` and look at `nstat -az TcpExtTCPReqQFullDoCookies TcpExtTCPReqQFullDrop TcpExtListenDrops TcpExtSyncookiesSent`. Keep net.ipv4.tcp_syncookies at 1, raise net.ipv4.tcp_max_syn_backlog, and have the senders filtered where they come in (nftables synproxy, or the provider). Where the senders are real clients, look for what swallows your SYN-ACKs: an asymmetric route or a firewall.",
    supersedesAtListener: ["accept-queue-syn-drop", "syn-unanswered", "syn-answered-late"],
    evidence: {
      syn: "the first SYN of the densest burst, or the first of them whose SYN-ACK was captured",
      unanswered:
        "never answered: the server's SYN-ACK to it, or, where it sends none, the last SYN of the burst",
    },
    references: [
      "RFC 4987, section 2",
      "Linux net/ipv4/tcp_input.c, tcp_conn_request",
      "TcpExtTCPReqQFullDoCookies, TcpExtTCPReqQFullDrop, TcpExtListenDrops",
    ],
    options: {
      minHalfOpen: {
        default: 50,
        minimum: 2,
        description: "half-open connections that begin within the window",
      },
      minSources: { default: 20, minimum: 1, description: "addresses they come from" },
      minSharePercent: {
        default: 50,
        minimum: 0,
        description: "their share of the listener's connections that begin within the window",
      },
      windowSeconds: { default: 10, minimum: 1, description: "length of the window" },
    },
  },

  create(context) {
    const { options } = context;
    const halfOpen = new HalfOpenFlows();
    return {
      flowEnd(flow, identity, listener) {
        halfOpen.add(flow, identity, listener);
      },
      captureEnd({ endNs: captureEndNs, kernel, vantage }) {
        for (const incident of halfOpen.all(captureEndNs)) {
          const { flows, moreNs, completedNs, listener, port } = incident;
          const burst = findBurst(incident, options);
          if (burst === null) continue;
          const shown = burst.find(({ synAck }) => synAck !== null) ?? burst[0]!;
          const isAnswered = shown.synAck !== null;
          // Without answers only the senders tell: whoever means it sends his SYN again, and comes again.
          if (!isAnswered && (listener.answersNs.length > 0 || !areForged(burst))) continue;
          const repeated = burst.filter(({ isSynAckRepeated }) => isSynAckRepeated).length;
          const isUnfiltered = repeated * 2 >= burst.length;
          const forged = flows.filter(({ isForged }) => isForged).length;
          const isForged = forged >= FEWEST_NO_SOURCES;
          // In a capture of nothing but SYNs every connection looks half-open.
          if (isAnswered && !isUnfiltered && !isForged && !halfOpen.hasOtherSegments) continue;
          const endNs = Math.max(flows.at(-1)!.startNs, moreNs.at(-1) ?? Number.NEGATIVE_INFINITY);
          const span = { startNs: flows[0]!.startNs, endNs };
          const { cookies, drops } = synQueueTestimony(kernel, span);
          const note = confirmationOf([...cookies, ...drops]);
          const common = commonVantage(flows);
          const isStrong = isAnswered && (isUnfiltered || isForged || completedNs.length > 0);
          context.report({
            messageId: isAnswered ? "flood" : "unanswered",
            data: {
              listener: listener.name,
              port,
              halfOpenFlows: flows.length + moreNs.length,
              listenerFlows: listener.flows,
              sources: new Set(flows.map(({ client }) => client)).size,
              // Of those that are not kept nobody knows.
              sourcesNote: moreNs.length > 0 ? "more than " : "",
              forgedNote: isForged ? ` (${forged} of them from blocks that nobody sends from)` : "",
              peakFlows: moreNs.length === 0 ? burst.length : peakOf(incident, options),
              windowSeconds: options["windowSeconds"]!,
              kernelNote: note,
            },
            evidence: { syn: shown.syn, unanswered: shown.synAck ?? burst.at(-1)!.syn },
            subject: listener.name,
            flowIds: flows.map(({ flowId }) => flowId),
            confidence: note === "" ? (isStrong ? "strong" : "weak") : "certain",
            vantage: common === "unknown" ? vantage.vantage : common,
            alternatives: isForged
              ? []
              : [
                  "The SYN-ACKs do not reach real clients: an asymmetric route, or a firewall that drops them.",
                  "Scanners that send SYNs and drop what comes back, from many addresses at once.",
                ],
            ...span,
          });
        }
      },
    };
  },
});

/** The half-open flows of the densest window; null when they are too few, from too few addresses, or too small a part. */
function findBurst({ flows, completedNs }: HalfOpenAtListener, options: Readonly<Record<string, number>>) {
  const timesNs = flows.map(({ startNs }) => startNs);
  const { first, count } = densestBurst(timesNs, options["windowSeconds"]! * 1e9);
  if (count < options["minHalfOpen"]!) return null;
  const burst = flows.slice(first, first + count);
  const [fromNs, toNs] = [burst[0]!.startNs, burst.at(-1)!.startNs];
  const completed = completedNs.filter((timeNs) => timeNs >= fromNs && timeNs <= toNs).length;
  if (count * 100 < (count + completed) * options["minSharePercent"]!) return null;
  return new Set(burst.map(({ client }) => client)).size < options["minSources"]! ? null : burst;
}

/** How many begin within the densest window, those that are not kept among them. */
function peakOf({ flows, moreNs }: HalfOpenAtListener, options: Readonly<Record<string, number>>): number {
  const timesNs = [...flows.map(({ startNs }) => startNs), ...moreNs].sort((a, b) => a - b);
  return densestBurst(timesNs, options["windowSeconds"]! * 1e9).count;
}

/** Nearly every SYN has an address of its own. */
function areForged(burst: readonly HalfOpenFlow[]): boolean {
  return new Set(burst.map(({ client }) => client)).size * 100 >= burst.length * FORGED_PERCENT;
}
