import { seconds } from "../engine/message-values.js";
import { type Attempt, describeCall, evidenceOf, formatXid } from "../engine/rpc-conversations.js";
import { defineRule } from "../engine/rule.js";

/**
 * A whole call that the server's TCP acknowledged, without a reply before the connection ended or for longer than the
 * threshold: the network did its part, the server's program did not. What was sent again on another connection and
 * answered in time is no trouble, nor what a client left behind by closing in the middle.
 */
export const rpcCallUnanswered = defineRule({
  id: "rpc-call-unanswered",
  meta: {
    summary: "A server acknowledges an RPC call and does not reply.",
    severity: "warning",
    messages: {
      open: "{{listener}} acknowledged {{procedure}} with XID {{xid}} of {{client}} and did not reply for {{waitSeconds}} s, until the capture's end{{moreNote}}.",
      closed:
        "{{listener}} acknowledged {{procedure}} with XID {{xid}} of {{client}} and did not reply for {{waitSeconds}} s, until the {{closedBy}} closed the connection{{moreNote}}{{againNote}}.",
    },
    why: "The call arrived, by the server's own acknowledgment: the path is sound, and no retransmission of TCP's will help. Whoever made the call waits.",
    remedy:
      "Look at the server's program, not at the network: `rpcinfo -T tcp {{serverAddress}} {{program}}` tells whether it still answers, `ss -tnp '( sport = :{{port}} )'` on the server whether the call lies unread (Recv-Q). For a kernel NFS server `cat /proc/fs/nfsd/threads` and the threads in state D in `ps -eLo stat,wchan:32,comm` tell what it waits for, mostly a disk.",
    supersedes: ["rst-mid-stream", "stall-server"],
    evidence: {
      call: "the call",
      end: "the FIN or RST that ended the wait, or the connection's last segment",
    },
    references: ["RFC 5531, sections 4 and 11", "RFC 1813, section 4.5"],
    options: {
      thresholdMs: {
        default: 5000,
        minimum: 0,
        description: "longest wait for a reply that is not reported",
      },
      clientWaitMs: {
        default: 1000,
        minimum: 0,
        description: "wait after which a client that closes the connection itself has lost patience",
      },
    },
  },

  create(context) {
    const thresholdNs = context.options["thresholdMs"]! * 1e6;
    const clientWaitNs = context.options["clientWaitMs"]! * 1e6;

    /** How long the call waited in vain, nanoseconds; null when that is nobody's fault. */
    function waitOf(attempt: Attempt, attempts: readonly Attempt[], captureEndNs: number): number | null {
      const { call, connection, isAnswered } = attempt;
      if (isAnswered || call.mayHaveReply || !call.isComplete || connection.ackedTo < call.endSeq)
        return null;
      const answer = attempts.find((other) => other.isAnswered && other.call.timeNs > call.timeNs);
      if (answer !== undefined && answer.call.reply!.timeNs - call.timeNs <= thresholdNs) return null;
      const waitNs = (connection.closedBy === null ? captureEndNs : connection.end.timeNs) - call.timeNs;
      const longestNs =
        connection.closedBy === "server" ? 0 : connection.closedBy === "client" ? clientWaitNs : thresholdNs;
      return waitNs >= longestNs ? waitNs : null;
    }

    return {
      captureEnd({ rpcConversations, endNs }) {
        for (const { client, listener, serverAddress, stuckCalls } of rpcConversations) {
          const waits = stuckCalls.flatMap((attempts) =>
            attempts.flatMap((attempt) => {
              const waitNs = waitOf(attempt, attempts, endNs);
              return waitNs === null ? [] : [{ attempt, attempts, waitNs }];
            }),
          );
          if (waits.length === 0) continue;
          const { attempt, attempts, waitNs } = waits.reduce((a, b) => (b.waitNs > a.waitNs ? b : a));
          const { call, connection } = attempt;
          const isSentAgain = attempts.at(-1) !== attempt;
          context.report({
            messageId: connection.closedBy === null ? "open" : "closed",
            data: {
              client,
              listener,
              serverAddress,
              port: listener.replace(/ \(.*/, "").replace(/.*:/, ""),
              procedure: describeCall(call),
              program: call.program,
              xid: formatXid(call.xid),
              waitSeconds: seconds(waitNs),
              calls: waits.length,
              closedBy: connection.closedBy ?? "",
              moreNote: waits.length === 1 ? "" : `; ${waits.length - 1} other calls had no reply either`,
              againNote: isSentAgain ? "; it was sent again on another connection" : "",
            },
            evidence: { call: evidenceOf(call), end: connection.end },
            subject: `${client} -> ${listener}`,
            flowIds: [...new Set(waits.map((wait) => wait.attempt.call.flowId))],
            confidence: "strong",
            vantage: connection.vantage,
            alternatives: [
              "The server is slow, and the reply would have come after the capture's end or the connection's.",
              "The procedure is one without a reply, as a program that is not known may have.",
            ],
            startNs: call.timeNs,
            endNs: call.timeNs + waitNs,
          });
        }
      },
    };
  },
});
