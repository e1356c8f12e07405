import { commonVantage } from "../engine/common-vantage.js";
import { defineRule } from "../engine/rule.js";
import { spanOf } from "../engine/time-window.js";
import { filterAlternatives } from "../signs/accept-queue/stall-alternatives.js";
import { isCoincidence, isSeenArriving, stallConfidence } from "../signs/accept-queue/stall-confidence.js";
import { StalledListeners, stallData, worstOf } from "../signs/accept-queue/stalled-listeners.js";

/**
 * The client completed the handshake and its first data is retransmitted until the server takes it, but neither a
 * repeated SYN-ACK nor a silence longer than the SYN-ACK timer tells by which way the server lost the handshake: a
 * retransmission of the data, itself a valid last ACK, completed it first.
 *
 * Where the capture does not show that the client's segments arrived, a single lost data segment looks the same, so
 * there only flows count that hung together with others at the same listener.
 */
export const handshakeAckDropped = defineRule({
  id: "handshake-ack-dropped",
  meta: {
    summary:
      "The server drops a handshake's last ACK and the data behind it; only a retransmission is accepted.",
    severity: "error",
    messages: {
      dropped:
        "{{hungFlows}} of {{listenerFlows}} {{connections}} to {{listener}} hung, {{worstSeconds}} s at worst ({{ending}}): the client's first data was ignored until it was retransmitted.",
    },
    why: "The client took its connection for established while the server had dropped the handshake's last ACK and the data behind it, as a full accept queue makes it do. Each such connection starts with a retransmission timeout.",
    remedy:
      "Look at the accept queue with `ss -ltn 'sport = :{{port}}'` (Recv-Q above Send-Q is full) and at `nstat -az TcpExtListenOverflows TcpExtSyncookiesRecv`. Raise the application's listen() backlog together with net.core.somaxconn and net.ipv4.tcp_max_syn_backlog, and accept faster.",
    supersedesAtListener: ["stall-server", "rto-tail-loss", "loss-rate-high"],
    evidence: {
      synack: "the server's SYN-ACK",
      ack: "the client's ACK that completes the handshake",
      data: "the client's first data",
      retransmission: "its first retransmission",
    },
    references: [
      "RFC 9293, section 3.10.7.4 (SYN-RECEIVED)",
      "Linux net/ipv4/tcp_ipv4.c, tcp_v4_syn_recv_sock",
      "TcpExtListenOverflows, TcpExtListenDrops",
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
        for (const incident of stalled.of("unproven")) {
          const flows = isCoincidence(incident) ? incident.flows : incident.flows.filter(isSeenArriving);
          if (flows.length === 0) continue;
          const worst = worstOf(flows);
          context.report({
            messageId: "dropped",
            data: stallData({ ...incident, flows }),
            evidence: {
              synack: worst.synAck,
              ack: worst.handshakeAck,
              data: worst.firstData,
              retransmission: worst.firstRetransmission,
            },
            subject: incident.listener.name,
            flowIds: flows.map((flow) => flow.flowId),
            confidence: stallConfidence({ ...incident, flows }),
            vantage: commonVantage(flows),
            alternatives: [
              ...filterAlternatives(incident),
              "The server's host dropped the segments for another reason, for instance a firewall rule or socket memory (nstat -az TcpExtTCPRcvQDrop; nft list ruleset).",
            ],
            ...spanOf(flows),
          });
        }
      },
    };
  },
});
