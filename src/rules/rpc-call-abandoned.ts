import {
  type Attempt,
  describeCall,
  evidenceOf,
  formatXid,
  mayComeUnderNewXid,
  type RpcConnection,
  type RpcConversation,
} from "../engine/rpc-conversations.js";
import { defineRule } from "../engine/rule.js";

interface Abandoned {
  readonly attempt: Attempt;
  /** The first connection after the one that the call was lost with. */
  readonly next: RpcConnection;
}

/**
 * A call without a reply whose connection ended, and whose XID never came again although its client reconnected. A client
 * that lost its connection must send what was outstanding again: TCP will not, and the server does not know of it.
 */
export const rpcCallAbandoned = defineRule({
  id: "rpc-call-abandoned",
  meta: {
    summary:
      "A client loses a connection with an RPC call outstanding, reconnects, and never sends the call again.",
    severity: "error",
    messages: {
      abandoned:
        "{{client}} sent {{procedure}} with XID {{xid}} to {{listener}}; the {{closedBy}} closed the connection before a reply, and on {{reconnections}} later connections the call was never sent again{{moreNote}}.",
    },
    why: "Neither side will act on this call any more: the client waits for a reply that nobody owes, and whoever made it hangs, while every other call works.",
    remedy:
      "Find who waits on the client: `cat /proc/PID/stack` of processes in state D, and `cat /sys/kernel/debug/sunrpc/rpc_clnt/*/tasks` for calls that the kernel still holds. `rpcdebug -m rpc -s call trans` logs what it does at the next reconnect. Update the client's kernel or library; a lazy `umount -f -l` frees the processes.",
    supersedes: ["rpc-call-unanswered", "rst-mid-stream", "stall-server"],
    evidence: {
      call: "the call",
      close: "the FIN or RST that ended its connection",
      reconnect: "the beginning of the client's next connection",
    },
    references: [
      "RFC 5531, section 4",
      "RFC 8881, sections 2.9.2 and 2.10.6.1",
      "Linux net/sunrpc/clnt.c, call_status",
    ],
    options: {
      minSilenceMs: {
        default: 1000,
        minimum: 0,
        description: "time that the capture goes on after the reconnection without the call",
      },
    },
  },

  create(context) {
    const minSilenceNs = context.options["minSilenceMs"]! * 1e6;
    return {
      captureEnd({ rpcConversations, endNs }) {
        for (const conversation of rpcConversations) {
          const abandoned = conversation.stuckCalls.flatMap((attempts) =>
            findAbandoned(attempts.at(-1)!, conversation, endNs - minSilenceNs),
          );
          const first = abandoned.find(isPlain) ?? abandoned[0];
          if (first === undefined) continue;
          const { client, listener, serverAddress, connections } = conversation;
          const { call, connection } = first.attempt;
          const later = connections.filter(({ start }) => start.timeNs >= connection.end.timeNs);
          context.report({
            messageId: "abandoned",
            data: {
              client,
              listener,
              serverAddress,
              procedure: describeCall(call),
              xid: formatXid(call.xid),
              calls: abandoned.length,
              closedBy: connection.closedBy!,
              reconnections: later.filter(({ isEstablished }) => isEstablished).length,
              moreNote:
                abandoned.length === 1 ? "" : `, and so were ${abandoned.length - 1} other calls lost`,
            },
            evidence: { call: evidenceOf(call), close: connection.end, reconnect: first.next.start },
            subject: `${client} -> ${listener}`,
            flowIds: [
              ...new Set([...abandoned.map(({ attempt }) => attempt.call.flowId), first.next.flowId]),
            ],
            confidence: isPlain(first) ? "strong" : "weak",
            vantage: connection.vantage,
            alternatives: [
              "A soft mount or an impatient program gave the call up: its timeout had passed.",
              "The calling process was killed, and the later connections are another one's.",
              ...(mayComeUnderNewXid(call) ? ["The client made the call anew, under another XID."] : []),
            ],
            startNs: call.timeNs,
            endNs: first.next.start.timeNs,
          });
        }
      },
    };
  },
});

/** Nobody meant to give it up, and its XID would have come again. */
function isPlain({ attempt }: Abandoned): boolean {
  return attempt.connection.closedBy === "server" && !mayComeUnderNewXid(attempt.call);
}

function findAbandoned(attempt: Attempt, { connections }: RpcConversation, latestNs: number): Abandoned[] {
  const { call, connection, isAnswered } = attempt;
  if (isAnswered || call.mayHaveReply || !call.isComplete || connection.closedBy === null) return [];
  const next = connections.find(
    ({ start, isEstablished }) => isEstablished && start.timeNs >= connection.end.timeNs,
  );
  return next === undefined || next.start.timeNs > latestNs ? [] : [{ attempt, next }];
}
