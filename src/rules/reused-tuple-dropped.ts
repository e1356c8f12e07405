import { commonVantage } from "../engine/common-vantage.js";
import type { Confidence } from "../engine/finding.js";
import type { Listener } from "../engine/listeners.js";
import { duration } from "../engine/message-values.js";
import { defineRule } from "../engine/rule.js";
import { spanOf } from "../engine/time-window.js";
import {
  CHALLENGE,
  noteChallengeReset,
  type Reception,
  type ReusedAtListener,
  type ReusedTuple,
  ReusedTuples,
} from "../signs/attempts/reused-tuples.js";
import { observeRepeatedSyns } from "../signs/attempts/syn-repeats.js";

const ALTERNATIVES: Readonly<Record<Exclude<Reception, "accepted">, readonly string[]>> = {
  challenged: [],
  refused: ["The service was down just then, and up again for the others."],
  silent: ["The SYNs were lost on the way, again and again, while those of others were not."],
};

/**
 * A client takes an address and port again that a connection to the same listener had shortly before. Who still
 * remembers that one does not take the SYN for a new one: a server in TIME-WAIT (or one that never saw it end)
 * answers with an ACK of the old one unless the new ISN or timestamp is larger (RFC 6191), a firewall or NAT drops it.
 */
export const reusedTupleDropped = defineRule({
  id: "reused-tuple-dropped",
  meta: {
    summary:
      "A SYN from an address and port that were in use shortly before is not taken for a new connection.",
    severity: "warning",
    messages: {
      challenged:
        "{{reusedFlows}} of {{listenerFlows}} connections to {{listener}} took up an address and port again {{gap}} after the connection before{{openNote}}: the server answered the SYN with an ACK of the old connection, which the client had to reset first. It cost up to {{worst}}.",
      refused:
        "{{reusedFlows}} of {{listenerFlows}} connections to {{listener}} took up an address and port again {{gap}} after the connection before{{openNote}} and were answered by a RST, while others were accepted.",
      silent:
        "{{reusedFlows}} of {{listenerFlows}} connections to {{listener}} took up an address and port again {{gap}} after the connection before{{openNote}}, and their SYNs were dropped in silence for up to {{worst}}, while others were answered.",
    },
    why: "A new connection waits for a timer before its SYN is sent again, some 10 ms after an ACK of the old one on today's Linux and a second or more otherwise, or it fails, because something on its way still remembers the one before. It happens to clients that use few ports for many connections, and behind NAT.",
    remedy:
      "Keep connections open and pool them, or give the client more ports and addresses: `sysctl net.ipv4.ip_local_port_range`. Look on the server with `ss -tan state time-wait 'sport = :{{port}}'`, and on firewalls and NAT with `conntrack -L -p tcp --dport {{port}}` and `sysctl net.netfilter.nf_conntrack_tcp_timeout_time_wait`. Timestamps (net.ipv4.tcp_timestamps=1) let a server accept a reused tuple at once; never look for tcp_tw_recycle, which dropped clients behind NAT and is gone.",
    supersedes: [
      "accept-queue-syn-drop",
      "syn-unanswered",
      "syn-answered-late",
      "syn-refused",
      "half-open-peer",
      "rst-mid-stream",
    ],
    evidence: {
      before: "the last of the connection before",
      syn: "the SYN that takes its address and port again",
      answer: "what shows that it was not accepted: a RST, or the SYN again",
    },
    references: [
      "RFC 6191, section 2",
      "RFC 9293, section 3.6.1 and section 3.10.7.4 (challenge ACK)",
      "RFC 5961, section 4",
      "Linux net/ipv4/tcp_minisocks.c, tcp_timewait_state_process",
      "Linux net/ipv4/tcp_input.c, tcp_rcv_synsent_state_process",
    ],
    options: {
      maxGapSeconds: {
        default: 120,
        minimum: 0,
        description: "longest time since the connection before, unless the server answers for it",
      },
    },
  },

  create(context) {
    const challenge = context.perFlow(...CHALLENGE);
    const repeats = context.observe(observeRepeatedSyns);
    const maxGapNs = context.options["maxGapSeconds"]! * 1e9;
    const reused = new ReusedTuples(maxGapNs);
    return {
      rst(segment, flow) {
        noteChallengeReset(segment, flow, challenge.of(flow));
      },
      flowEnd(flow, identity, listener) {
        reused.add(flow, identity, listener, challenge.of(flow), repeats.of(flow));
      },
      captureEnd({ vantage }) {
        for (const each of reused.all()) {
          const { listener, port } = each;
          for (const messageId of ["challenged", "refused", "silent"] as const) {
            const own = receivedAs(messageId, each, maxGapNs);
            const confidence = confidenceOf(messageId, own);
            const [first] = own;
            if (first === undefined) continue;
            const worst = own.reduce((most, flow) => (delayNs(flow) > delayNs(most) ? flow : most), first);
            const common = commonVantage(own);
            context.report({
              messageId,
              data: {
                listener: listener.name,
                port,
                reusedFlows: own.length,
                listenerFlows: listener.flows,
                gap: duration(Math.max(0, worst.gapNs)),
                openNote: worst.wasClosed ? "" : ", which had not been closed",
                worst: duration(delayNs(worst)),
              },
              evidence: { before: worst.before, syn: worst.syn, answer: worst.answer },
              subject: listener.name,
              flowIds: own.map(({ flowId }) => flowId),
              confidence,
              vantage: common === "unknown" ? vantage.vantage : common,
              alternatives: ALTERNATIVES[messageId],
              ...spanOf(own),
            });
          }
        }
      },
    };
  },
});

/**
 * The connections that were received so, if that they reuse a tuple explains it: an ACK of the old connection speaks for
 * itself; a RST or silence must have met at least half of those that reuse one, and others must have been answered meanwhile.
 */
function receivedAs(
  reception: Reception,
  { flows, listener, soon }: ReusedAtListener,
  maxGapNs: number,
): readonly ReusedTuple[] {
  const own = flows.filter((flow) => flow.reception === reception);
  if (reception === "challenged") return own;
  const told = own.filter((flow) => flow.gapNs <= maxGapNs && isListening(listener, flow));
  return told.length * 2 >= soon && (reception === "silent" || told.length >= 2) ? told : [];
}

/** The listener answered another connection between the SYN and the end, or just before and just after. */
function isListening({ answersNs }: Listener, { startNs, endNs, reception }: ReusedTuple): boolean {
  if (reception === "silent") return answersNs.some((timeNs) => timeNs > startNs && timeNs < endNs);
  return (answersNs[0] ?? Number.POSITIVE_INFINITY) < startNs && (answersNs.at(-1) ?? 0) > endNs;
}

function confidenceOf(reception: Reception, flows: readonly ReusedTuple[]): Confidence {
  return reception === "challenged" || flows.length >= 2 ? "strong" : "weak";
}

function delayNs({ startNs, endNs }: ReusedTuple): number {
  return endNs - startNs;
}
