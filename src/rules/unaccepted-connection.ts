import { appendTo } from "../engine/append-to.js";
import { commonVantage } from "../engine/common-vantage.js";
import type { Listener } from "../engine/listeners.js";
import { listenerValues, seconds } from "../engine/message-values.js";
import { defineRule } from "../engine/rule.js";
import { spanOf } from "../engine/time-window.js";
import {
  CONSEQUENCES_OF_OUTAGE,
  endingOf,
  repetitionEvidence,
  worstOf,
} from "../signs/outages/outage-report.js";
import {
  isUnaccepted,
  observeStalledAddresses,
  type StalledConnection,
} from "../signs/outages/stalled-addresses.js";

/**
 * What is left of a dropped handshake when the capture begins behind it: over loopback the client's data arrives, and nothing comes
 * back. A kernel that held the connection would acknowledge it (RFC 9293, section 3.10.7.4), one that knew nothing of it would reset
 * it; a listener whose accept queue is full drops it (Linux: tcp_get_cookie_sock, tcp_check_req).
 */
export const unacceptedConnection = defineRule({
  id: "unaccepted-connection",
  meta: {
    summary: "Data is repeated over loopback, and the server's kernel, which gets it, says nothing.",
    severity: "error",
    messages: {
      silent:
        "{{hungFlows}} of {{listenerFlows}} {{connections}} to {{listener}} were begun before the capture and hung for {{worstSeconds}} s of it at worst ({{ending}}): the client repeated its data up to {{repeats}} times over loopback, where nothing gets lost, and the server's kernel said nothing.",
    },
    why: "A kernel that holds a connection acknowledges data at once, even if the application stands still, and one that knows nothing of it answers by a reset. A listener whose accept queue is full does neither: it drops the handshake's last ACK and all data behind it, so the client believes that it is connected and waits. Where it does not even repeat its SYN-ACK, the handshake was made by SYN cookie.",
    remedy:
      "Look at the accept queue with `ss -ltn 'sport = :{{port}}'` (Recv-Q above Send-Q is full) and at `nstat -az TcpExtListenOverflows TcpExtListenDrops TcpExtSyncookiesRecv`. Raise the application's listen() backlog together with net.core.somaxconn and net.ipv4.tcp_max_syn_backlog, and accept faster. To see the handshakes, begin the capture before the clients connect.",
    supersedes: CONSEQUENCES_OF_OUTAGE,
    supersedesAtListener: ["stall-server", "rto-tail-loss", "loss-rate-high"],
    evidence: {
      first: "the first segment that was sent again in the capture",
      last: "the last repetition: the one that was answered, or the last in the capture",
    },
    references: [
      "RFC 9293, section 3.10.7.4 (what arrives is acknowledged)",
      "Linux net/ipv4/syncookies.c, tcp_get_cookie_sock",
      "TcpExtListenOverflows, TcpExtListenDrops",
    ],
    acceptQueue: { counters: [], remaining: [] },
  },

  create(context) {
    const { stalls } = context.observe(observeStalledAddresses);
    return {
      captureEnd() {
        const byListener = new Map<Listener, StalledConnection[]>();
        for (const stall of stalls) if (isUnaccepted(stall)) appendTo(byListener, stall.listener, stall);
        for (const [listener, own] of byListener) {
          const worst = worstOf(own)!;
          context.report({
            messageId: "silent",
            data: {
              ...listenerValues(listener, worst.serverPort),
              hungFlows: own.length,
              worstSeconds: seconds(worst.lengthNs),
              ending: endingOf(own.length, own.filter(({ ending }) => ending === "answered").length),
              repeats: Math.max(...own.map(({ run }) => run.repeats)),
            },
            evidence: repetitionEvidence(worst),
            subject: listener.name,
            flowIds: own.map(({ flowId }) => flowId),
            confidence: "strong",
            vantage: commonVantage(own),
            alternatives: [
              "A packet filter on this host drops what is sent to that port, or what the server answers (`nft list ruleset`).",
              "The capture's filter leaves out what the server sends.",
            ],
            ...spanOf(own.map(({ run }) => ({ startNs: run.startNs, endNs: run.endNs ?? run.lastNs }))),
          });
        }
      },
    };
  },
});
