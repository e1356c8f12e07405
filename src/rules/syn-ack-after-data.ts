import { commonVantage } from "../engine/common-vantage.js";
import { seconds } from "../engine/message-values.js";
import { defineRule } from "../engine/rule.js";
import { spanOf } from "../engine/time-window.js";
import { filterAlternatives } from "../signs/accept-queue/stall-alternatives.js";
import { stallConfidence } from "../signs/accept-queue/stall-confidence.js";
import {
  type StalledFlow,
  StalledListeners,
  stallData,
  worstOf,
} from "../signs/accept-queue/stalled-listeners.js";

/**
 * The handshake's last ACK found the accept queue full: the kernel drops it and the data behind it, keeps the
 * request in SYN-RECEIVED, and its timer sends the SYN-ACK again (Linux: tcp_check_req, listen_overflow). The client
 * holds an established connection all the while and can only retransmit.
 */
export const synAckAfterData = defineRule({
  id: "syn-ack-after-data",
  meta: {
    summary: "The server repeats its SYN-ACK after the client has sent data, which stays unacknowledged.",
    severity: "error",
    messages: {
      repeated:
        "{{hungFlows}} of {{listenerFlows}} {{connections}} to {{listener}} hung, {{worstSeconds}} s at worst ({{ending}}): the server repeated its SYN-ACK although the client had completed the handshake and sent data.{{since}}",
    },
    why: "For the client the connection is established, for the server it is not: the handshake's last ACK and the data were dropped, most often because the listener's accept queue was full. Nothing moves until a retransmission finds room.",
    remedy:
      "Look at the accept queue with `ss -ltn 'sport = :{{port}}'` (Recv-Q above Send-Q is full) and at `nstat -az TcpExtListenOverflows TcpExtListenDrops`. Raise the backlog that the application passes to listen() together with net.core.somaxconn (the smaller one counts; Node.js passes 511 unless told otherwise), and accept faster: drain accept() until EAGAIN, more acceptors or SO_REUSEPORT, no CPU limit that stops the acceptor. net.ipv4.tcp_abort_on_overflow=1 makes such connections fail at once instead of hanging; it cures nothing.",
    supersedesAtListener: ["stall-server", "rto-tail-loss", "loss-rate-high"],
    evidence: {
      synack: "the server's first SYN-ACK in the capture",
      data: "the client's first data in the capture",
      repeat: "the repeated SYN-ACK, the data still unacknowledged",
    },
    references: [
      "RFC 9293, section 3.10.7.4 (SYN-RECEIVED)",
      "Linux net/ipv4/tcp_minisocks.c, tcp_check_req",
      "TcpExtListenOverflows, TcpExtListenDrops, TcpExtTCPSynRetrans",
    ],
    acceptQueue: { counters: [], remaining: [] },
  },

  create(context) {
    const stalled = new StalledListeners(context);
    return {
      flowEnd(flow, identity, listener) {
        stalled.add(flow, identity, listener);
      },
      captureEnd() {
        for (const incident of stalled.of("syn-ack-repeated")) {
          const { flows } = incident;
          const worst = worstOf(flows);
          const confidence = stallConfidence(incident);
          context.report({
            messageId: "repeated",
            data: { ...stallData(incident), since: since(worst) },
            evidence: { synack: worst.synAck, data: worst.firstData, repeat: worst.repeatedSynAck },
            subject: incident.listener.name,
            flowIds: flows.map((flow) => flow.flowId),
            confidence,
            vantage: commonVantage(flows),
            alternatives: [
              ...filterAlternatives(incident),
              ...(confidence === "weak"
                ? [
                    "The handshake's last ACK and the data were lost between the capture and the server: capture on the server's host to tell.",
                    "A proxy or load balancer answered the SYN for the server and then lost the connection.",
                  ]
                : []),
            ],
            ...spanOf(flows),
          });
        }
      },
    };
  },
});

/** A sentence behind others about the connection that hung longest; empty where the capture has all of it. */
function since({ stall: { isBegunBefore, unseenNs } }: StalledFlow): string {
  if (!isBegunBefore) return "";
  return unseenNs === 0
    ? " It had begun before the capture, and lasted longer."
    : ` It had begun at least ${seconds(unseenNs)} s before: so old is the timestamp that the SYN-ACK echoes.`;
}
