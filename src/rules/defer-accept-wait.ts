import { growthTestimony } from "../engine/accept-queue.js";
import { commonVantage } from "../engine/common-vantage.js";
import type { Confidence, Evidence, Vantage } from "../engine/finding.js";
import { listenerValues, seconds } from "../engine/message-values.js";
import { defineRule } from "../engine/rule.js";
import { spanOf } from "../engine/time-window.js";
import { vantageOf } from "../engine/vantage.js";
import { isDeferred, LATE_SYN_ACK, noteLateSynAck } from "../signs/accept-queue/deferred-accepts.js";
import { FlowsByListener } from "../signs/listeners/flows-by-listener.js";

/** A connection that its listener put off until there was data. */
interface Deferral {
  readonly flowId: number;
  readonly vantage: Vantage;
  readonly startNs: number;
  /** The client's first data. */
  readonly endNs: number;
  readonly repeatNs: number;
  readonly synAck: Evidence;
  readonly ack: Evidence;
  readonly repeat: Evidence;
  readonly data: Evidence;
}

/**
 * With TCP_DEFER_ACCEPT a listener drops the handshake's last ACK on purpose and makes the connection when data comes.
 * Near the end of the period it repeats its SYN-ACK, and takes the client's answer to that for the ACK (Linux:
 * syn_ack_recalc). Nothing is wrong, but it looks like a dropped handshake.
 */
export const deferAcceptWait = defineRule({
  id: "defer-accept-wait",
  meta: {
    summary: "A listener repeats its SYN-ACK to a silent client on purpose: TCP_DEFER_ACCEPT waits for data.",
    severity: "note",
    messages: {
      deferred:
        "{{deferredFlows}} of {{listenerFlows}} {{connections}} to {{listener}} sent no data for up to {{worstSeconds}} s, and {{repeatSeconds}} s after its SYN-ACK the listener repeated it, as TCP_DEFER_ACCEPT makes it do; the data was accepted when it came.",
    },
    why: "The repeated SYN-ACK is no sign of loss or of a full queue: the listener was told to hand over connections only with data. A client that waits for the server to speak first would wait in vain.",
    remedy:
      "Nothing is to be mended. `ss -ltno 'sport = :{{port}}'` shows the listener and `nstat -az TcpExtTCPDeferAcceptDrop` counts the ACKs that were put off. Where the repetition disturbs, shorten the period (nginx: `deferred` of listen; Apache: AcceptFilter) or let clients send their request at once.",
    evidence: {
      synack: "the server's SYN-ACK",
      ack: "the client's ACK that completes the handshake",
      repeat: "the SYN-ACK again, long after a listener that lacks the ACK repeats it",
      data: "the client's first data, which is accepted",
    },
    references: ["tcp(7), TCP_DEFER_ACCEPT", "Linux net/ipv4/inet_connection_sock.c, syn_ack_recalc"],
  },

  create(context) {
    const lateSynAck = context.perFlow(...LATE_SYN_ACK);
    const byListener = new FlowsByListener<Deferral>();
    return {
      synAck(segment, flow) {
        noteLateSynAck(segment, flow, lateSynAck.of(flow));
      },
      flowEnd(flow, identity, listener) {
        const late = lateSynAck.of(flow);
        if (!isDeferred(flow, late)) return;
        const at = (frame: number, timeNs: number): Evidence => ({ flowId: flow.id, frame, timeNs });
        const { client, server } = flow;
        byListener.add(listener, identity, {
          flowId: flow.id,
          vantage: vantageOf(flow, identity),
          startNs: server.synNs,
          endNs: client.firstDataNs,
          repeatNs: late.timeNs,
          synAck: at(server.synFrame, server.synNs),
          ack: at(flow.handshakeAckFrame, flow.handshakeAckNs),
          repeat: at(late.frame, late.timeNs),
          data: at(client.firstDataFrame, client.firstDataNs),
        });
      },
      captureEnd({ kernel }) {
        for (const { listener, port, flows } of byListener.all()) {
          const span = spanOf(flows);
          const drops =
            kernel === null
              ? null
              : growthTestimony(kernel.counters, "TcpExtTCPDeferAcceptDrop", span).verdict;
          if (drops === "still") continue;
          const confidence: Confidence = drops === "grown" ? "certain" : "strong";
          const worst = flows.reduce((most, flow) => (waitNs(flow) > waitNs(most) ? flow : most));
          context.report({
            messageId: "deferred",
            data: {
              ...listenerValues(listener, port),
              deferredFlows: flows.length,
              worstSeconds: seconds(waitNs(worst)),
              repeatSeconds: seconds(worst.repeatNs - worst.startNs),
            },
            evidence: { synack: worst.synAck, ack: worst.ack, repeat: worst.repeat, data: worst.data },
            subject: listener.name,
            flowIds: flows.map(({ flowId }) => flowId),
            confidence,
            vantage: commonVantage(flows),
            alternatives:
              confidence === "certain"
                ? []
                : ["The ACK and the SYN-ACKs that came again earlier were all lost on the way."],
            ...span,
          });
        }
      },
    };
  },
});

function waitNs({ startNs, endNs }: Deferral): number {
  return endNs - startNs;
}
