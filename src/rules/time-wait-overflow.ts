import { growthTestimony } from "../engine/accept-queue.js";
import type { Evidence } from "../engine/finding.js";
import { seconds } from "../engine/message-values.js";
import { defineRule } from "../engine/rule.js";
import {
  type ClosedFlow,
  ClosedFlows,
  describeClosed,
  LATE_RESET,
  noteLateReset,
} from "../signs/accept-queue/closed-flows.js";

const COUNTER = "TcpExtTCPTimeWaitOverflow";

/**
 * A host that holds net.ipv4.tcp_max_tw_buckets connections in TIME-WAIT closes further ones at once (Linux:
 * tcp_time_wait). Only its counter tells; on the wire it shows no sooner than when a late segment draws a RST.
 */
export const timeWaitOverflow = defineRule({
  id: "time-wait-overflow",
  meta: {
    summary: "A host has no room for TIME-WAIT: connections that it closed are forgotten at once.",
    severity: "warning",
    messages: {
      counted:
        "The kernel had no room for {{overflows}} connections in TIME-WAIT within {{spanSeconds}} s (TcpExtTCPTimeWaitOverflow) and forgot them at once; {{closedFlows}} connections of the capture were closed by FIN in that time.",
      reset:
        "{{closedFlows}} connections were forgotten by the end that had closed them: what the other end sent within a minute of that end's last ACK drew a RST instead of an ACK.",
    },
    why: "TIME-WAIT answers a FIN that comes again and keeps late segments out of the next connection with the same ports. Without it the other end may see its orderly close reset, and a reused port may meet old segments.",
    remedy:
      "Look at `nstat -az TcpExtTCPTimeWaitOverflow TcpExtTW`, at `ss -s` (timewait) and at `sysctl net.ipv4.tcp_max_tw_buckets` on the host that closes first. Keep connections open and pool them, let the other side close, or raise the limit; clients may set net.ipv4.tcp_tw_reuse=1. tcp_tw_recycle is gone, and never was a cure.",
    evidence: {
      fin: "the FIN of the end that closed first, which TIME-WAIT should follow",
      last: "the last segment of that connection, or the RST that a late one drew",
    },
    references: [
      "RFC 9293, section 3.6",
      "Linux net/ipv4/tcp_minisocks.c, tcp_time_wait",
      "TcpExtTCPTimeWaitOverflow",
    ],
    options: {
      minResets: { default: 3, minimum: 1, description: "connections whose late segments drew a RST" },
    },
  },

  create(context) {
    const lateReset = context.perFlow(...LATE_RESET);
    const closed = new ClosedFlows();
    const resets: { readonly flow: ClosedFlow; readonly rst: Evidence }[] = [];
    return {
      rst(segment, flow) {
        noteLateReset(segment, flow, lateReset.of(flow));
      },
      flowEnd(flow, identity, listener) {
        if (!closed.add(flow, identity, listener)) return;
        const { frame, timeNs } = lateReset.of(flow);
        if (frame > 0) resets.push({ flow: describeClosed(flow), rst: { flowId: flow.id, frame, timeNs } });
      },
      captureEnd({ kernel, vantage, endNs }) {
        const window = { startNs: 0, endNs };
        const growth = kernel === null ? null : growthTestimony(kernel.counters, COUNTER, window);
        if (kernel !== null && growth !== null && growth.verdict !== "silent") {
          // TIME-WAIT is with the end that closed first; on loopback, and where nothing tells whose kernel it is, that is either.
          const lists = closed.areOfServersKernel(kernel)
            ? [closed.byServer]
            : vantage.vantage === "client-host"
              ? [closed.byClient]
              : [closed.byClient, closed.byServer];
          const [first] = lists.flatMap((list) => list.first ?? []).sort((a, b) => a.flowId - b.flowId);
          if (growth.verdict === "still" || first === undefined) return;
          context.report({
            messageId: "counted",
            data: {
              overflows: growth.delta,
              spanSeconds: seconds(growth.spanNs),
              closedFlows: lists.reduce((sum, { count }) => sum + count, 0),
            },
            evidence: { fin: first.fin, last: first.last },
            subject: "TIME-WAIT",
            flowIds: lists.flatMap(({ flowIds }) => flowIds).sort((a, b) => a - b),
            confidence: "certain",
            vantage: vantage.vantage,
            alternatives: ["The counter is the whole host's: the connections may be others than these."],
            ...window,
          });
          return;
        }
        const [first] = resets;
        if (first === undefined || resets.length < context.options["minResets"]!) return;
        context.report({
          messageId: "reset",
          data: { closedFlows: resets.length },
          evidence: { fin: first.flow.fin, last: first.rst },
          subject: "TIME-WAIT",
          flowIds: resets.map(({ flow }) => flow.flowId),
          confidence: "weak",
          vantage: vantage.vantage,
          alternatives: [
            "The host keeps TIME-WAIT shorter than a minute, or a firewall on its way forgot the connection.",
          ],
          startNs: first.flow.fin.timeNs,
          endNs: resets.reduce((last, { rst }) => Math.max(last, rst.timeNs), 0),
        });
      },
    };
  },
});
