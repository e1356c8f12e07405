import type { Listener } from "../engine/listeners.js";
import { defineRule } from "../engine/rule.js";
import { WINDOW_FULL } from "../engine/segment-labels.js";
import {
  incidentData,
  incidentReport,
  ListenerIncidents,
  suffererOf,
} from "../signs/listeners/listener-incidents.js";
import {
  findUnscaledWindow,
  noteForeignFin,
  noteRetreat,
  noteUnscaledSynAck,
  SMALLEST_LIMIT,
  UNSCALED_WINDOW_FIELDS,
  type UnscaledWindow,
} from "../signs/windows/unscaled-window.js";
import { observeWindowRounds } from "../signs/windows/window-rounds.js";

/**
 * A client offers window scaling and the SYN-ACK, as captured, has none of it: the server does not scale, or something on
 * the way took the option out. It harms where windows fill, and where the server does scale after all: then one end
 * takes the other's windows for a small part of what they are.
 */
export const windowScaleLost = defineRule({
  id: "window-scale-lost",
  meta: {
    summary: "Window scaling was offered in the SYN and is missing in the SYN-ACK.",
    severity: "warning",
    messages: {
      mismatch:
        "The SYN-ACKs on {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} have no window scale, yet the server's later windows are scaled: the client takes them for a fraction of what they are.{{othersNote}}",
      limited:
        "The SYN-ACKs on {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} have no window scale although the SYNs offered it, and data filled the unscaled window again and again.{{othersNote}}",
      unscaled:
        "The SYN-ACKs on {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} have no window scale although the SYNs offered it: no window is larger than 65535 octets.{{othersNote}}",
    },
    messageSeverities: { unscaled: "note" },
    why: "Without scaling a sender may have 64 KiB in flight at most, so a path of 50 ms carries 10 Mbit/s, however fast it is. Where only one end scales, it is a few dozen octets for each round trip or each 0.2 s, or more than the receiver can hold.",
    remedy:
      "On the server's host `sysctl net.ipv4.tcp_window_scaling` should be 1, and `nstat -az TcpExtSyncookiesSent` should stand still: cookies without timestamps carry no scale. Capture on both hosts with `tcpdump -v 'tcp[tcpflags] & tcp-syn != 0'` and compare the options: where wscale is there on one side only, a firewall, NAT or accelerator between takes it out.",
    evidence: {
      syn: "the SYN that offers a window scale",
      synack: "the SYN-ACK without one",
      sign: "the server's next segment; for a limited transfer the first segment that fills the window, or comes a round trip behind such ones",
    },
    supersedes: ["window-limited"],
    references: ["RFC 7323, section 2.2", "RFC 9293, section 3.8.6", "net.ipv4.tcp_window_scaling"],
  },

  create(context) {
    const states = context.perFlow(...UNSCALED_WINDOW_FIELDS);
    const rounds = context.observe(observeWindowRounds);
    const found = new Map<UnscaledWindow["kind"], ListenerIncidents<UnscaledWindow>>();
    const scaled = new Set<Listener>();
    return {
      synAck(segment, flow) {
        noteUnscaledSynAck(segment, flow, states.of(flow));
      },
      fin(segment, flow) {
        noteForeignFin(segment, flow, states.of(flow));
      },
      labelled(segment, flow) {
        if ((segment.analysis & WINDOW_FULL) === 0) return;
        const receiver = segment.fromServer ? flow.client : flow.server;
        const state = states.of(flow);
        if (!segment.fromServer) noteRetreat(flow, state);
        if (receiver.window < SMALLEST_LIMIT) return;
        if (state.fulls === 0) {
          state.fullNs = segment.timeNs;
          state.fullFrame = segment.frame;
        }
        state.fulls++;
      },
      flowEnd(flow, identity, listener) {
        const window = findUnscaledWindow(states.of(flow), flow, rounds.of(flow));
        if (window === null) {
          if (flow.server.windowScale > 0) scaled.add(listener);
          return;
        }
        let incidents = found.get(window.kind);
        if (incidents === undefined) {
          incidents = new ListenerIncidents();
          found.set(window.kind, incidents);
        }
        incidents.add(suffererOf(flow, identity, listener), window);
      },
      captureEnd() {
        for (const messageId of ["mismatch", "limited", "unscaled"] as const) {
          for (const incident of found.get(messageId)?.all() ?? []) {
            const isOdd = scaled.has(incident.listener);
            if (messageId === "unscaled" && !isOdd && !incident.worst.isLarge) continue;
            const othersNote = isOdd ? " Other connections to it got a window scale." : "";
            context.report({
              ...incidentReport(incident),
              subject: incident.listener.name,
              messageId,
              data: { ...incidentData(incident), othersNote },
              confidence: "strong",
              alternatives:
                messageId === "mismatch"
                  ? ["The server's memory became so short that it took back window that it had offered."]
                  : [
                      "The server does not scale windows, by its system or its settings.",
                      "The SYN-ACK was a cookie for a SYN without timestamps.",
                    ],
            });
          }
        }
      },
    };
  },
});
