import { appendTo } from "../engine/append-to.js";
import { connections, ipFamilyOption, seconds } from "../engine/message-values.js";
import { defineRule, type Report } from "../engine/rule.js";
import { type UnacknowledgedFin, unacknowledgedFinOf } from "../signs/closes/unacknowledged-fin.js";
import type { Outage } from "../signs/outages/outage.js";
import {
  isExplainedElsewhere,
  isFinInVain,
  isUntakenForLong,
  namesOf,
  worstOf,
} from "../signs/outages/outage-report.js";
import { findOutages } from "../signs/outages/outages.js";
import { observeStalledAddresses, type StalledConnection } from "../signs/outages/stalled-addresses.js";

const OUTAGES = ["forward", "alone", "local"] as const;

const FORGOTTEN =
  "A device on the way (firewall, address translation) forgot the connection, which it had, or drops FINs.";
const GONE = "The other host was switched off, has crashed, or left its network, as mobile ones do.";
const SHARED = "Several hosts share that address, and only those of these connections are gone.";
const ONE_WAY = "The FINs arrive, and the acknowledgments get lost on the way back.";
const SWALLOWED =
  "Its own host drops the FINs when they arrive (nft list ruleset, nstat -az TcpInCsumErrors), or its TCP takes them for wrong and does not answer.";
const DROPPED =
  "A firewall of the host that the FINs arrive at drops what belongs to no connection that it knows, so that the kernel cannot answer by RST: the host was restarted or suspended, or had done with the connection.";
const MUTE =
  "That host cannot send to the other one, as without a route to it; then nothing else goes there either.";

const ALTERNATIVES: Readonly<Record<MessageId, readonly string[]>> = {
  untaken: [SWALLOWED],
  cutOff: [FORGOTTEN, SHARED, ONE_WAY],
  unheard: [FORGOTTEN, GONE, ONE_WAY],
  arrived: [DROPPED, MUTE],
};

interface ClosedStall {
  readonly stall: StalledConnection;
  readonly close: UnacknowledgedFin;
  /** Other connections of the two had to send again as well. */
  readonly isLossy: boolean;
  /** The silent address sent something meanwhile. */
  readonly isAlive: boolean;
}

type MessageId = "untaken" | "cutOff" | "unheard" | "arrived";
const MESSAGES: readonly MessageId[] = ["untaken", "cutOff", "unheard", "arrived"];

/** One end closes, and repeats its FIN into silence: nobody waits for it but the kernel, which keeps the socket meanwhile. */
export const finUnanswered = defineRule({
  id: "fin-unanswered",
  meta: {
    summary: "A connection is closed into silence: its FIN is sent again and again and never acknowledged.",
    severity: "note",
    messages: {
      untaken:
        "{{host}} closed {{flows}}, and {{addresses}} does not know: the FIN was sent again up to {{repeats}} times, for {{worstSeconds}} s at worst, and what {{addresses}} was heard to send on the same {{these}} later, {{heardSeconds}} s behind the FIN at last, does not acknowledge it. What it sends arrives; the FIN did not, or its host dropped it.",
      unheard:
        "{{host}} closed {{flows}} into silence: {{addresses}} never acknowledged the FIN, which was sent again up to {{repeats}} times, for {{worstSeconds}} s at worst, and had last been heard {{heardSeconds}} s before it. All that {{host}} had sent before the FIN was acknowledged.{{aliveNote}}",
      cutOff:
        "{{host}} closed {{flows}} into silence: {{addresses}} never acknowledged the FIN, which was sent again up to {{repeats}} times, for {{worstSeconds}} s at worst, and had last been heard {{heardSeconds}} s before it. All that {{host}} had sent before the FIN was acknowledged. Meanwhile {{addresses}} answered {{host}} on other connections: only these were cut off.",
      arrived:
        "{{host}} closed {{flows}}, and {{addresses}}, where the FIN arrived, answered it neither by ACK nor by RST: it was sent again up to {{repeats}} times, for {{worstSeconds}} s at worst, and {{addresses}} had last sent something {{heardSeconds}} s before it. All that {{host}} had sent before the FIN was acknowledged.",
    },
    messageSeverities: { cutOff: "warning", untaken: "warning" },
    messageTexts: {
      untaken: {
        why: "Acknowledgments count everything that arrived. The other end is alive, holds the connection, and what it sends is heard; that it was closed it does not know, so that its program waits, or goes on sending, until its own patience ends. What is sent to it does not arrive any more, or FINs alone do not.",
        remedy:
          "Capture where {{addresses}} is: `tcpdump -ni any 'tcp port {{port}} and tcp[tcpflags] & tcp-fin != 0'`. FINs that do not come in are dropped on the way there: by a firewall that took the connection for closed, or sees one direction only (`conntrack -L -d {{address}}`, `nft list ruleset`), or by a route that this direction alone takes (`ip {{family}} route get {{address}}`). FINs that come in are dropped by that host's own firewall.",
      },
      arrived: {
        why: "A kernel acknowledges the FIN of a connection that it holds, whatever its program does, and answers that of any other by RST. It did neither: its firewall dropped the FIN behind the capture, or what it answered, or it could not send. Nothing of what was sent is lost, and nobody waits but the kernel of {{host}}, which keeps the socket until it gives up.",
        remedy:
          "It does no harm as long as such sockets are few. On {{address}}: `ss -tan dst {{host}}` shows whether it still holds the connection, `nft list ruleset | grep -iE 'invalid|drop'` what its firewall drops (`ct state invalid`), `ip {{family}} route get {{host}}` whether it can send there at all, and `nstat -az TcpInCsumErrors` what was dropped for a wrong checksum.",
      },
    },
    why: "Nothing that {{host}} sent is lost, and its program does not wait: once it has closed, the kernel alone keeps the socket, in {{state}}, and sends the FIN again until it gives up (Linux: net.ipv4.tcp_orphan_retries, 0 means 8 times, well over a minute). Had the other end closed before (LAST-ACK), nobody misses anything; else (FIN-WAIT-1) what it still had to send is lost, and if it is alive it does not know that the connection is over. Many such sockets at a time use up memory (net.ipv4.tcp_max_orphans) and ports.",
    remedy:
      "On {{host}} `ss -tano state fin-wait-1` and `ss -tano state last-ack` show such sockets and their timers; their number does not matter as long as it stays far below `sysctl net.ipv4.tcp_max_orphans`. Whether the other end is there tells `ping {{address}}`, and whether the FINs arrive a capture at it: `tcpdump -ni any 'tcp port {{port}} and tcp[tcpflags] & tcp-fin != 0'`. Firewall or address translation on the way: compare its timeouts with how long the connection had been idle (`conntrack -L -d {{address}}`, `sysctl net.netfilter.nf_conntrack_tcp_timeout_established`), and see whether it drops what belongs to no connection, or FINs (`nft list ruleset`). Keepalive (SO_KEEPALIVE, TCP_KEEPIDLE) keeps idle connections known.",
    evidence: { fin: "the FIN", last: "its last repetition in the capture" },
    references: [
      "RFC 9293, section 3.6 (closing a connection)",
      "RFC 9293, section 3.3.2 (FIN-WAIT-1, LAST-ACK)",
      "Linux net/ipv4/tcp_timer.c, tcp_orphan_retries",
      "TcpExtTCPAbortOnTimeout",
    ],
    options: {
      minSilenceMs: {
        default: 3000,
        minimum: 1000,
        description: "shortest time from the FIN to its last repetition that is reported",
      },
    },
  },

  create(context) {
    const observed = context.observe(observeStalledAddresses);
    const minSilenceNs = context.options["minSilenceMs"]! * 1e6;
    const closes = new Map<string, UnacknowledgedFin>();
    return {
      flowEnd({ id, client, server }) {
        for (const isServer of [false, true]) {
          const [closer, peer] = isServer ? [server, client] : [client, server];
          const close = unacknowledgedFinOf(id, closer, peer);
          // Who resets a connection waits for nothing.
          if (close !== null && (closer.rstFrame === 0 || close.heardNs < close.fin.timeNs))
            closes.set(nameOf(id, isServer), close);
        }
      },
      captureEnd(observation) {
        const found = groupCloses(findOutages(observed, observation), closes, minSilenceNs);
        for (const messageId of MESSAGES) {
          for (const [host, closed] of found[messageId]) context.report(reportOf(messageId, host, closed));
        }
      },
    };
  },
});

/** Closes into silence by message, and by the host that closed. */
function groupCloses(
  outages: Iterable<Outage>,
  closes: ReadonlyMap<string, UnacknowledgedFin>,
  minSilenceNs: number,
): Record<MessageId, Map<string, ClosedStall[]>> {
  const found: Record<MessageId, Map<string, ClosedStall[]>> = {
    untaken: new Map(),
    cutOff: new Map(),
    unheard: new Map(),
    arrived: new Map(),
  };
  for (const outage of outages) {
    // Where data is repeated in vain as well, others tell of all.
    if (!OUTAGES.some((kind) => outage.kind === kind)) continue;
    if (!outage.stalls.every(isExplainedElsewhere)) continue;
    const isArrived = outage.kind === "local";
    if (isArrived && outage.route !== null) continue;
    const closed = outage.stalls.flatMap((stall) => {
      const close = closes.get(nameOf(stall.flowId, stall.run.isServerRepeating));
      if (close === undefined || !isOfFin(stall)) return [];
      return [{ stall, close, isLossy: outage.loss !== "none", isAlive: isAlive(outage) }];
    });
    const worst = worstOf(closed.map(({ stall }) => stall));
    if (worst === undefined || worst.lengthNs < minSilenceNs) continue;
    for (const each of closed) {
      // Clients behind one address come and go each for itself, and who had closed its end may forget the connection.
      const isCutOff =
        outage.kind === "alone" && !each.stall.run.isServerRepeating && each.close.state === "FIN-WAIT-1";
      const named = isArrived ? "arrived" : isCutOff ? "cutOff" : "unheard";
      const messageId = each.stall.isUntaken ? "untaken" : named;
      appendTo(found[messageId], each.stall.repeating, each);
    }
  }
  return found;
}

/** The finding about connections that `host` closed into silence. */
function reportOf(
  messageId: MessageId,
  host: string,
  closed: readonly ClosedStall[],
): Report<MessageId, "fin" | "last"> {
  const stalls = closed.map(({ stall }) => stall);
  const worst = worstOf(stalls)!;
  const { close } = closed.find(({ stall }) => stall === worst)!;
  return {
    messageId,
    data: {
      host,
      flows: connections(stalls.length),
      addresses: namesOf([...new Set(stalls.map(({ silent }) => silent))]),
      repeats: Math.max(...stalls.map(({ run }) => run.repeats)),
      worstSeconds: seconds(worst.lengthNs),
      heardSeconds: seconds(
        messageId === "untaken"
          ? close.heardNs - close.fin.timeNs
          : Math.max(0, close.fin.timeNs - close.heardNs),
      ),
      these: stalls.length === 1 ? "connection" : "connections",
      aliveNote: aliveNoteOf(closed.filter((each) => each.isAlive).length, closed.length),
      state: [...new Set(closed.map((each) => each.close.state))].sort().join(" or "),
      address: worst.silent,
      family: ipFamilyOption(worst.silent),
      port: worst.serverPort,
    },
    evidence: {
      fin: close.fin,
      last: { flowId: worst.flowId, frame: worst.run.lastFrame, timeNs: worst.run.lastNs },
    },
    subject: host,
    flowIds: stalls.map(({ flowId }) => flowId).sort((a, b) => a - b),
    confidence: isSure(messageId, closed) ? "strong" : "weak",
    vantage: worst.vantage,
    alternatives: ALTERNATIVES[messageId],
    startNs: Math.min(...closed.map((each) => each.close.fin.timeNs)),
    endNs: Math.max(...stalls.map(({ run }) => run.lastNs)),
  };
}

function nameOf(flowId: number, isServer: boolean): string {
  return `${flowId} ${isServer}`;
}

/**
 * It was nothing but the FIN that was repeated, until the capture's end, until nobody tried any more, or beyond other
 * words of its peer.
 */
function isOfFin(stall: StalledConnection): boolean {
  return isFinInVain(stall) && stall.ending !== "reset";
}

/** One connection may be cut off by chance, and where a capture was taken may be known from its conversations only. */
function isSure(messageId: MessageId, closed: readonly ClosedStall[]): boolean {
  if (messageId === "arrived") return closed.every(({ stall }) => stall.vantage !== "unknown");
  if (messageId === "untaken") return isUntakenForLong(closed.map(({ stall }) => stall));
  return messageId === "unheard" || (closed.length > 1 && !closed.some(({ isLossy }) => isLossy));
}

function isAlive({ isSilentHeard, silentSentTo }: Outage): boolean {
  return isSilentHeard || silentSentTo !== null;
}

function aliveNoteOf(alive: number, all: number): string {
  if (alive === 0) return "";
  const who = alive < all ? `Of ${alive} of these the other address` : "The other address";
  return ` ${who} did send on other connections meanwhile.`;
}
