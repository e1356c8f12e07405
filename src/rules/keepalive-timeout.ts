import { defineRule } from "../engine/rule.js";
import { KEEP_ALIVE } from "../engine/segment-labels.js";
import {
  incidentData,
  incidentReport,
  ListenerIncidents,
  type Suffering,
  suffererOf,
} from "../signs/listeners/listener-incidents.js";

interface Probing extends Suffering<"first" | "last" | "end"> {
  readonly probes: number;
}

/** Keepalive probes are not answered: the other host, or the way to it, is gone while both sides were silent. */
export const keepaliveTimeout = defineRule({
  id: "keepalive-timeout",
  meta: {
    summary: "Keepalive probes go unanswered, and the connection is given up.",
    severity: "warning",
    messages: {
      gaveUp:
        "The {{peer}} left the {{side}}'s keepalive probes unanswered on {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}}; after {{probes}} probes within {{worstSeconds}} s the {{side}} reset the connection.",
      unanswered:
        "The {{peer}} leaves the {{side}}'s keepalive probes unanswered on {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}}: {{probes}} probes within {{worstSeconds}} s until the capture's end.",
    },
    why: "Nobody wanted anything while the connection died, so only the probes noticed. Without them the next request would have waited for minutes; what the other side still holds of the connection stays there until it probes itself.",
    remedy:
      "See whether the {{peer}}'s host is up and reachable (`ping`, `ip neigh`, `ip route get`), and whether a firewall on the way forgets idle connections sooner than probes come: compare its idle timeout with `sysctl net.ipv4.tcp_keepalive_time net.ipv4.tcp_keepalive_intvl net.ipv4.tcp_keepalive_probes`, or the application's TCP_KEEPIDLE, which `ss -tno 'sport = :{{port}} or dport = :{{port}}'` shows.",
    evidence: {
      first: "the first probe that was not answered",
      last: "the last probe",
      end: "the RST that gives the connection up, or the last probe",
    },
    references: [
      "RFC 9293, section 3.8.4",
      "RFC 1122, section 4.2.3.6",
      "Linux net/ipv4/tcp_timer.c, tcp_keepalive_timer",
      "TcpExtTCPKeepAlive, TcpExtTCPAbortOnTimeout",
    ],
    options: {
      minProbes: {
        default: 3,
        minimum: 1,
        description: "unanswered probes in a row, where no RST follows them",
      },
      minProbesBeforeReset: {
        default: 2,
        minimum: 1,
        description: "unanswered probes in a row that a RST of their sender follows",
      },
    },
  },

  create(context) {
    const { options } = context;
    const kept = context.perFlow(
      "isServer",
      "probes",
      "firstNs",
      "firstFrame",
      "lastNs",
      "lastFrame",
      "isReset",
    );
    const messages = {
      gaveUp: new ListenerIncidents<Probing>(),
      unanswered: new ListenerIncidents<Probing>(),
    };
    return {
      labelled(segment, flow) {
        if (!(segment.analysis & KEEP_ALIVE)) return;
        const peer = segment.fromServer ? flow.client : flow.server;
        // Who has closed its window is probed for another reason, and a side that was never captured may have answered.
        if (peer.segments === 0 || peer.window === 0) return;
        const own = kept.of(flow);
        const isServer = segment.fromServer ? 1 : 0;
        if (own.probes === 0 || own.isServer !== isServer || peer.lastNs >= own.firstNs) {
          own.probes = 0;
          own.isServer = isServer;
          own.firstNs = segment.timeNs;
          own.firstFrame = segment.frame;
        }
        own.probes++;
        own.lastNs = segment.timeNs;
        own.lastFrame = segment.frame;
      },
      rst(segment, flow) {
        const own = kept.of(flow);
        if (own.probes === 0 || (segment.fromServer ? 1 : 0) !== own.isServer) return;
        const peer = segment.fromServer ? flow.client : flow.server;
        if (peer.lastNs < own.firstNs) own.isReset = 1;
      },
      flowEnd(flow, identity, listener) {
        const { isServer, probes, firstNs, firstFrame, lastNs, lastFrame, isReset } = kept.of(flow);
        if (probes < (isReset ? options["minProbesBeforeReset"]! : options["minProbes"]!)) return;
        const [sender, peer] = isServer ? [flow.server, flow.client] : [flow.client, flow.server];
        // Answered in the end, or given up for data that was sent after all.
        if (peer.lastNs >= firstNs || (!isReset && sender.lastNs > lastNs)) return;
        const at = (frame: number, timeNs: number) => ({ flowId: flow.id, frame, timeNs });
        const endNs = isReset ? sender.rstNs : lastNs;
        messages[isReset ? "gaveUp" : "unanswered"].add(suffererOf(flow, identity, listener), {
          side: isServer ? "server" : "client",
          count: probes,
          totalNs: endNs - firstNs,
          worstNs: endNs - firstNs,
          probes,
          evidence: {
            first: at(firstFrame, firstNs),
            last: at(lastFrame, lastNs),
            end: isReset ? at(sender.rstFrame, sender.rstNs) : at(lastFrame, lastNs),
          },
          startNs: firstNs,
          endNs,
        });
      },
      captureEnd() {
        for (const messageId of ["gaveUp", "unanswered"] as const) {
          for (const incident of messages[messageId].all()) {
            context.report({
              messageId,
              data: { ...incidentData(incident), probes: incident.worst.probes },
              ...incidentReport(incident),
              confidence: messageId === "gaveUp" ? "strong" : "weak",
              alternatives: [
                "The other side is alive, and its answers, or the probes, are lost on the way.",
                ...(messageId === "gaveUp" ? [] : ["The answers took a way that the capture does not show."]),
              ],
            });
          }
        }
      },
    };
  },
});
