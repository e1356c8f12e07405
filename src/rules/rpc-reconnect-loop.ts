import { seconds } from "../engine/message-values.js";
import { type Attempt, describeCall, evidenceOf, formatXid } from "../engine/rpc-conversations.js";
import { defineRule } from "../engine/rule.js";

/**
 * The same call (XID and procedure) of one client, sent on connection after connection, each time without a whole reply.
 * Calls that were answered everywhere count for nothing, however often their XID comes: some clients always begin at 1.
 */
export const rpcReconnectLoop = defineRule({
  id: "rpc-reconnect-loop",
  meta: {
    summary: "A client sends the same RPC call on connection after connection and never gets a whole reply.",
    severity: "error",
    messages: {
      loop: "{{client}} sent {{procedure}} with XID {{xid}} to {{listener}} on {{connections}} connections within {{spanSeconds}} s; {{outcome}}.",
    },
    why: "Whoever made the call waits for as long as this lasts, and with a hard mount it lasts for ever: a reply comes too late, in part or not at all, the client takes the connection for broken, opens the next and starts again.",
    remedy:
      "See who closes the connections: the packets at `close` tell. If the server does, read its log and try the program from the client with `rpcinfo -T tcp {{serverAddress}} {{program}}`. If the client does, compare its timeout with the server's answering time: `mountstats --nfs`, `nfsstat -c`, and `grep xprt /proc/self/mountstats` (the connect count rises). For NFS raise timeo with `mount -o remount,timeo=600` or repair what makes the server slow.",
    supersedes: ["rpc-call-abandoned", "rpc-call-unanswered", "rst-mid-stream", "stall-server"],
    evidence: {
      call: "the call on the first connection",
      close: "the FIN or RST that ended the first connection, or its last segment",
      again: "the same call on the next connection",
    },
    references: ["RFC 5531, sections 4 and 11", "RFC 8881, section 2.9.2"],
    options: {
      minConnections: {
        default: 3,
        minimum: 2,
        description: "connections on which the call had no whole reply",
      },
    },
  },

  create(context) {
    const minConnections = context.options["minConnections"]!;
    return {
      captureEnd({ rpcConversations }) {
        for (const { client, listener, serverAddress, stuckCalls } of rpcConversations) {
          const loops = stuckCalls
            .map((attempts) => ({ attempts, failed: attempts.filter(({ isAnswered }) => !isAnswered) }))
            .filter(({ failed }) => failed.length >= minConnections);
          if (loops.length === 0) continue;
          const { attempts, failed } = loops.reduce((a, b) => (b.failed.length > a.failed.length ? b : a));
          const [first, second] = failed as [Attempt, Attempt];
          const last = failed.at(-1)!;
          const answer = attempts.at(-1)!.isAnswered ? attempts.at(-1)!.call.reply : null;
          const endNs = answer?.timeNs ?? Math.max(last.connection.end.timeNs, last.call.timeNs);
          const flowIds = loops.flatMap((loop) => loop.attempts.map(({ call }) => call.flowId));
          context.report({
            messageId: "loop",
            data: {
              client,
              listener,
              serverAddress,
              procedure: describeCall(first.call),
              program: first.call.program,
              xid: formatXid(first.call.xid),
              connections: failed.length,
              calls: loops.length,
              spanSeconds: seconds(endNs - first.call.timeNs),
              outcome:
                answer === null
                  ? "none of them brought a whole reply"
                  : "only the last of all brought a reply",
            },
            evidence: {
              call: evidenceOf(first.call),
              close: first.connection.end,
              again: evidenceOf(second.call),
            },
            subject: `${client} -> ${listener}`,
            flowIds: [...new Set(flowIds)].sort((a, b) => a - b),
            confidence: "strong",
            vantage: first.connection.vantage,
            alternatives: [
              "Several processes of the client, each of which begins with the same XID and is never answered.",
              "A firewall or NAT between them that lets handshakes and calls pass and drops replies.",
            ],
            startNs: first.call.timeNs,
            endNs,
          });
        }
      },
    };
  },
});
