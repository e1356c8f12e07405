import { commonVantage } from "../engine/common-vantage.js";
import { defineRule } from "../engine/rule.js";
import { spanOf } from "../engine/time-window.js";
import { filterAlternatives } from "../signs/accept-queue/stall-alternatives.js";
import { isPathShut, stallConfidence } from "../signs/accept-queue/stall-confidence.js";
import {
  hasCookieSynAck,
  type StalledListener,
  StalledListeners,
  stallData,
  worstOf,
} from "../signs/accept-queue/stalled-listeners.js";
import { isOverflowTold } from "../signs/accept-queue/syn-drop-confidence.js";

const NO_COOKIE =
  "The listener is not by cookies but dropped its request state (SYN queue more than half full), or its repeated SYN-ACK was not captured.";

const SILENCE = "it did not even repeat its SYN-ACK, as only a listener without state does";
const OTHER_ANSWERER =
  "A SYN proxy answered for the server, or a load balancer turned to another server between the two SYNs.";

/** What only a cookie does, as far as one of the flows shows it; null where none does. */
function cookieSign({ flows, listener }: StalledListener): string | null {
  const lagMs = flows.reduce((most, { stall }) => Math.max(most, stall.cookieLagMs ?? 0), 0);
  if (lagMs > 0)
    return `its SYN-ACK's timestamp lags the server's clock by ${lagMs.toFixed(1)} ms, as a cookie's does`;
  if (flows.some((flow) => hasCookieSynAck(flow.stall, listener)))
    return "its SYN-ACK lacks the window scale and SACK that the client offered, as a cookie's does";
  if (flows.some((flow) => flow.stall.hasChangedIsn))
    return "it had answered the client's repeated SYN with another initial sequence number, as only a host without state does";
  if (flows.some((flow) => flow.stall.isExpired))
    return "in the end it reset the connection without an ACK, as it does for an expired cookie";
  return null;
}

/**
 * A SYN cookie's handshake holds no state at the server. When the client's ACK returns and the accept queue is full,
 * it is dropped without a trace (Linux: cookie_v4_check, tcp_get_cookie_sock), and no SYN-ACK timer runs. Each
 * retransmission of the first data is a new attempt until the cookie is 60 to 120 s old; then it draws a RST.
 */
export const syncookieAckDropped = defineRule({
  id: "syncookie-ack-dropped",
  meta: {
    summary:
      "A handshake by SYN cookie completes for the client, and the server drops its ACK without a word.",
    severity: "error",
    messages: {
      dropped:
        "{{hungFlows}} of {{listenerFlows}} {{connections}} to {{listener}} hung, {{worstSeconds}} s at worst ({{ending}}): after the handshake the server stayed silent to the client's retransmitted first data; {{evidence}}.",
      silent:
        "{{hungFlows}} of {{listenerFlows}} {{connections}} to {{listener}} hung, {{worstSeconds}} s at worst ({{ending}}): after the handshake the server stayed silent to the client's retransmitted first data, and did not repeat its SYN-ACK. Either the data gets lost on the way, or what the server answers (an ACK if it holds the connection, a RST if it does not), or it dropped the handshake's ACK and had kept no state, as behind a SYN cookie.",
    },
    why: "The client believes that it is connected and waits for an answer until its own timeout, while the server has nothing: with SYN cookies the connection exists only once the ACK is accepted, and a full accept queue drops it.",
    remedy:
      "Compare `nstat -az TcpExtSyncookiesSent TcpExtSyncookiesRecv TcpExtSyncookiesFailed TcpExtListenOverflows TcpExtTCPReqQFullDoCookies` before and after, and look at `ss -ltn 'sport = :{{port}}'`. Raise the application's listen() backlog, net.core.somaxconn and net.ipv4.tcp_max_syn_backlog together and accept faster. Keep net.ipv4.tcp_syncookies on: cookies are the fallback, not the fault. Where the server speaks first (SMTP, SSH, MySQL), give clients a timeout for its greeting.",
    messageTexts: {
      silent: {
        why: "The client believes that it is connected and waits for an answer until its own timeout. A server that has accepted the handshake's ACK does not repeat its SYN-ACK, and one that keeps no state cannot: the capture does not tell whether data or answers get lost, or the server dropped the ACK because its accept queue was full.",
        remedy:
          "On the server's host look for such a connection while it hangs: `ss -tn 'sport = :{{port}}'`. If it is there (ESTAB), the data gets lost before it, or its answers behind it: capture there to tell, and look for what drops them, on the way or in `nft list ruleset`. If it is not, see whether the host answers the data by RST (`tcpdump -ni any 'tcp port {{port}} and tcp[tcpflags] & tcp-rst != 0'`), which then gets lost, and compare `nstat -az TcpExtSyncookiesRecv TcpExtListenOverflows` before and after: where both grow, raise the application's listen() backlog and net.core.somaxconn, and accept faster.",
      },
    },
    supersedesAtListener: ["stall-server", "rto-tail-loss", "loss-rate-high"],
    evidence: {
      synack: "the server's SYN-ACK",
      ack: "the client's ACK that completes the handshake",
      data: "the client's first data",
      retransmission: "the latest retransmission of it that drew no answer, or was accepted at last",
    },
    references: [
      "RFC 4987, section 3.6",
      "Linux net/ipv4/syncookies.c, cookie_v4_check",
      "TcpExtSyncookiesRecv, TcpExtListenOverflows, TcpExtTCPReqQFullDoCookies",
    ],
    acceptQueue: { counters: ["TcpExtSyncookiesRecv"], remaining: [NO_COOKIE] },
  },

  create(context) {
    const stalled = new StalledListeners(context);
    return {
      flowEnd(flow, identity, listener) {
        stalled.add(flow, identity, listener);
      },
      captureEnd({ kernel }) {
        for (const incident of stalled.of("cookie")) {
          const { flows } = incident;
          const worst = worstOf(flows);
          const confidence = stallConfidence(incident);
          // Where its counters are known they decide: strengthen.ts.
          if (confidence === "weak" && kernel === null && isPathShut(incident)) continue;
          const sign = cookieSign(incident);
          const span = spanOf(flows);
          const isTold = kernel !== null && isOverflowTold(kernel, incident.listener.name, span);
          const alternatives = [NO_COOKIE, ...filterAlternatives(incident)];
          if (flows.some((flow) => flow.stall.hasChangedIsn)) alternatives.push(OTHER_ANSWERER);
          if (confidence === "weak") {
            alternatives.push("The server's host or its path failed right after the handshake.");
          }
          context.report({
            messageId: confidence === "weak" && sign === null && !isTold ? "silent" : "dropped",
            data: { ...stallData(incident), evidence: sign ?? SILENCE },
            evidence: {
              synack: worst.synAck,
              ack: worst.handshakeAck,
              data: worst.firstData,
              retransmission: worst.lastRetransmission,
            },
            subject: incident.listener.name,
            flowIds: flows.map((flow) => flow.flowId),
            confidence,
            vantage: commonVantage(flows),
            alternatives,
            ...span,
          });
        }
      },
    };
  },
});
