import { seconds } from "../engine/message-values.js";
import { defineRule } from "../engine/rule.js";
import {
  incidentData,
  incidentReport,
  ListenerIncidents,
  suffererOf,
} from "../signs/listeners/listener-incidents.js";
import {
  findZeroWindowStall,
  followWindow,
  ZERO_WINDOW_FIELDS,
  type ZeroWindowStall,
} from "../signs/windows/zero-window.js";

/** A single probe, or its answer, is lost on any path. */
const FEWEST_VAIN_PROBES = 2;

/**
 * A receiver offers no window for so long that its peer, with data to send, stands still: the application does not
 * read. A window that is closed while nobody has more to send harms nobody and is not looked at.
 */
export const zeroWindowStall = defineRule({
  id: "zero-window-stall",
  meta: {
    summary: "A receiver closes its window and its peer must wait with the data that it has.",
    severity: "warning",
    messages: {
      stalled:
        "The {{side}} closed its receive window {{times}} on {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} while the {{peer}} had more to send: {{worstSeconds}} s at worst, {{totalSeconds}} s in all.",
      closed:
        "The {{side}} closed its receive window on {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} and, where it lasted longest, did not open it in the rest of the capture: {{worstSeconds}} s at worst, {{totalSeconds}} s in all.",
      unopened:
        "Whoever answered the SYN of {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} offered a window of 0 and {{ending}} while the client had data to send: {{worstSeconds}} s at worst, {{totalSeconds}} s in all.",
      unanswered:
        "The {{side}} closed its receive window on {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} while the {{peer}} had more to send, and then was not heard for {{silentSeconds}} s: {{vainProbes}} probes in a row drew no answer, which each must. It was not its application alone that held up the {{peer}}, {{worstSeconds}} s at worst: the {{side}}'s host was dead, or the path.",
    },
    why: "The network delivers, and the receiving {{side}} has no room: its application does not read what its kernel holds. The {{peer}} can only probe until it does, and everything behind that data waits.",
    remedy:
      "Look at the {{side}}'s process, not at the network: on its host `ss -tnmp '( sport = :{{port}} or dport = :{{port}} )'` shows a Recv-Q that stays full, `nstat -az TcpExtTCPToZeroWindowAdv TcpExtTCPWantZeroWindowAdv` counts such windows. Find what the process waits for (`strace -f -p PID`, a stack dump); raise net.ipv4.tcp_rmem only if it reads steadily but in bursts.",
    messageTexts: {
      unanswered: {
        why: "A host whose application does not read answers every probe of its closed window, with the window still closed. Where nothing answers, nothing arrives, or no answer comes back: once the application reads on, the {{peer}} does not hear of it before the path is whole and its next probe is due, which may be two minutes later.",
        remedy:
          "Look at the path and at the {{side}}'s host first: is it up (`ping`), do the probes arrive there (`tcpdump -ni any 'tcp port {{port}}'`), does a firewall drop them or the answers (`nft list ruleset`, `conntrack -L`)? Then at why its application stopped reading (`ss -tnmp '( sport = :{{port}} or dport = :{{port}} )'` shows its Recv-Q).",
      },
      unopened: {
        why: "A server has room for data when it accepts. What has none is mostly a SYN proxy: a firewall that answers SYNs in the server's name, and opens the window when the server behind has answered it. That server is down, its SYN or SYN-ACK is dropped behind the proxy, or it has no listener there. connect() succeeds all the same, so that the client waits for an answer for minutes, and checks that only connect find the service well.",
        remedy:
          "Look behind what answered. On the server's host `tcpdump -ni any 'tcp port {{port}} and tcp[tcpflags] & tcp-syn != 0'` tells whether SYNs come in, and whether they are answered; look there at `ss -ltn 'sport = :{{port}}'` and `nft list ruleset`. On the proxy `conntrack -L -p tcp --dport {{port}}` shows connections in SYN_SENT, `cat /proc/net/stat/synproxy` what it answered, `nft list ruleset` the rule (`synproxy`). If nobody should answer there, it is a tarpit.",
      },
    },
    evidence: {
      closed: "the segment that closes the window",
      waiting: "the peer's probe of the closed window, or the data that filled it",
      end: "the segment that opens it again or the last one before it, or the last one captured",
    },
    references: ["RFC 9293, section 3.8.6.1", "TcpExtTCPToZeroWindowAdv", "TcpExtTCPFromZeroWindowAdv"],
    options: {
      minStallMs: { default: 200, minimum: 0, description: "shortest time that a window must stay closed" },
    },
  },

  create(context) {
    const minStallNs = context.options["minStallMs"]! * 1e6;
    const states = context.perFlow(...ZERO_WINDOW_FIELDS);
    const incidents = new ListenerIncidents<ZeroWindowStall>();
    const unopened = new ListenerIncidents<ZeroWindowStall>();
    return {
      labelled(segment, flow) {
        followWindow(states.of(flow), segment, flow, minStallNs);
      },
      paused(segment, flow) {
        followWindow(states.of(flow), segment, flow, minStallNs);
      },
      flowEnd(flow, identity, listener) {
        const stall = findZeroWindowStall(states.of(flow), flow, minStallNs);
        if (stall === null) return;
        const { isFromStart } = stall;
        (isFromStart ? unopened : incidents).add(suffererOf(flow, identity, listener), stall);
      },
      captureEnd() {
        for (const incident of incidents.all()) {
          const { isOpened, vainProbes, silentNs } = incident.worst;
          const isSilent = vainProbes >= FEWEST_VAIN_PROBES;
          const messageId = isSilent ? "unanswered" : isOpened ? "stalled" : "closed";
          context.report({
            ...incidentReport(incident),
            messageId,
            data: { ...incidentData(incident), vainProbes, silentSeconds: seconds(silentNs) },
            confidence: "strong",
            alternatives: [
              messageId === "unanswered"
                ? "The capture lacks the answers, or single ones got lost by chance."
                : "The application holds the data back on purpose, as a player that has buffered enough does.",
            ],
          });
        }
        for (const incident of unopened.all()) {
          context.report({
            ...incidentReport(incident),
            messageId: "unopened",
            data: {
              ...incidentData(incident),
              ending: incident.worst.isOpened ? "opened it late" : "did not open it in the capture",
            },
            confidence: "strong",
            alternatives: [
              "A tarpit holds whoever connects, on purpose: it answers each probe by a window of 0, for ever.",
            ],
          });
        }
      },
    };
  },
});
