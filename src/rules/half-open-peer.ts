import { seconds } from "../engine/message-values.js";
import { defineRule } from "../engine/rule.js";
import { isFromOtherDistance } from "../signs/attempts/other-distance.js";
import { judgeReset, type Reset, UNKNOWN_THERE } from "../signs/closes/reset.js";
import { answersUnderWay, SuddenResets } from "../signs/closes/sudden-resets.js";
import {
  incidentData,
  incidentReport,
  ListenerIncidents,
  type Suffering,
  suffererOf,
} from "../signs/listeners/listener-incidents.js";

/** A connection that was in use a moment ago is not forgotten: who answers so has just closed it, and the capture lacks that. */
const SHORTEST_SILENCE_NS = 1_000_000_000;

/** One side holds a connection that the other no longer knows: its data or probe is answered by a RST without ACK. */
export const halfOpenPeer = defineRule({
  id: "half-open-peer",
  meta: {
    summary: "A connection is known to one side only: the other answers its data by RST.",
    severity: "warning",
    messages: {
      forgotten:
        "The {{side}} no longer knew {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}}: it had closed none of them, and answered the {{peer}}'s data by a RST without ACK, after {{worstSeconds}} s of silence at worst.",
      sudden:
        "The {{side}} no longer knew {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} that were under way: within {{spanSeconds}} s it answered the {{peer}} by RSTs without ACK, and no FIN or other RST of its was captured before.",
    },
    why: "The side that still held the connection learned of its end only when it sent something, and that was lost. Requests on idle connections of a pool fail so, one after the other.",
    remedy:
      "See whether the {{side}}'s host was restarted, failed over or had its state flushed in between: `uptime -s`, `journalctl -b -n 50`, and on firewalls and load balancers on the way their idle timeout (`sysctl net.netfilter.nf_conntrack_tcp_timeout_established`). Let the {{peer}} find dead connections before it needs them: SO_KEEPALIVE with a time below that timeout (`ss -tno 'sport = :{{port}} or dport = :{{port}}'` shows the timers), and TCP_USER_TIMEOUT.",
    evidence: {
      data: "the first segment of the connection that was captured",
      rst: "the RST of the side that no longer knows it",
    },
    references: ["RFC 9293, section 3.5.1", "RFC 9293, section 3.5.2 (group 1)", "RFC 5382, section 5"],
  },

  create(context) {
    const kept = context.perFlow("isForgotten", "silenceNs", "isSudden");
    const repeats = context.perFlow("clientNs", "serverNs");
    const reset: Reset = { kind: 0, bytes: 0, isOwn: false, silenceNs: 0 };
    const incidents = new ListenerIncidents<Suffering<"data" | "rst">>();
    const sudden = new SuddenResets<"data" | "rst">();
    return {
      repeated(segment, flow) {
        repeats.of(flow)[segment.fromServer ? "serverNs" : "clientNs"] = segment.timeNs;
      },
      rst(segment, flow) {
        if (!judgeReset(segment, flow, reset)) return;
        const sender = segment.fromServer ? flow.server : flow.client;
        const isSudden = reset.silenceNs < SHORTEST_SILENCE_NS;
        if (isSudden ? !answersUnderWay(segment, flow) : reset.kind !== UNKNOWN_THERE) return;
        if (isFromOtherDistance(segment.ttl, sender)) return;
        // Who was silent because it waited to send again held the connection. It has closed since, and its FIN waits, too.
        if (repeats.of(flow)[segment.fromServer ? "serverNs" : "clientNs"] === sender.lastNs) return;
        const own = kept.of(flow);
        own.isForgotten = segment.fromServer ? 2 : 1;
        own.isSudden = isSudden ? 1 : 0;
        own.silenceNs = reset.silenceNs;
      },
      flowEnd(flow, identity, listener) {
        const { isForgotten, isSudden, silenceNs } = kept.of(flow);
        if (isForgotten === 0) return;
        const sender = isForgotten === 2 ? flow.server : flow.client;
        const flowId = flow.id;
        (isSudden ? sudden : incidents).add(suffererOf(flow, identity, listener), {
          side: isForgotten === 2 ? "server" : "client",
          count: 1,
          totalNs: silenceNs,
          worstNs: silenceNs,
          evidence: {
            data: { flowId, frame: flow.firstFrame, timeNs: flow.startNs },
            rst: { flowId, frame: sender.rstFrame, timeNs: sender.rstNs },
          },
          startNs: isSudden ? sender.rstNs : flow.startNs,
          endNs: sender.rstNs,
        });
      },
      captureEnd() {
        for (const incident of incidents.all()) {
          context.report({
            messageId: "forgotten",
            data: incidentData(incident),
            ...incidentReport(incident),
            confidence: "strong",
            alternatives: [
              "A firewall on the host, or a load balancer in front of it, rejects the segment in its name.",
              "The side closed the connection, and the capture lacks its FIN or RST.",
            ],
          });
        }
        for (const incident of sudden.all()) {
          const { startNs, endNs } = incident;
          context.report({
            messageId: "sudden",
            data: { ...incidentData(incident), spanSeconds: seconds(endNs - startNs) },
            ...incidentReport(incident),
            confidence: "strong",
            alternatives: [
              "A firewall, NAT or load balancer on the way has lost its state, and rejects in its name.",
              "The side closed all of them at once, and its FINs or RSTs were lost before they reached the capture.",
            ],
          });
        }
      },
    };
  },
});
