import { commonVantage } from "../engine/common-vantage.js";
import type { Confidence, Evidence, Vantage } from "../engine/finding.js";
import { duration, listenerValues } from "../engine/message-values.js";
import { defineRule } from "../engine/rule.js";
import { spanOf } from "../engine/time-window.js";
import { vantageOf } from "../engine/vantage.js";
import { observeSecondAnswers, type SecondAnswer } from "../signs/attempts/second-answers.js";
import { FlowsByListener } from "../signs/listeners/flows-by-listener.js";

const MESSAGES = ["twoHosts", "oneHost"] as const;
type MessageId = (typeof MESSAGES)[number];

/** Below, `duration` says 0.0 ms. */
const SHORTEST_TOLD_NS = 100_000;

interface AnsweredTwice extends SecondAnswer {
  readonly flowId: number;
  readonly vantage: Vantage;
  readonly syn: Evidence;
  readonly isReset: boolean;
  readonly startNs: number;
  readonly endNs: number;
}

/**
 * One SYN draws two SYN-ACKs with different ISNs, and a connection has one on each side. Whoever sent the one that the client did
 * not take resets what the client acknowledges.
 */
export const synAckWrongIsn = defineRule({
  id: "syn-ack-wrong-isn",
  meta: {
    summary: "One SYN is answered by two SYN-ACKs with different numbers: two hosts answer for one address.",
    severity: "warning",
    messages: {
      twoHosts:
        "Two hosts answer for {{listener}}: the SYN of {{hitFlows}} of {{listenerFlows}} {{connections}} drew two SYN-ACKs with different initial sequence numbers, {{gap}} apart{{traitNote}}.{{resets}}",
      oneHost:
        "The host of {{listener}} took the SYN of {{hitFlows}} of {{listenerFlows}} {{connections}} for two: it sent two SYN-ACKs, {{gap}} apart, with different initial sequence numbers of one clock.{{resets}}",
    },
    why: "The client takes the SYN-ACK that comes first. The number in its ACK is wrong for whoever sent the other one, who answers by a RST that fits the connection exactly and ends it. Where only some segments reach both, or now the one and now the other is quicker, connections fail as if by chance.",
    remedy:
      "See which link-layer addresses answer: `tcpdump -eni IF 'tcp src port {{port}} and tcp[tcpflags] & tcp-syn != 0'` on a host of the server's link. For a duplicate address ask `arping -D -I IF ADDRESS` (any answer is another host's) and look whether `ip neigh show ADDRESS` changes; whether two cluster nodes both hold a virtual address `ip address show to ADDRESS` tells on each. Where only one host should see the SYN, look for a switch that sends what is for its link-layer address to all ports (`bridge fdb show`), for a mirror, tee or dup rule (`tc filter show dev IF ingress`, `nft list ruleset`), and for a firewall or SYN proxy that answers beside the server. Where it is one host, its frames arrive twice: `cat /proc/net/bonding/BOND` (mode broadcast); Linux since 6.10 and stable kernels since July 2024 ignore the second.",
    supersedes: ["rst-mid-stream", "half-open-peer", "syn-ack-after-data", "syncookie-ack-dropped"],
    evidence: {
      syn: "the SYN",
      first: "the SYN-ACK that came first",
      second: "the SYN-ACK with another number",
    },
    references: [
      "RFC 9293, section 3.4.1 (initial sequence numbers) and section 3.10.7.3 (SYN-SENT)",
      "RFC 5961, section 4 (challenge ACK)",
      "RFC 6528, section 3",
      "RFC 5227, section 2.4",
      "Linux net/ipv4/tcp_input.c, tcp_conn_request",
      "Linux net/ipv4/tcp_minisocks.c, tcp_check_req",
      "TcpExtEmbryonicRsts",
    ],
  },

  create(context) {
    const second = context.observe(observeSecondAnswers);
    const answered: Readonly<Record<MessageId, FlowsByListener<AnsweredTwice>>> = {
      twoHosts: new FlowsByListener(),
      oneHost: new FlowsByListener(),
    };
    return {
      flowEnd(flow, identity, listener) {
        const { id: flowId, client, server, endNs } = flow;
        // The count comes first: it is at hand, the observer's numbers lie elsewhere.
        const answer = server.syns > 1 ? second.of(flow) : null;
        if (answer === null) return;
        const isReset = server.rstFrame > 0;
        // Nothing tells the two apart, and it did no harm.
        if (answer.trait === "" && !isReset) return;
        answered[answer.isOneHost ? "oneHost" : "twoHosts"].add(listener, identity, {
          ...answer,
          flowId,
          vantage: vantageOf(flow, identity),
          syn: { flowId, frame: client.synFrame, timeNs: client.synNs },
          isReset,
          startNs: client.synNs,
          endNs,
        });
      },
      captureEnd() {
        for (const messageId of MESSAGES) {
          for (const { listener, port, flows } of answered[messageId].all()) {
            const shown = flows.find((flow) => confidenceOf(flow) === "strong") ?? flows[0]!;
            context.report({
              messageId,
              data: {
                ...listenerValues(listener, port),
                hitFlows: flows.length,
                resetFlows: flows.filter(({ isReset }) => isReset).length,
                gap: gapOf(shown),
                traitNote: traitNote(shown),
                resets: resets(flows),
              },
              evidence: { syn: shown.syn, first: shown.first, second: shown.second },
              subject: listener.name,
              flowIds: flows.map(({ flowId }) => flowId),
              confidence: confidenceOf(shown),
              vantage: commonVantage(flows),
              alternatives: ALTERNATIVES[messageId],
              ...spanOf(flows),
            });
          }
        }
      },
    };
  },
});

const ALTERNATIVES: Readonly<Record<MessageId, readonly string[]>> = {
  twoHosts: [
    "A firewall, SYN proxy or load balancer answers beside the server, or somebody forges answers in its name.",
    "A device that answers each SYN with a number of its own and remembers none got the SYN twice, doubled on its way.",
  ],
  oneHost: ["Two containers of one host have the address: they share their kernel's clocks and secrets."],
};

/** Numbers that lie near each other may be those of one host whose answers differ for another reason. */
function confidenceOf({ isOneHost, isOneIsnClock, trait }: SecondAnswer): Confidence {
  return isOneHost || (trait !== "" && !isOneIsnClock) ? "strong" : "weak";
}

function traitNote({ trait, ttl, otherTtl }: SecondAnswer): string {
  switch (trait) {
    case "TTL":
      return `, with TTLs of ${ttl} and ${otherTtl}`;
    case "timestamps":
      return ", with timestamps of different clocks";
    case "options":
      return ", with different options";
    default:
      return "";
  }
}

/** A sentence behind others. */
function resets(flows: readonly AnsweredTwice[]): string {
  const count = flows.filter(({ isReset }) => isReset).length;
  return count === 0 ? "" : ` ${count} of them ${count === 1 ? "was" : "were"} reset in the server's name.`;
}

function gapOf({ gapNs }: SecondAnswer): string {
  return gapNs < SHORTEST_TOLD_NS ? "less than 0.1 ms" : duration(gapNs);
}
