import { commonVantage } from "../engine/common-vantage.js";
import type { Vantage } from "../engine/finding.js";
import { connections, listenerValues, seconds } from "../engine/message-values.js";
import { defineRule } from "../engine/rule.js";
import { spanOf } from "../engine/time-window.js";
import { extensionNames, probeOf, settingsWithout } from "../signs/attempts/extension-words.js";
import { type FallbacksTogether, type SynFallback, SynFallbacks } from "../signs/attempts/syn-fallbacks.js";
import { observeRepeatedSyns } from "../signs/attempts/syn-repeats.js";

/**
 * A SYN that asks for something new gets lost each time, and the same SYN without that is answered: a firewall or another device drops
 * it for what it does not know. Clients fall back after one timeout or more (RFC 3168, section 6.1.1.1; RFC 7413, section 4.1.3).
 */
export const synExtensionDropped = defineRule({
  id: "syn-extension-dropped",
  meta: {
    summary:
      "SYNs are dropped for what they ask for, such as ECN or Fast Open: the same without is answered.",
    severity: "warning",
    messages: {
      listener:
        "{{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} opened only by a SYN without {{extensions}}, {{worstSeconds}} s after the first one at worst{{inAll}}: {{vainSyns}} SYNs with it drew no answer, the first one without it was answered at once each time. {{others}}",
      client:
        "{{client}} opened {{flows}} to {{targets}} listeners only by a SYN without {{extensions}}, {{worstSeconds}} s after the first one at worst{{inAll}}: {{vainSyns}} SYNs with it drew no answer, the first one without it was answered at once each time. {{others}}",
    },
    why: "Every connect() takes a second longer, or as long as the client's timers run until it tries without {{extensions}}. Some systems fall back for all connections then, others each time anew, and clients that do not fall back never connect.",
    remedy:
      "Capture on the server's host too: `tcpdump -ni any 'tcp port {{port}} and tcp[tcpflags] & tcp-syn != 0'`. If SYNs with {{extensions}} do not come in, a firewall or another middlebox on the way drops them{{probe}}: look there for rules about TCP flags, options or the length of a SYN, and for a protocol normalizer. If they do come in, the server's own packet filter drops them: `nft list ruleset`. Until that is mended a Linux client does without by `sysctl -w {{settings}}`.",
    supersedes: ["syn-answered-late", "accept-queue-syn-drop"],
    evidence: {
      syn: "the first SYN of the connection that waited longest, which asks for it",
      plainer: "the SYN again, without",
      synack: "the SYN-ACK",
    },
    references: [
      "RFC 3168, section 6.1.1.1",
      "RFC 7413, sections 4.1.3 and 7.1",
      "RFC 8684, section 3.1",
      "RFC 9293, section 3.1 (options that a host does not know)",
      "TcpExtTCPSynRetrans, TcpExtTCPFastOpenActiveFail",
    ],
    options: {
      minWaitMs: {
        default: 200,
        minimum: 0,
        description: "shortest time from the first SYN to the one without",
      },
    },
  },

  create(context) {
    const repeated = context.observe(observeRepeatedSyns);
    const fallbacks = new SynFallbacks(context.options["minWaitMs"]! * 1e6);

    function report(together: FallbacksTogether, captureVantage: Vantage): void {
      const { isOneClient, verdict } = together;
      const all = together.fallbacks;
      const worst = all.reduce((most, each) => (waitNs(each) > waitNs(most) ? each : most));
      const common = commonVantage(all);
      const vantage = common === "unknown" ? captureVantage : common;
      const extensions = extensionNames(worst.extensions);
      const totalNs = all.reduce((sum, each) => sum + waitNs(each), 0);
      context.report({
        messageId: isOneClient ? "client" : "listener",
        data: {
          ...listenerValues(worst.listener, worst.port),
          ...(new Set(all.map(({ client }) => client)).size === 1 ? { client: worst.client } : {}),
          ...(isOneClient ? { port: "PORT" } : {}),
          hitFlows: all.length,
          flows: connections(all.length),
          targets: new Set(all.map(({ listener }) => listener)).size,
          extensions,
          probe: probeOf(worst.extensions, isOneClient ? "PORT" : worst.port),
          settings: settingsWithout(worst.extensions),
          vainSyns: all.reduce((sum, { vainSyns }) => sum + vainSyns, 0),
          worstSeconds: seconds(waitNs(worst)),
          inAll: all.length > 1 ? `, ${seconds(totalNs)} s in all` : "",
          others: othersNote(together),
        },
        evidence: { syn: worst.syn, plainer: worst.plainer, synack: worst.synAck },
        subject: isOneClient ? worst.client : worst.listener.name,
        flowIds: all.map(({ flowId }) => flowId),
        confidence: verdict.confidence,
        vantage,
        alternatives: alternatives(together, vantage),
        ...spanOf(all),
      });
    }

    return {
      flowEnd(flow, identity, listener) {
        // Mostly there is nothing yet that others would be compared with.
        if (flow.client.syns > 1 || !fallbacks.isEmpty)
          fallbacks.add(flow, identity, listener, repeated.of(flow));
      },
      captureEnd({ vantage: { vantage } }) {
        for (const together of fallbacks.all()) report(together, vantage);
      },
    };
  },
});

function waitNs({ startNs, endNs }: SynFallback): number {
  return endNs - startNs;
}

/** What became of other SYNs. */
function othersNote({ verdict: { plainInVain, plainAnswered } }: FallbacksTogether): string {
  if (plainInVain === 0) return `None of ${plainAnswered} SYNs without it was in vain meanwhile.`;
  return `${plainInVain} of ${plainInVain + plainAnswered} SYNs without it were in vain meanwhile, too.`;
}

function alternatives({ verdict: { confidence } }: FallbacksTogether, vantage: Vantage): string[] {
  const where =
    vantage === "server-host"
      ? []
      : [
          "They arrive, and the server's own packet filter drops them, or its SYN-ACKs to such SYNs get lost.",
        ];
  if (confidence === "strong") return where;
  return [
    "The path lost the first SYN of each connection by chance, or had outages.",
    "The first packet behind a pause gets lost, whatever it asks for: an address is resolved anew, a link or a host is woken up.",
    ...where,
  ];
}
