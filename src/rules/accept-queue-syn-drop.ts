import { commonVantage } from "../engine/common-vantage.js";
import { listenerValues, seconds, synCount } from "../engine/message-values.js";
import { defineRule } from "../engine/rule.js";
import { spanOf } from "../engine/time-window.js";
import {
  type DroppedSyn,
  type DroppedSynsAtListener,
  observeDroppedSyns,
} from "../signs/accept-queue/dropped-syns.js";
import { findFullSynQueue } from "../signs/accept-queue/full-syn-queue.js";
import { StalledListeners } from "../signs/accept-queue/stalled-listeners.js";
import {
  isListenerFree,
  isQueueSeenEmpty,
  synDropConfidence,
} from "../signs/accept-queue/syn-drop-confidence.js";
import { synQueueTestimony } from "../signs/accept-queue/syn-queue-counters.js";
import { observeSynQueues } from "../signs/accept-queue/syn-queues.js";
import { extensionNames } from "../signs/attempts/extension-words.js";
import { observeLostData } from "../signs/outages/lost-data.js";
import { isUnaccepted, observeStalledAddresses } from "../signs/outages/stalled-addresses.js";

const EMPTY_NOTE = ", and when one of these came nothing in the capture was in its accept queue";
const ELSEWHERE =
  "Something else than a full accept queue drops SYNs: when one of these came the server had answered or closed the connection that was opened last, so its application had accepted that one and all before it. Only connections that the capture lacks could fill the queue then: of other clients or to other addresses, or of another process on that port (SO_REUSEPORT).";

/**
 * A listener whose accept queue is full drops new SYNs in silence (Linux since 4.10: tcp_conn_request,
 * sk_acceptq_is_full). The client sends its SYN again, at 1, 2, 3, 4, 5, 7, 11 s or at 1, 3, 7, 15 s, and is connected
 * when one of them finds room.
 */
export const acceptQueueSynDrop = defineRule({
  id: "accept-queue-syn-drop",
  meta: {
    summary: "A listener that must be there drops SYNs in silence, as one whose accept queue is full does.",
    severity: "error",
    messages: {
      dropped:
        "{{waitingFlows}} of {{listenerFlows}} {{connections}} to {{listener}} waited for an answer to their SYN, {{worstSeconds}} s at worst ({{ending}}): {{droppedNote}} drew none, though the listener answered others{{queueNote}}.",
      silent:
        "{{waitingFlows}} of {{listenerFlows}} {{connections}} to {{listener}} waited for an answer to their SYN, {{worstSeconds}} s at worst: {{droppedNote}} drew none, though they were sent over loopback, where nothing gets lost and a port without a listener refuses.",
    },
    why: "connect() takes as long as the client's timer for SYNs, one second at least, or fails with ETIMEDOUT. A listener whose accept queue is full drops new SYNs and says nothing, so to the client the host looks dead.",
    remedy:
      "Look at the accept queue with `ss -ltn 'sport = :{{port}}'` (Recv-Q above Send-Q is full) and at `nstat -az TcpExtListenOverflows TcpExtListenDrops TcpExtTCPReqQFullDrop` (the last one tells of a full SYN queue instead). Raise the application's listen() backlog together with net.core.somaxconn, and accept faster. net.ipv4.tcp_abort_on_overflow does nothing for these clients.",
    supersedes: ["syn-unanswered", "syn-answered-late"],
    supersedesAtListener: ["syn-queue-full", "stall-server", "rto-tail-loss", "loss-rate-high"],
    evidence: {
      syn: "the client's first SYN",
      repeat: "the SYN again, because nothing came back",
    },
    references: [
      "RFC 9293, section 3.8.3 (retransmission of the SYN)",
      "Linux net/ipv4/tcp_input.c, tcp_conn_request",
      "TcpExtListenOverflows, TcpExtListenDrops",
    ],
    acceptQueue: { counters: [], remaining: [] },
  },

  create(context) {
    const { paths, stalls: hanging } = context.observe(observeStalledAddresses);
    const { lost } = context.observe(observeLostData);
    const { dropped } = context.observe(observeDroppedSyns);
    const synQueues = context.observe(observeSynQueues);
    const stalled = new StalledListeners(context);
    return {
      flowEnd(flow, identity, listener) {
        stalled.add(flow, identity, listener);
      },
      captureEnd({ vantage: { vantage }, kernel }) {
        const unaccepted = new Set(hanging.filter(isUnaccepted).map(({ listener }) => listener));
        for (const incident of dropped.all()) {
          const { flows, listener } = incident;
          const stalls = stalled.at(listener);
          const known = { vantage, lost, paths, unaccepted, kernel };
          const judged = synDropConfidence(incident, stalls, known);
          if (judged === null) continue;
          const synQueue = findFullSynQueue(synQueues.at(listener), dropped.at(listener), listener);
          const confidence = synQueue === null ? judged : "weak";
          const isFree = isListenerFree(incident);
          const isEmpty = confidence === "weak" && isQueueSeenEmpty(incident, vantage);
          const worst = flows.reduce((most, flow) => (waitNs(flow) > waitNs(most) ? flow : most));
          const common = commonVantage(flows);
          const where = common === "unknown" ? vantage : common;
          const haveArrived = where === "server-host" || flows.some(({ isLoopback }) => isLoopback);
          context.report({
            messageId: incident.hasAnswered ? "dropped" : "silent",
            data: { ...dataOf(incident, worst), queueNote: isEmpty ? EMPTY_NOTE : "" },
            evidence: { syn: worst.syn, repeat: worst.repeat },
            subject: listener.name,
            flowIds: flows.map(({ flowId }) => flowId),
            confidence,
            vantage: where,
            alternatives: [
              ...(isEmpty ? [ELSEWHERE] : []),
              ...(isFree
                ? [
                    "The listener opened and served other connections at once meanwhile, which one whose queue is full does not: something before it limits or divides new connections (a firewall's limit, a balancer with a dead server behind it).",
                  ]
                : []),
              ...(incident.givenUp > 0
                ? [
                    `A packet filter drops SYNs with ${extensionNames(incident.givenUp)}: each was answered as soon as it came without.`,
                  ]
                : []),
              synQueueFull(synQueueTestimony(kernel, spanOf(flows)).drops),
              incident.hasAnswered
                ? "A firewall on the server's host limits the rate of new connections: look at `nft list ruleset`."
                : "A packet filter on this host drops what is sent to that port: look at `nft list ruleset`.",
              ...(haveArrived
                ? []
                : [
                    "Several paths lead there, and one of them is broken: `traceroute -T --sport=PORT` with the ports of those that wait tells.",
                  ]),
              ...(confidence === "weak" && !haveArrived
                ? ["The path lost the SYNs, or had an outage: capture on the server's host to tell."]
                : []),
            ],
            ...spanOf(flows),
          });
        }
      },
    };
  },
});

/** Beside a full SYN queue a client sees the same. `told`: what the kernel says of it. */
function synQueueFull(told: readonly string[]): string {
  return told.length > 0
    ? `The SYN queue was full instead, as the counters of that host suggest: ${told.join("; ")}. Half-open attempts fill it while SYN cookies are off (net.ipv4.tcp_syncookies).`
    : "The SYN queue was full instead, or memory short: TcpExtTCPReqQFullDrop or TcpExtListenDrops tells.";
}

function waitNs({ startNs, endNs }: DroppedSyn): number {
  return endNs - startNs;
}

function dataOf({ flows, listener, port }: DroppedSynsAtListener, worst: DroppedSyn) {
  const never = flows.filter(({ isAnswered }) => !isAnswered).length;
  let ending = `${never} never answered in the capture`;
  if (never === 0) ending = "all answered in the end";
  else if (never === flows.length) ending = "none answered in the capture";
  const droppedSyns = flows.reduce((sum, { syns }) => sum + syns, 0);
  return {
    ...listenerValues(listener, port),
    waitingFlows: flows.length,
    worstSeconds: seconds(waitNs(worst)),
    ending,
    droppedSyns,
    droppedNote: synCount(droppedSyns),
  };
}
