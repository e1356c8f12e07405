import { commonVantage } from "../engine/common-vantage.js";
import type { Confidence, Vantage } from "../engine/finding.js";
import { connections, ipFamilyOption, seconds } from "../engine/message-values.js";
import { defineRule } from "../engine/rule.js";
import { spanOf } from "../engine/time-window.js";
import { observeUnheardAnswers } from "../signs/attempts/unheard-answers.js";
import {
  type UnheardConnection,
  UnheardConnections,
  type UnheardTogether,
} from "../signs/attempts/unheard-connections.js";

/** On a path that loses a quarter of all segments, so many SYN-ACKs of one connection get lost by chance. */
const MOST_LOST_BY_CHANCE = 3;
/** A client with so many listeners that it does not hear may as well be a scanner, which sends its SYNs again whatever comes back. */
const MOST_LISTENERS = 20;

/**
 * The client goes on sending SYNs that were answered. Who has got a SYN-ACK and accepts it does not, so it never got there: the way
 * to the server is whole, the way back is not, or the client's own host drops what comes in. Or it is no answer to what the client
 * sent, and is reset.
 */
export const synAckLost = defineRule({
  id: "syn-ack-lost",
  meta: {
    summary:
      "A client goes on sending SYNs that were answered: the SYN-ACKs do not reach it, or it resets them.",
    severity: "error",
    messages: {
      lost: "{{clients}} sent the SYNs of {{flows}} to {{listener}} again, {{syns}} times in all and up to {{worstSeconds}} s after these had been answered: the SYN-ACKs are lost on the way back. {{scope}}",
      dropped:
        "{{clients}} sent the SYNs of {{flows}} to {{listener}} again, {{syns}} times in all and up to {{worstSeconds}} s after these had been answered: the SYN-ACKs come as far as this capture, on the client's side, and its TCP does not get them. {{scope}}",
      deaf: "{{clients}} sent its SYNs to {{targets}} listeners again ({{flows}}), {{syns}} times in all and up to {{worstSeconds}} s after these had been answered: none of their SYN-ACKs reaches it.",
      reset:
        "{{clients}} reset the SYN-ACKs of {{target}} and sent the SYNs of {{flows}} again, {{syns}} times in all and up to {{worstSeconds}} s later: the answers arrive, and are not what the client waits for. {{scope}}",
      late: "{{flows}} to {{listener}} opened late: the SYN had been answered, but {{clients}} sent it again for up to {{worstSeconds}} s before a SYN-ACK got through.",
    },
    messageSeverities: { late: "warning" },
    why: "connect() hangs until the client gives up, after about two minutes by Linux's defaults, and the server holds a half-open connection for each attempt. Both hosts look well by themselves: one asks, the other answers.",
    remedy:
      "Capture on the client's host too: `tcpdump -ni any 'tcp port {{port}} and tcp[tcpflags] & tcp-syn != 0'`. SYN-ACKs that do not come in are lost on the way back, which need not be the way there: follow it from the server by `ip {{family}} route get {{client}}`, and look for firewalls on it that have not seen the SYN and drop its answer. For those that come in look on the client's host at `nft list ruleset`, and at `nstat -az TcpExtIPReversePathFilter TcpInCsumErrors TcpExtPAWSActive` for a filter on reverse paths (`sysctl net.ipv4.conf.all.rp_filter`), wrong checksums and timestamps that were changed. SYN-ACKs that the client resets come from another address than it asked, or with another number: compare both captures, and look for NAT (`conntrack -L`, `nft list ruleset`) that only one of the two ways passes.",
    supersedes: ["syn-answered-late"],
    evidence: {
      synack: "the first SYN-ACK of the connection that waited longest",
      repeat: "the SYN again, which nobody sends who got that and accepts it",
      last: "the last SYN",
    },
    references: [
      "RFC 9293, section 3.10.7.3 (SYN-SENT)",
      "RFC 6298, section 5.7",
      "TcpExtTCPSynRetrans, TcpExtIPReversePathFilter",
    ],
    withstands: ["loss", "filter"],
    options: {
      minSyns: { default: 2, minimum: 1, description: "SYNs behind the SYN-ACK of a connection" },
      minUnheardMs: { default: 1500, minimum: 0, description: "time from the SYN-ACK to the last of them" },
    },
  },

  create(context) {
    const { options } = context;
    const unheard = context.observe(observeUnheardAnswers);
    const found = new UnheardConnections(options["minSyns"]!, options["minUnheardMs"]! * 1e6);

    function report(
      { isOneClient, connections: all }: UnheardTogether,
      messageId: keyof typeof ALTERNATIVES,
      confidence: Confidence,
      vantage: Vantage,
    ): void {
      const worst = all.reduce((most, each) => (unheardNs(each) > unheardNs(most) ? each : most));
      const { listener, port, client } = worst;
      const clients = new Set(all.map((each) => each.client));
      const targets = new Set(all.map((each) => each.listener)).size;
      context.report({
        messageId,
        data: {
          listener: listener.name,
          port: isOneClient ? "PORT" : port,
          clients: clients.size === 1 ? client : `${clients.size} clients`,
          client,
          family: ipFamilyOption(client),
          flows: connections(all.length),
          targets,
          target: isOneClient ? `${targets} listeners` : listener.name,
          syns: all.reduce((sum, { syns }) => sum + syns, 0),
          worstSeconds: seconds(unheardNs(worst)),
          scope: isOneClient ? "No other client fares so with them." : scopeOf(worst),
        },
        evidence: { synack: worst.synAck, repeat: worst.repeat, last: worst.last },
        subject: isOneClient ? client : listener.name,
        flowIds: all.map(({ flowId }) => flowId),
        confidence,
        vantage,
        alternatives: alternatives(messageId, confidence),
        ...spanOf(all),
      });
    }

    return {
      flowEnd(flow, identity, listener) {
        // The client's count comes first: it is at hand, the observer's numbers lie elsewhere.
        if (flow.client.syns > 1) found.add(flow, identity, listener, unheard.of(flow));
      },
      captureEnd({ vantage: { vantage } }) {
        for (const together of found.never("unheard")) {
          const common = commonVantage(together.connections);
          const where = common === "unknown" ? vantage : common;
          if (together.isOneClient) {
            const listeners = new Set(together.connections.map(({ listener }) => listener)).size;
            report(together, "deaf", listeners > MOST_LISTENERS ? "weak" : "strong", where);
          } else {
            report(together, where === "client-host" ? "dropped" : "lost", certaintyOf(together), where);
          }
        }
        for (const together of found.never("reset")) {
          const common = commonVantage(together.connections);
          const confidence = together.connections.every((each) => each.hasBareSyn) ? "weak" : "strong";
          report(together, "reset", confidence, common === "unknown" ? vantage : common);
        }
        for (const together of found.late()) {
          const common = commonVantage(together.connections);
          report(together, "late", "strong", common === "unknown" ? vantage : common);
        }
      },
    };
  },
});

function certaintyOf({ connections: all }: UnheardTogether): Confidence {
  return all.reduce((sum, { syns }) => sum + syns, 0) <= MOST_LOST_BY_CHANCE ? "weak" : "strong";
}

function unheardNs({ synAck, last }: UnheardConnection): number {
  return last.timeNs - synAck.timeNs;
}

/** Whether others get through to the listener. */
function scopeOf({ listener: { flows, failed } }: UnheardConnection): string {
  if (flows === failed) return "No other connection to it opened.";
  return `${connections(flows - failed)} to it opened.`;
}

const ALTERNATIVES = {
  lost: ["They arrive, and the client's own host drops them: a packet filter, or a reverse-path filter."],
  dropped: ["The capture was taken beside the client's host, and they get lost on the rest of the way."],
  deaf: ["A scanner that sends each SYN several times, whatever comes back."],
  reset: [
    "They arrive from another address than the client asked: NAT changed that on the way there, and the answers go past it.",
    "They arrive with another number than the client sent: a firewall that chooses numbers anew sees one of the two ways only.",
    "A program makes the SYNs itself, as a probe or a scanner does: its host knows of no connection, and resets the answers.",
  ],
  late: ["The server's first SYN-ACKs were late and not lost: the way back takes that long."],
} as const;
const CHANCE = "They were lost by chance, one after the other, as on a path that loses much.";

function alternatives(messageId: keyof typeof ALTERNATIVES, confidence: Confidence): string[] {
  const isByChance = confidence === "weak" && messageId !== "deaf" && messageId !== "reset";
  return [...ALTERNATIVES[messageId], ...(isByChance ? [CHANCE] : [])];
}
