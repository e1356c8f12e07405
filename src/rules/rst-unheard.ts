import { defineRule } from "../engine/rule.js";
import { isFromOtherDistance } from "../signs/attempts/other-distance.js";
import {
  incidentData,
  incidentReport,
  ListenerIncidents,
  peerOf,
  type Suffering,
  suffererOf,
} from "../signs/listeners/listener-incidents.js";
import { ONE_TIMER_NS } from "../signs/segments/one-timer.js";
import { FIN } from "../tcp/flags.js";
import { seqDiff } from "../tcp/seq.js";

/**
 * Repetitions that drew a RST each, behind the first: so many RSTs do not get lost by chance. Or repetitions behind the last RST
 * that drew nothing, each by a timer of its own.
 */
const FEWEST_IN_VAIN = 3;
/** From the first RST (where nothing answers the repetitions from the last) to the last repetition. What was under way comes sooner. */
const SHORTEST_HANG_NS = 1_000_000_000;

const IGNORED = "ignores the RSTs as they carry another number than it expects";
const NOT_GOT = "does not get the RSTs or drops them";
/** Where the capture was taken on its host. */
const DROPPED = "drops the RSTs, which arrive at its host";
const SIGNED =
  "The connection is signed (TCP-MD5 or TCP-AO, as BGP has it), and the RSTs are not, as those of a host that has forgotten it: its peer must ignore them.";
const BY_CHANCE =
  "The RSTs were lost by chance, as any segment may be: then only what swallows the repetitions, or the answers to them, is at fault.";

interface Unheard extends Suffering<"rst" | "repeat"> {
  /** That of its last RST; 0 where it is not known. */
  readonly ttl: number;
  readonly usualTtl: number;
  /** The number that its last RST carries is not the one that its receiver expects. */
  readonly isOff: boolean;
}

/** The side that resets; 0 while there is none. */
const CLIENT = 1;
const SERVER = 2;

/** One side has reset a connection, and the other goes on again and again: a RST that is heard and accepted ends it at once. */
export const rstUnheard = defineRule({
  id: "rst-unheard",
  meta: {
    summary: "One side answers data by RST, and the other sends it again and again as if there were no RST.",
    severity: "warning",
    messages: {
      unheard:
        "{{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} hung though the {{side}} had reset them: the {{peer}}, which {{reason}}, went on for up to {{worstSeconds}} s and drew {{count}} RSTs in all{{distanceNote}}.",
      once: "{{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} hung though the {{side}} had reset them: the {{peer}}, which {{reason}}, repeated its data or FIN {{count}} times in all, for up to {{worstSeconds}} s, and drew no RST any more{{distanceNote}}.",
    },
    why: "A RST that arrives ends a connection at once: the application gets ECONNRESET, and can try again. Whose host gets none, or ignores it, waits until its own timeout, for a quarter of an hour by Linux's defaults (net.ipv4.tcp_retries2).",
    remedy:
      "Capture on the {{peer}}'s host: `tcpdump -ni any 'tcp port {{port}} and tcp[tcpflags] & tcp-rst != 0'`. If the RSTs do not come in, look for what drops them on the way: a firewall that sees one direction only and holds them for invalid (`conntrack -S`, `nft list ruleset`). If they do, look there at `nft list ruleset` and at `nstat -az TcpInCsumErrors TcpExtTCPChallengeACK`. Why there are any, the {{side}}'s host tells: its program closed the connection, `ss -tn` knows nothing of it, or a packet filter rejects with tcp reset (`nft list ruleset`); a TTL that does not fit tells of a filter on the way.",
    messageTexts: {
      once: {
        why: "A RST that arrives ends a connection at once: the application gets ECONNRESET, and can try again. It is sent once; whoever misses it is told again only when its next segment meets a host without the connection. Here that is kept from happening as well, and the application waits until its own timeout, for a quarter of an hour by Linux's defaults (net.ipv4.tcp_retries2).",
        remedy:
          "Two things to find. What keeps the RSTs from the {{peer}}: capture on its host, `tcpdump -ni any 'tcp port {{port}} and tcp[tcpflags] & tcp-rst != 0'`; if they do not come in, look for a firewall on the way, if they do, at `nft list ruleset` there. And why the {{side}}'s host answers no more: look there, and on what stands between it and the capture, for a filter that drops what belongs to no connection, or bans the {{peer}} (`nft list ruleset`, `conntrack -L`, fail2ban), and for a limit on RSTs (FreeBSD: `sysctl net.inet.icmp.icmplim`). Set TCP_USER_TIMEOUT so that the application hears of it sooner.",
      },
    },
    evidence: { rst: "the first RST", repeat: "the latest data or FIN that was sent again after it" },
    references: [
      "RFC 9293, section 3.5.3",
      "RFC 5961, section 3.2 (which RSTs are accepted)",
      "Linux net/ipv4/tcp_input.c, tcp_reset_check, tcp_validate_incoming",
      "TcpExtTCPChallengeACK",
    ],
  },

  create(context) {
    const kept = context.perFlow(
      "side",
      "rsts",
      "vain",
      "isRepeated",
      "rstNs",
      "ttl",
      "repeatNs",
      "repeatFrame",
    );
    const messages = {
      unheard: new ListenerIncidents<Unheard>(),
      once: new ListenerIncidents<Unheard>(),
    };
    return {
      rst(segment, flow) {
        const [sender, peer] = segment.fromServer ? [flow.server, flow.client] : [flow.client, flow.server];
        // The first is kept only where it leaves data without an answer: others end connections that are done, or refuse them.
        if (sender.rstFrame === 0 && peer.nextSeq <= Math.max(1, sender.ackedTo)) return;
        const own = kept.of(flow);
        const side = segment.fromServer ? SERVER : CLIENT;
        if (own.side !== 0 && own.side !== side) return;
        own.side = side;
        own.rsts += own.isRepeated;
        own.isRepeated = own.vain = 0;
        own.rstNs = segment.timeNs;
        own.ttl = segment.ttl;
      },
      repeated(segment, flow) {
        const [receiver, sender] = segment.fromServer
          ? [flow.client, flow.server]
          : [flow.server, flow.client];
        if (receiver.rstFrame === 0 || (segment.payloadLength === 0 && !(segment.flags & FIN))) return;
        // Who had closed its end before waits for nothing.
        if (sender.finFrame > 0 && sender.finNs < receiver.rstNs) return;
        const own = kept.of(flow);
        const side = segment.fromServer ? CLIENT : SERVER;
        if (own.side !== side) {
          if (own.rsts > 0) return;
          own.side = side;
          own.vain = own.isRepeated = own.ttl = 0;
        }
        const beforeNs = own.isRepeated ? own.repeatNs : lastRstNs(own, receiver);
        if (segment.timeNs - beforeNs >= ONE_TIMER_NS) own.vain++;
        own.isRepeated = 1;
        own.repeatNs = segment.timeNs;
        own.repeatFrame = segment.frame;
      },
      flowEnd(flow, identity, listener) {
        const own = kept.of(flow);
        const { side, rsts, vain, ttl, repeatNs, repeatFrame } = own;
        if (repeatFrame === 0) return;
        const [sender, peer] = side === SERVER ? [flow.server, flow.client] : [flow.client, flow.server];
        const lastNs = lastRstNs(own, sender);
        const hungNs = repeatNs - sender.rstNs;
        const isAnswered = rsts >= FEWEST_IN_VAIN && hungNs >= SHORTEST_HANG_NS;
        if (!isAnswered && (vain < FEWEST_IN_VAIN || repeatNs - lastNs < SHORTEST_HANG_NS)) return;
        // It goes on as well: somebody else sent the RSTs, and took the data.
        if (sender.lastNs > lastNs) return;
        const flowId = flow.id;
        messages[isAnswered ? "unheard" : "once"].add(suffererOf(flow, identity, listener), {
          side: side === SERVER ? "server" : "client",
          count: isAnswered ? rsts + 1 : vain,
          totalNs: hungNs,
          worstNs: hungNs,
          ttl,
          usualTtl: sender.ttl,
          isOff: seqDiff(sender.historyRst, sender.base) !== peer.ackedTo,
          evidence: {
            rst: { flowId, frame: sender.rstFrame, timeNs: sender.rstNs },
            repeat: { flowId, frame: repeatFrame, timeNs: repeatNs },
          },
          startNs: sender.rstNs,
          endNs: repeatNs,
        });
      },
      captureEnd() {
        for (const messageId of ["unheard", "once"] as const) {
          for (const incident of messages[messageId].all()) {
            const { ttl, usualTtl, isOff } = incident.worst;
            const { side, vantage } = incident;
            const isForeign = ttl > 0 && isFromOtherDistance(ttl, { ttl: usualTtl });
            context.report({
              messageId,
              data: {
                ...incidentData(incident),
                reason: isOff ? IGNORED : vantage === `${peerOf(side)}-host` ? DROPPED : NOT_GOT,
                distanceNote: isForeign
                  ? `; their TTL is ${ttl}, that of the ${side}'s other segments ${usualTtl}: somebody else sends them in its name`
                  : "",
              },
              ...incidentReport(incident),
              confidence: "strong",
              alternatives: [...(isOff ? [] : [SIGNED]), ...(messageId === "once" ? [BY_CHANCE] : [])],
            });
          }
        }
      },
    };
  },
});

/** When the side that resets did so last; its first RST is known without. */
function lastRstNs(
  own: { readonly ttl: number; readonly rstNs: number },
  sender: { readonly rstNs: number },
) {
  return own.ttl > 0 ? own.rstNs : sender.rstNs;
}
