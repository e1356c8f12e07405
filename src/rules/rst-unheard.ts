import { defineRule } from "../engine/rule.js";
import { isFromOtherDistance } from "../signs/attempts/other-distance.js";
import {
  incidentData,
  incidentReport,
  ListenerIncidents,
  type Suffering,
  suffererOf,
} from "../signs/listeners/listener-incidents.js";
import { FIN } from "../tcp/flags.js";

/** Repetitions that drew a RST each, behind the first: so many RSTs do not get lost by chance. */
const FEWEST_IN_VAIN = 3;
/** From the first RST to the last repetition. What was under way when it was sent comes sooner. */
const SHORTEST_HANG_NS = 1_000_000_000;

const SIGNED =
  "The connection is signed (TCP-MD5 or TCP-AO, as BGP has it), and the RSTs are not, as those of a host that has forgotten it: its peer must ignore them.";

interface Unheard extends Suffering<"rst" | "repeat"> {
  readonly ttl: number;
  readonly usualTtl: number;
  /** The number that the last RST carries is not the one that its receiver expects. */
  readonly isOff: boolean;
}

/** One side resets a connection again and again, and the other goes on: a RST that is heard and accepted ends it at once. */
export const rstUnheard = defineRule({
  id: "rst-unheard",
  meta: {
    summary: "One side answers data by RST, and the other sends it again and again as if there were no RST.",
    severity: "warning",
    messages: {
      unheard:
        "{{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} hung though the {{side}} had reset them: the {{peer}}, which {{reason}}, went on for up to {{worstSeconds}} s and drew {{count}} RSTs in all{{distanceNote}}.",
    },
    why: "A RST that arrives ends a connection at once: the application gets ECONNRESET, and can try again. Whose host gets none, or ignores it, waits until its own timeout, for a quarter of an hour by Linux's defaults (net.ipv4.tcp_retries2).",
    remedy:
      "Capture on the {{peer}}'s host: `tcpdump -ni any 'tcp port {{port}} and tcp[tcpflags] & tcp-rst != 0'`. If the RSTs do not come in, look for what drops them on the way: a firewall that sees one direction only and holds them for invalid (`conntrack -S`, `nft list ruleset`). If they do, look there at `nft list ruleset` and at `nstat -az TcpInCsumErrors TcpExtTCPChallengeACK`. Why there are any, the {{side}}'s host tells: its program closed the connection, `ss -tn` knows nothing of it, or a packet filter rejects with tcp reset (`nft list ruleset`); a TTL that does not fit tells of a filter on the way.",
    evidence: { rst: "the first RST", repeat: "the latest data or FIN that was sent again after it" },
    references: [
      "RFC 9293, section 3.5.3",
      "RFC 5961, section 3.2 (which RSTs are accepted)",
      "Linux net/ipv4/tcp_input.c, tcp_reset_check, tcp_validate_incoming",
      "TcpExtTCPChallengeACK",
    ],
  },

  create(context) {
    const kept = context.perFlow("isServer", "rsts", "rstNs", "ttl", "isOff", "repeatNs", "repeatFrame");
    const incidents = new ListenerIncidents<Unheard>();
    return {
      rst(segment, flow) {
        const [sender, peer] = segment.fromServer ? [flow.server, flow.client] : [flow.client, flow.server];
        if (sender.rstFrame === 0) return;
        const own = kept.of(flow);
        const isServer = segment.fromServer ? 1 : 0;
        if (own.repeatNs <= own.rstNs || own.isServer !== isServer) return;
        own.rsts++;
        own.rstNs = segment.timeNs;
        own.ttl = segment.ttl;
        own.isOff = segment.relativeSeq === peer.ackedTo ? 0 : 1;
      },
      repeated(segment, flow) {
        const [receiver, sender] = segment.fromServer
          ? [flow.client, flow.server]
          : [flow.server, flow.client];
        if (receiver.rstFrame === 0 || (segment.payloadLength === 0 && !(segment.flags & FIN))) return;
        // Who had closed its end before waits for nothing.
        if (sender.finFrame > 0 && sender.finNs < receiver.rstNs) return;
        const own = kept.of(flow);
        const isServer = segment.fromServer ? 0 : 1;
        if (own.rsts > 0 && own.isServer !== isServer) return;
        own.isServer = isServer;
        own.repeatNs = segment.timeNs;
        own.repeatFrame = segment.frame;
      },
      flowEnd(flow, identity, listener) {
        const { isServer, rsts, rstNs, ttl, isOff, repeatNs, repeatFrame } = kept.of(flow);
        const sender = isServer ? flow.server : flow.client;
        const hungNs = repeatNs - sender.rstNs;
        if (rsts < FEWEST_IN_VAIN || hungNs < SHORTEST_HANG_NS) return;
        // It goes on as well: somebody else sent the RSTs, and took the data.
        if (sender.lastNs > rstNs) return;
        const flowId = flow.id;
        incidents.add(suffererOf(flow, identity, listener), {
          side: isServer ? "server" : "client",
          count: rsts + 1,
          totalNs: hungNs,
          worstNs: hungNs,
          ttl,
          usualTtl: sender.ttl,
          isOff: isOff === 1,
          evidence: {
            rst: { flowId, frame: sender.rstFrame, timeNs: sender.rstNs },
            repeat: { flowId, frame: repeatFrame, timeNs: repeatNs },
          },
          startNs: sender.rstNs,
          endNs: repeatNs,
        });
      },
      captureEnd() {
        for (const incident of incidents.all()) {
          const data = incidentData(incident);
          const { worst, side } = incident;
          const { ttl, usualTtl, isOff } = worst;
          const isForeign = isFromOtherDistance(ttl, { ttl: usualTtl });
          context.report({
            messageId: "unheard",
            data: {
              ...data,
              reason: isOff
                ? "ignores the RSTs as they carry another number than it expects"
                : "does not get the RSTs or drops them",
              distanceNote: isForeign
                ? `; their TTL is ${ttl}, that of the ${side}'s other segments ${usualTtl}: somebody else sends them in its name`
                : "",
            },
            ...incidentReport(incident),
            confidence: "strong",
            alternatives: isOff ? [] : [SIGNED],
          });
        }
      },
    };
  },
});
