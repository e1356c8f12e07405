import { commonVantage } from "../engine/common-vantage.js";
import type { Confidence, Evidence } from "../engine/finding.js";
import { listenerValues, seconds, synCount } from "../engine/message-values.js";
import { defineRule } from "../engine/rule.js";
import { spanOf } from "../engine/time-window.js";
import { type DroppedSyn, observeDroppedSyns } from "../signs/accept-queue/dropped-syns.js";
import { type FullSynQueue, findFullSynQueue } from "../signs/accept-queue/full-syn-queue.js";
import { confirmationOf, synQueueTestimony } from "../signs/accept-queue/syn-queue-counters.js";
import { observeSynQueues } from "../signs/accept-queue/syn-queues.js";

const OTHER_LISTENER =
  "The SYN queue that was full is another listener's, and these SYNs were dropped otherwise: the counters are of the whole host.";

/**
 * Half-open attempts fill a listener's SYN queue, and without SYN cookies it drops the SYNs of all others in silence (Linux
 * tcp_conn_request, inet_csk_reqsk_queue_is_full; the last quarter of tcp_max_syn_backlog is for clients that it knows).
 */
export const synQueueFull = defineRule({
  id: "syn-queue-full",
  meta: {
    summary:
      "A listener drops SYNs in silence while half-open attempts fill its SYN queue, and SYN cookies are off.",
    severity: "error",
    messages: {
      full: "{{waitingFlows}} of {{listenerFlows}} {{connections}} to {{listener}}, of {{clients}}, waited for an answer to their SYN, {{worstSeconds}} s at worst ({{ending}}): {{droppedNote}} drew none{{aloneNote}}. Whenever one did not, {{known}} half-open attempts or more may have been in the listener's SYN queue{{roomNote}}, which was seen to hold {{limit}} at most; {{betweenNote}}. What was in it meanwhile were {{holders}} attempts from {{sources}}, whose SYN-ACKs nobody acknowledged{{askedNote}}.{{kernelNote}}",
    },
    why: "connect() takes as long as the client's timer for SYNs, one second at least, or fails with ETIMEDOUT, though the server has nothing to do: each half-open attempt keeps its place for 7 to 63 s by the defaults, and without SYN cookies there is none for others.",
    remedy:
      "Switch SYN cookies on: `sysctl -w net.ipv4.tcp_syncookies=1` (the default); a full SYN queue drops nothing then. Count what holds it with `ss -tn state syn-recv 'sport = :{{port}}'`, and look at `nstat -az TcpExtTCPReqQFullDrop TcpExtListenDrops TcpExtListenOverflows`. Where cookies cannot be used raise the application's listen() backlog, net.core.somaxconn and net.ipv4.tcp_max_syn_backlog together: the least of them counts, and of the last three quarters; net.ipv4.tcp_synack_retries=2 gives places free sooner. Then find who leaves attempts half-open: forged addresses are to be filtered where they come in (nftables synproxy, or the provider); real clients do not get your SYN-ACKs, for which look at their way back (a firewall, an asymmetric route).",
    supersedes: ["syn-unanswered"],
    supersedesAtListener: ["accept-queue-syn-drop", "syn-flood-suspect", "syn-answered-late"],
    evidence: {
      syn: "the first SYN of the connection that waited longest",
      repeat: "the SYN again, because nothing came back",
      holder: "the first SYN-ACK of a half-open attempt that was in the queue then",
    },
    references: [
      "RFC 4987, section 2",
      "Linux net/ipv4/tcp_input.c, tcp_conn_request",
      "Linux include/net/inet_connection_sock.h, inet_csk_reqsk_queue_is_full",
      "TcpExtTCPReqQFullDrop, TcpExtListenDrops",
    ],
  },

  create(context) {
    const { dropped } = context.observe(observeDroppedSyns);
    const queues = context.observe(observeSynQueues);
    return {
      captureEnd({ kernel, vantage }) {
        for (const { listener, port, flows } of dropped.everywhere()) {
          const full = findFullSynQueue(queues.at(listener), flows, listener);
          if (full === null) continue;
          const { waiting, holders, isProven } = full;
          const worst = waiting.reduce((most, flow) => (waitNs(flow) > waitNs(most) ? flow : most));
          const span = spanOf(waiting);
          const { drops, isDenied } = synQueueTestimony(kernel, span);
          const isEmpty = dropped.isQueueEmpty(listener, waiting);
          const common = commonVantage(waiting);
          const where = common === "unknown" ? vantage.vantage : common;
          let confidence: Confidence = isProven && isEmpty && !isDenied ? "strong" : "weak";
          if (drops.length > 0) confidence = "certain";
          context.report({
            messageId: "full",
            data: {
              ...listenerValues(listener, port),
              waitingFlows: waiting.length,
              clients: clientCount(waiting),
              worstSeconds: seconds(waitNs(worst)),
              ending: endingOf(waiting),
              limit: full.limit,
              known: full.known,
              holders: holders.length,
              sources: addressCount(holders),
              ...notesOf(full),
              kernelNote: confirmationOf(drops),
            },
            evidence: { syn: worst.syn, repeat: worst.repeat, holder: holderAt(full, worst) },
            subject: listener.name,
            flowIds: waiting.map(({ flowId }) => flowId),
            confidence,
            vantage: where,
            alternatives:
              drops.length > 0
                ? [OTHER_LISTENER]
                : alternatives(full, { isEmpty, isDenied, hasArrived: where === "server-host" }),
            ...span,
          });
        }
      },
    };
  },
});

function waitNs({ startNs, endNs }: DroppedSyn): number {
  return endNs - startNs;
}

function endingOf(waiting: readonly DroppedSyn[]): string {
  const never = waiting.filter(({ isAnswered }) => !isAnswered).length;
  if (never === 0) return "all answered in the end";
  return never === waiting.length ? "none answered in the capture" : `${never} never answered in the capture`;
}

function clientCount(waiting: readonly DroppedSyn[]): string {
  const count = new Set(waiting.map(({ client }) => client)).size;
  return count === 1 ? `the client ${waiting[0]!.client}` : `${count} clients`;
}

function addressCount(holders: FullSynQueue["holders"]): string {
  const count = new Set(holders.map(({ client }) => client)).size;
  return count === 1 ? holders[0]!.client : `${count} addresses`;
}

function notesOf({ waiting, alone, withRoom, between, holders }: FullSynQueue) {
  const asked = holders.filter(({ isAskedAgain }) => isAskedAgain).length;
  const droppedSyns = waiting.reduce((sum, { syns }) => sum + syns, 0);
  return {
    droppedSyns,
    droppedNote: synCount(droppedSyns),
    aloneNote: alone === 0 ? "" : `, nor did ${alone} more that were not sent again`,
    roomNote: withRoom === 0 ? "" : ` (but for ${withRoom}, when there were fewer)`,
    betweenNote:
      between === 0
        ? "no other SYN was answered meanwhile"
        : `${between} ${between === 1 ? "other was" : "others were"} answered in between, when there was room`,
    askedNote:
      asked === 0
        ? ""
        : ` (for ${asked} the client sent its SYN again: it is real, and does not get the SYN-ACKs)`,
  };
}

/** The latest attempt that took its place before the first SYN in vain that came to a full queue, or that one's repetition. */
function holderAt({ holders }: FullSynQueue, { startNs, inVainNs }: DroppedSyn): Evidence {
  const shown = holders.filter(({ synAck }) => synAck !== null);
  const there = shown.filter(({ takenNs, perhapsNs }) => takenNs <= inVainNs && perhapsNs >= startNs);
  return (there.at(-1) ?? shown[0]!).synAck!;
}

function alternatives(
  { isProven, limit }: FullSynQueue,
  known: { readonly isEmpty: boolean; readonly isDenied: boolean; readonly hasArrived: boolean },
): string[] {
  return [
    ...(known.isDenied
      ? [
          "Something before the listener dropped the SYNs: TcpExtListenDrops did not grow meanwhile. Or the counters are of another host or network namespace.",
        ]
      : []),
    `Something before the listener counts half-open connections and takes ${limit} at most: a firewall's limit (\`nft list ruleset\`), a balancer.`,
    ...(known.isEmpty
      ? []
      : [
          "The accept queue was full: no connection in the capture shows that it was empty. TcpExtListenOverflows grows then.",
        ]),
    ...(isProven
      ? []
      : [
          "A firewall began to drop all SYNs when the attempts had become that many, as against a flood, or limits their rate.",
          ...(known.hasArrived
            ? []
            : ["The path lost the SYNs, or had an outage: capture on the server's host to tell."]),
        ]),
  ];
}
