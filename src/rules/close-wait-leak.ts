import type { Evidence } from "../engine/finding.js";
import { defineRule } from "../engine/rule.js";
import {
  incidentData,
  incidentReport,
  ListenerIncidents,
  type Sufferer,
  type Suffering,
  suffererOf,
} from "../signs/listeners/listener-incidents.js";

/** Remembered; what comes behind them is not asked. */
const MOST_CONNECTIONS = 20_000;
/** So many are no chance, and no two or three requests that take long. */
const MANY = 10;

interface Unclosed {
  readonly sufferer: Sufferer;
  readonly fin: Evidence;
  readonly last: Evidence;
  /** The client had sent something, and the server nothing yet. */
  readonly isOwedAnswer: boolean;
}

/** A client closes, the server's kernel acknowledges it, and the server's program never closes its end: sockets pile up in CLOSE-WAIT. */
export const closeWaitLeak = defineRule({
  id: "close-wait-leak",
  meta: {
    summary: "Clients have closed their connections, and the server's program does not close its end.",
    severity: "warning",
    messages: {
      unclosed:
        "The server has not closed {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} that the client closed up to {{worstSeconds}} s before the capture ended: it acknowledged the FIN, and has sent neither data nor a FIN since.",
    },
    why: "Each such socket stays in CLOSE-WAIT until the program closes it, for no timer of the kernel does. They use up the program's file descriptors; then accept() fails, the accept queue fills, and new clients hang.",
    remedy:
      "On the server: `ss -tnp state close-wait 'sport = :{{port}}'` shows whose they are and how many, `ls /proc/PID/fd | wc -l` against `grep 'open files' /proc/PID/limits` how much room is left. Find the path in the program that does not close when a read returns 0: an error that is not handled, a worker that hangs, a response body that is never read. Until then a restart frees them.",
    evidence: {
      fin: "the client's FIN that has waited longest",
      last: "the last segment of that connection",
    },
    references: [
      "RFC 9293, section 3.3.2 (CLOSE-WAIT)",
      "RFC 9293, section 3.6",
      "Linux net/ipv4/tcp_input.c, tcp_fin",
    ],
    options: {
      minSeconds: { default: 60, minimum: 1, description: "since the client's FIN, until the capture's end" },
      minConnections: { default: 3, minimum: 1, description: "such connections to a listener" },
    },
  },

  create(context) {
    const { options } = context;
    const closed = context.perFlow("finNs", "finFrame", "serverBytes", "isOwed");
    const unclosed: Unclosed[] = [];
    return {
      fin(segment, flow) {
        const { client, server } = flow;
        // Both have closed, as nearly all do.
        if (segment.fromServer) closed.release(flow);
        if (segment.fromServer || client.finFrame > 0 || server.finFrame > 0) return;
        const own = closed.of(flow);
        own.finNs = segment.timeNs;
        own.finFrame = segment.frame;
        own.serverBytes = server.payloadBytes;
        own.isOwed = client.payloadBytes > 0 && server.payloadBytes === 0 ? 1 : 0;
      },
      flowEnd(flow, identity, listener) {
        const { client, server, id: flowId, lastFrame, endNs } = flow;
        const { finNs, finFrame, serverBytes, isOwed } = closed.of(flow);
        if (finFrame === 0 || unclosed.length >= MOST_CONNECTIONS) return;
        if (server.finFrame > 0 || server.rstFrame > 0 || client.rstFrame > 0) return;
        // Who has something to send meant to: half of a connection may be closed.
        if (server.payloadBytes > serverBytes || server.ackedTo < client.nextSeq) return;
        // What the client acknowledges the server has sent, though the capture lacks it.
        if (client.ackedTo > server.nextSeq) return;
        unclosed.push({
          sufferer: suffererOf(flow, identity, listener),
          fin: { flowId, frame: finFrame, timeNs: finNs },
          last: { flowId, frame: lastFrame, timeNs: endNs },
          isOwedAnswer: isOwed === 1,
        });
      },
      captureEnd({ endNs }) {
        const incidents = new ListenerIncidents<Suffering<"fin" | "last">>();
        const owed = new Set<number>();
        for (const { sufferer, fin, last, isOwedAnswer } of unclosed) {
          const waitedNs = endNs - fin.timeNs;
          if (waitedNs < options["minSeconds"]! * 1e9) continue;
          if (isOwedAnswer) owed.add(fin.flowId);
          const evidence = { fin, last };
          const span = { startNs: fin.timeNs, endNs };
          incidents.add(sufferer, {
            side: "server",
            count: 1,
            totalNs: waitedNs,
            worstNs: waitedNs,
            evidence,
            ...span,
          });
        }
        for (const incident of incidents.all()) {
          const count = incident.flowIds.length;
          if (count < options["minConnections"]!) continue;
          context.report({
            messageId: "unclosed",
            data: incidentData(incident),
            ...incidentReport(incident),
            confidence:
              incident.flowIds.filter((flowId) => !owed.has(flowId)).length >= MANY ? "strong" : "weak",
            alternatives: [
              "The server still works on the requests of these clients, and means to answer.",
              "The server's FINs or RSTs are not in the capture.",
            ],
          });
        }
      },
    };
  },
});
