import { defineRule } from "../engine/rule.js";
import {
  incidentData,
  incidentReport,
  ListenerIncidents,
  suffererOf,
} from "../signs/listeners/listener-incidents.js";
import { observeWindowRounds, type WindowRounds, type WindowSign } from "../signs/windows/window-rounds.js";

/**
 * A transfer goes at a window per round trip, although the path lies idle most of the time and loses nothing: what the
 * receiver is ready to hold is less than what is on the way when the path is full.
 */
export const windowLimited = defineRule({
  id: "window-limited",
  meta: {
    summary: "A transfer is held to one receive window per round trip, while the path could carry more.",
    severity: "warning",
    messages: {
      filled:
        "The {{side}}'s receive window of {{windowBytes}} octets held up what the {{peer}} sent on {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}}: in each round trip of {{roundTripMs}} ms the {{peer}} filled it and then waited for the ACK, for {{totalSeconds}} s in all. No more than {{ceilingMbits}} Mbit/s pass so; nothing was lost meanwhile.",
      arrived:
        "In each round trip of {{roundTripMs}} ms there came as much as the {{side}}'s receive window of {{windowBytes}} octets and then nothing, on {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}}, for {{totalSeconds}} s in all: the window seems to hold up the {{peer}}. No more than {{ceilingMbits}} Mbit/s pass so; nothing was lost meanwhile.",
      paced:
        "The {{peer}} kept the {{side}}'s receive window of {{windowBytes}} octets full on {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}}, for {{totalSeconds}} s in all, while round trips took no longer than the handshake's {{roundTripMs}} ms: the window seems to hold it up. No more than {{ceilingMbits}} Mbit/s pass so; nothing was lost meanwhile.",
    },
    why: "A sender may have one window on the way and must then wait for the ACK: window divided by round trip is the most that any path can carry, however fast it is. Here it lay idle most of the time.",
    remedy:
      "On the {{side}}'s host `ss -tnmi '( sport = :{{port}} or dport = :{{port}} )'` shows the receive buffer (rb) and rcv_space while it lasts. Let its program set no SO_RCVBUF (`strace -f -e trace=setsockopt -p PID`): that switches the kernel's auto-tuning off and is cut to net.core.rmem_max. Then `sysctl net.ipv4.tcp_rmem net.ipv4.tcp_moderate_rcvbuf`: the maximum should be twice rate times round trip, and moderation 1. A window below 64 KiB that never grows: see whether both SYNs have wscale (`sysctl net.ipv4.tcp_window_scaling`).",
    evidence: {
      first: "where the longest spell begins: data that fills the window, or what came after a wait",
      last: "where it ends: the same, a window or more later",
    },
    references: [
      "RFC 7323, sections 1.1 and 2.2",
      "RFC 9293, section 3.8.6",
      "Linux net/ipv4/tcp_input.c, tcp_rcv_space_adjust",
      "net.ipv4.tcp_rmem",
    ],
    options: {
      minRoundTripMs: { default: 30, minimum: 1, description: "shortest round trip, by the handshake" },
      minLimitedMs: {
        default: 2000,
        minimum: 0,
        description: "shortest time that a window must limit a connection",
      },
      minTransferPercent: {
        default: 50,
        minimum: 0,
        description: "share of the sender's octets that must be sent in that time",
      },
    },
  },

  create(context) {
    const { minRoundTripMs, minLimitedMs, minTransferPercent } = context.options;
    const rounds = context.observe(observeWindowRounds);
    const incidents = new ListenerIncidents<WindowRounds>();
    return {
      flowEnd(flow, identity, listener) {
        if (flow.initialRttNs < minRoundTripMs! * 1e6) return;
        const found = rounds.of(flow);
        if (found === null || found.totalNs < minLimitedMs! * 1e6) return;
        if (found.transferShare * 100 < minTransferPercent!) return;
        incidents.add(suffererOf(flow, identity, listener), found);
      },
      captureEnd() {
        for (const incident of incidents.all()) {
          const { sign, windowBytes, roundTripNs, isUnscaled } = incident.worst;
          const alternatives = [...OTHERWISE[sign], ON_PURPOSE];
          if (isUnscaled) alternatives.unshift(UNSCALED);
          context.report({
            ...incidentReport(incident),
            messageId: sign === "asked" ? "filled" : sign,
            data: {
              ...incidentData(incident),
              windowBytes,
              roundTripMs: Math.round(roundTripNs / 1e6),
              ceilingMbits: threeDigits((windowBytes * 8e3) / roundTripNs),
            },
            confidence: sign === "filled" ? "strong" : "weak",
            alternatives,
          });
        }
      },
    };
  },
});

/** What else each sign may come from. */
const OTHERWISE: Readonly<Record<WindowSign, readonly string[]>> = {
  filled: [
    "The sender's own buffer (SO_SNDBUF, net.ipv4.tcp_wmem) is hardly larger than the window and would limit it next.",
  ],
  asked: [
    "The receiver asks for each piece, and the pieces are as large as the window: what it waits for is its own request.",
  ],
  arrived: [
    "The sender has a limit of its own of that size, as a send buffer: what it has in flight shows only in a capture near it.",
  ],
  paced: ["The path carries no more than that either: it is not seen idle."],
};
const ON_PURPOSE = "The receiver keeps its window small on purpose, to be fed no faster (TCP_WINDOW_CLAMP).";
const UNSCALED =
  "Window scaling was not agreed on in the handshake: no window can be larger than 65535 octets, whatever the buffers.";

/** Such as `0.52`, `5.2`, `120`. */
function threeDigits(value: number): string {
  return value.toFixed(value < 1 ? 2 : value < 100 ? 1 : 0);
}
