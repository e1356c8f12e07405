import { commonVantage } from "../engine/common-vantage.js";
import type { Confidence } from "../engine/finding.js";
import { listenerValues } from "../engine/message-values.js";
import { defineRule } from "../engine/rule.js";
import { spanOf } from "../engine/time-window.js";
import { AbortedHandshakes, type AbortsAtListener } from "../signs/attempts/aborted-handshakes.js";
import { isFromOtherDistance } from "../signs/attempts/other-distance.js";

/**
 * With net.ipv4.tcp_abort_on_overflow a handshake's last ACK that finds the accept queue full draws a RST (Linux:
 * tcp_check_req, embryonic_reset). It answers a segment of no connection, so it has no ACK, and its number is the
 * segment's acknowledgment: one behind the server's ISN.
 */
export const abortOnOverflowRst = defineRule({
  id: "abort-on-overflow-rst",
  meta: {
    summary: "A listener that answers others resets connections as soon as their handshake is complete.",
    severity: "warning",
    messages: {
      reset:
        "{{resetFlows}} of {{listenerFlows}} {{connections}} to {{listener}} were reset as soon as the handshake was complete: the server answered the client's ACK with a RST without ACK, as a full accept queue does where net.ipv4.tcp_abort_on_overflow is 1.",
      behindCookie:
        "{{resetFlows}} of {{listenerFlows}} {{connections}} to {{listener}} were reset: the server answered neither the client's ACK nor its first data, and what came behind these by RSTs without ACK, as where a handshake by SYN cookie finds the accept queue full.",
    },
    why: "connect() succeeds and the first write or read fails with ECONNRESET, although the server is up and serves others. The listener has no room for connections that it has already agreed to.",
    remedy:
      "Look at `sysctl net.ipv4.tcp_abort_on_overflow` on the server's host, at the accept queue with `ss -ltn 'sport = :{{port}}'` (Recv-Q above Send-Q is full), and at `nstat -az TcpExtListenOverflows TcpExtEmbryonicRsts`. Raise the application's listen() backlog together with net.core.somaxconn and accept faster; let clients try again after a pause. With the setting off the same connections hang instead. Behind SYN cookies (`nstat -az TcpExtSyncookiesRecv`) it has no say.",
    supersedes: ["rst-mid-stream", "half-open-peer"],
    supersedesAtListener: ["stall-server", "rto-tail-loss", "loss-rate-high"],
    evidence: {
      synack: "the server's SYN-ACK",
      ack: "the client's ACK that completes the handshake",
      rst: "the server's RST, without ACK, its number one behind the SYN-ACK's",
    },
    references: [
      "RFC 9293, section 3.10.7.1 (CLOSED)",
      "Linux net/ipv4/tcp_minisocks.c, tcp_check_req",
      "TcpExtListenOverflows, TcpExtEmbryonicRsts",
    ],
    acceptQueue: { counters: [], remaining: [] },
  },

  create(context) {
    const aborted = new AbortedHandshakes();
    const kept = context.perFlow("isForeign");
    return {
      rst(segment, flow) {
        const { server } = flow;
        // A kernel's RST may have a TTL of its own (Linux: ip_send_unicast_reply), but no window (tcp_v4_send_reset).
        if (!segment.fromServer || segment.window === 0 || server.segments === 0) return;
        if (isFromOtherDistance(segment.ttl, server)) kept.of(flow).isForeign = 1;
      },
      flowEnd(flow, identity, listener) {
        if (flow.bareRstFrame > 0 && kept.of(flow).isForeign === 0) aborted.add(flow, identity, listener);
      },
      captureEnd({ vantage }) {
        for (const messageId of ["reset", "behindCookie"] as const) {
          for (const incident of aborted.all(messageId)) {
            const { flows, listener, port } = incident;
            const confidence = CONFIDENCE_OF[messageId](incident);
            if (confidence === null) continue;
            const shown = flows.find(({ isBeforeData }) => isBeforeData) ?? flows[0]!;
            const common = commonVantage(flows);
            context.report({
              messageId,
              data: {
                ...listenerValues(listener, port),
                resetFlows: flows.length,
              },
              evidence: { synack: shown.synAck, ack: shown.ack, rst: shown.rst },
              subject: listener.name,
              flowIds: flows.map(({ flowId }) => flowId),
              confidence,
              vantage: common === "unknown" ? vantage.vantage : common,
              alternatives: [
                ...ALTERNATIVES[messageId],
                ...(messageId === "reset" && confidence === "weak"
                  ? ["The listener was closed between the SYN and the ACK: a service that stops or restarts."]
                  : []),
              ],
              ...spanOf(flows),
            });
          }
        }
      },
    };
  },
});

const ALTERNATIVES = {
  reset: [
    "A SYN cookie that came back wrong, or a firewall that rejects with a TCP reset: look at `nstat -az TcpExtSyncookiesFailed` and `nft list ruleset`.",
  ],
  behindCookie: [
    "The handshake's ACK and the first data were lost on the way, and the listener has nothing of the connection for another reason.",
  ],
} as const;

/** So many handshakes are rarely under way at the very moment at which a listener is closed. */
const COINCIDENCE_FLOWS = 3;

/**
 * Strong when the listener answers on, or several were reset, so it was hardly closed, and a RST came before any data, so it
 * was not what the data said that drew it. Null when it answers nobody any more and refuses others, so it was closed, as by the
 * end of its process; and when nothing shows that it ever fills a queue: no other connection to it fared better.
 */
function confidenceOf({ flows, listener }: AbortsAtListener): Confidence | null {
  const firstNs = flows.reduce((first, { endNs }) => Math.min(first, endNs), Number.POSITIVE_INFINITY);
  const answersOn = (listener.answersNs.at(-1) ?? 0) > firstNs;
  const isBeforeData = flows.some((flow) => flow.isBeforeData);
  const isClosed = !answersOn && listener.refused > 0;
  if (isClosed || flows.length === listener.flows || (!isBeforeData && !answersOn)) return null;
  return isBeforeData && (answersOn || flows.length >= COINCIDENCE_FLOWS) ? "strong" : "weak";
}

/** Lost segments are as many by chance, once; a listener that has gone answers all of them by RSTs. */
function confidenceBehindCookie({ flows, listener }: AbortsAtListener): Confidence {
  return flows.length > 1 || listener.answersNs.length > flows.length ? "strong" : "weak";
}

const CONFIDENCE_OF = { reset: confidenceOf, behindCookie: confidenceBehindCookie } as const;
