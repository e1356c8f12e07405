import { listenerValues, seconds } from "../engine/message-values.js";
import { defineRule } from "../engine/rule.js";
import { extensionNames } from "../signs/attempts/extension-words.js";
import { LateAnswers, type LateAnswersAtListener } from "../signs/attempts/late-answers.js";
import { observeRepeatedSyns } from "../signs/attempts/syn-repeats.js";

/**
 * connect() succeeds, but late: the client had to send its SYN again before a SYN-ACK came. What the wire shows is the wait;
 * whether the SYN, its answer or the listener is to blame is left open, unless another rule knows.
 */
export const synAnsweredLate = defineRule({
  id: "syn-answered-late",
  meta: {
    summary: "A SYN is answered only after the client has sent it again: connect() takes seconds.",
    severity: "warning",
    messages: {
      late: "{{lateFlows}} of {{listenerFlows}} {{connections}} to {{listener}} got a SYN-ACK only after the client had sent its SYN again: {{worstSeconds}} s after the first one at worst{{inAll}}.",
      seldom:
        "{{lateFlows}} of {{listenerFlows}} {{connections}} to {{listener}} got a SYN-ACK only after the client had sent its SYN again, {{worstSeconds}} s after the first one at worst.",
    },
    messageSeverities: { seldom: "note" },
    isSymptom: true,
    why: "connect() waits for the client's SYN timer, a second at first and longer each time, where it takes a round trip otherwise. Connections that take 1, 3 or 7 s to open are this, whatever the application's log says.",
    remedy:
      "Capture on the server's host too: `tcpdump -ni any 'tcp port {{port}} and tcp[tcpflags] & tcp-syn != 0'`. SYNs that do not come in are lost on the way (`mtr -T -P {{port}} ADDRESS`); for those that come in and are not answered look at `nstat -az TcpExtListenOverflows TcpExtListenDrops TcpExtTCPReqQFullDrop`, at `ss -ltn 'sport = :{{port}}'` and at limits in `nft list ruleset`; SYN-ACKs that leave and do not arrive are lost on the way back.",
    evidence: {
      syn: "the first SYN of the connection that waited longest",
      repeat: "the SYN again, because nothing had come back",
      synack: "the SYN-ACK",
    },
    references: ["RFC 6298, sections 2.1 and 5.7", "TcpExtTCPSynRetrans", "TcpExtListenDrops"],
    options: {
      minWaitMs: { default: 500, minimum: 0, description: "shortest time from the first SYN to the SYN-ACK" },
      minWaits: { default: 3, minimum: 1, description: "such connections from which it is a warning" },
      warningWaitMs: { default: 3000, minimum: 0, description: "such a wait from which it is one, too" },
    },
  },

  create(context) {
    const { options } = context;
    const minWaits = options["minWaits"]!;
    const warningWaitNs = options["warningWaitMs"]! * 1e6;
    const repeated = context.observe(observeRepeatedSyns);
    const late = new LateAnswers(options["minWaitMs"]! * 1e6);
    return {
      flowEnd(flow, identity, listener) {
        // The client's count comes first: it is at hand, the observer's numbers lie elsewhere.
        if (flow.client.syns > 1) late.add(flow, identity, listener, repeated.of(flow));
      },
      captureEnd() {
        for (const incident of late.all()) {
          const { listener, port, flowIds, totalNs, worst, vantage, startNs, endNs } = incident;
          const isOften = flowIds.length >= minWaits || worst.worstNs >= warningWaitNs;
          context.report({
            messageId: isOften ? "late" : "seldom",
            data: {
              ...listenerValues(listener, port),
              lateFlows: flowIds.length,
              worstSeconds: seconds(worst.worstNs),
              inAll: flowIds.length > 1 ? `, ${seconds(totalNs)} s in all` : "",
            },
            evidence: worst.evidence,
            subject: listener.name,
            flowIds,
            confidence: "strong",
            vantage,
            alternatives: alternatives(incident),
            startNs,
            endNs,
          });
        }
      },
    };
  },
});

/** What may lie behind the waits. */
function alternatives(incident: LateAnswersAtListener): string[] {
  const { listener, firstAnswered, gaveUp, givenUp, flowIds, vantage } = incident;
  const late =
    "The first SYN had arrived, says the timestamp in the SYN-ACK: the server took that long, or its first SYN-ACK was lost.";
  if (firstAnswered === flowIds.length) return [late];
  return [
    ...(gaveUp === listener.flows
      ? [`Something drops SYNs with ${extensionNames(givenUp)}: it answered none but those without.`]
      : []),
    ...(vantage === "server-host" ? [] : ["The path lost the SYNs, or the SYN-ACKs on their way back."]),
    "The server's host dropped the SYNs: its accept queue or SYN queue was full, or a firewall limits new connections.",
    "The host was not up yet, or its address had to be resolved first.",
    ...(firstAnswered > 0
      ? [`Of ${firstAnswered} of them: ${late.charAt(0).toLowerCase()}${late.slice(1)}`]
      : []),
  ];
}
