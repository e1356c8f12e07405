import { appendTo } from "../engine/append-to.js";
import { commonVantage } from "../engine/common-vantage.js";
import { listenerValues, seconds } from "../engine/message-values.js";
import { defineRule } from "../engine/rule.js";
import { spanOf } from "../engine/time-window.js";
import { AnswerDistances, routersPassed } from "../signs/attempts/answer-distance.js";
import { backgroundReport } from "../signs/attempts/background-report.js";
import { partBackgroundScans } from "../signs/attempts/background-scans.js";
import {
  answerNote,
  type FailedAttempt,
  FailedAttempts,
  type FailingListener,
} from "../signs/attempts/failed-attempts.js";
import { scanReport } from "../signs/attempts/scan-report.js";
import { healthCheckOptions, isSteady } from "../signs/closes/steady-intervals.js";

/** So many refusals at steady intervals are a health check's. */
const FEWEST_CHECKS = 4;
/**
 * Windows asks again half a second after a RST, twice or up to four times, and other systems do not. Who asks more often and no
 * sooner than by the timer of an unanswered SYN (RFC 6298, section 2.1: 1 s) has got none.
 */
const FEWEST_UNHEARD = 3;
const SOONEST_TIMER_NS = 900_000_000;
/** On a path that loses a quarter of all segments, so many RSTs of one connection get lost by chance. */
const MOST_LOST_BY_CHANCE = 3;
/** RFC 1413: mail servers ask for it, nobody needs the answer. */
const IDENT_PORT = 113;

/** A SYN is answered by RST: the host is reached, and nothing listens there, or a firewall says so in its place. */
export const synRefused = defineRule({
  id: "syn-refused",
  meta: {
    summary: "Connections are refused: a SYN is answered by RST.",
    severity: "warning",
    messages: {
      refused:
        "{{refused}} of {{listenerFlows}} {{connections}} to {{listener}} {{were}} refused within {{spanSeconds}} s; {{answerNote}}.{{limitNote}}",
      unheard:
        "{{refused}} of {{listenerFlows}} {{connections}} to {{listener}} {{were}} refused, and the SYNs sent again, {{repeats}} times in all and up to {{worstSeconds}} s later: the RSTs do not reach the client, whose connect() hangs; {{answerNote}}.{{limitNote}}",
      foreign:
        "{{refused}} of {{listenerFlows}} {{connections}} to {{listener}} {{were}} refused within {{spanSeconds}} s by somebody nearer than the server: the RSTs have the TTL {{rstTtl}}, the SYN-ACKs {{answerTtl}}; {{answerNote}}.{{limitNote}}",
      starting:
        "{{refused}} of {{listenerFlows}} {{connections}} to {{listener}} {{were}} refused in the {{spanSeconds}} s before it began to answer.{{limitNote}}",
      checks:
        "{{listener}} refused {{refused}} connections at steady intervals of {{intervalSeconds}} s, as a health check makes them; {{answerNote}}.{{limitNote}}",
      scanned: "{{client}} tried {{tried}} and was refused {{refused}} times, {{verdict}}.{{limitNote}}",
      background:
        "{{clients}} clients tried {{targets}} ports of {{serverAddress}} ({{ports}}) within {{spanSeconds}} s and were refused; no port answered anybody and nobody came again, as with scans of the Internet.{{limitNote}}",
    },
    messageSeverities: { starting: "note", checks: "note", scanned: "note", background: "note" },
    why: "The SYN arrived and came back as an RST: nobody listens on that address and port, or a firewall rejects in the server's place. A client that gets the RST fails at once with ECONNREFUSED, and no network is slow or lossy; one that does not get it hangs in connect() until it gives up.",
    remedy:
      "On the server `ss -ltnp 'sport = :{{port}}'` shows who listens, and on which addresses: a program that is bound to 127.0.0.1 refuses everyone else. If somebody does, `nft list ruleset` (or `iptables-save`) shows a rule that rejects with tcp reset. If nobody does, start the service, or correct address and port in the client. Where clients do not get the RSTs, look for a firewall that drops these on the way back, or on the client's host (`nft list ruleset` there, `nstat -az TcpInCsumErrors TcpExtIPReversePathFilter`).",
    messageTexts: {
      foreign: {
        why: "A device on the way answers SYNs by RST in the server's name, as a firewall that rejects with tcp reset does, or one that limits new connections. The server has not seen these SYNs, and its log and counters know nothing of them.",
        remedy:
          "Find the device by its distance: `traceroute -T -p {{port}}` names the routers on the way, and the RST has passed {{rstRouters}} of them before the capture. Look there for a rule that rejects with tcp reset (`nft list ruleset`, `iptables-save`), above all for a limit of new connections for each address or second.",
      },
    },
    evidence: { syn: "a SYN that was refused", rst: "the RST that answers it" },
    references: ["RFC 9293, section 3.5.2 (group 1)", "RFC 9293, section 3.10.7.1 (CLOSED)", "TcpOutRsts"],
    // A SYN and its RST say all there is to say.
    withstands: ["loss", "clock"],
    options: {
      maxPorts: {
        default: 5,
        minimum: 1,
        description:
          "ports of one server that may refuse a client before it is a port scanner, or strangers before they are the Internet's background",
      },
      maxAddresses: {
        default: 20,
        minimum: 1,
        description: "servers that may refuse a client before it is a scanner",
      },
      startSeconds: {
        default: 10,
        minimum: 0,
        description: "longest time of refusals before the first answer that is a service's start",
      },
      ...healthCheckOptions(900),
    },
  },

  create(context) {
    const { options } = context;
    const refused = new FailedAttempts("refused", options["maxPorts"]!, options["maxAddresses"]!);
    const distances = new AnswerDistances();

    function kindOf({ flows: attempts, listener: { answersNs } }: FailingListener) {
      const { startNs, endNs } = spanOf(attempts);
      const firstAnswerNs = answersNs[0];
      if (
        firstAnswerNs !== undefined &&
        firstAnswerNs > endNs &&
        firstAnswerNs - startNs <= options["startSeconds"]! * 1e9
      )
        return "starting";
      return attempts.length >= FEWEST_CHECKS && isSteadyForEach(attempts) ? "checks" : "refused";
    }

    /** Every client comes at steady intervals of its own. */
    function isSteadyForEach(attempts: readonly FailedAttempt[]): boolean {
      for (const timesNs of startsByClient(attempts)) {
        if (timesNs.length < FEWEST_CHECKS) return false;
        if (!isSteady(timesNs, options["fastestCheckMs"]! * 1e6, options["checkJitterPercent"]!))
          return false;
      }
      return true;
    }

    function reportAt(
      failing: FailingListener,
      messageId: ReturnType<typeof kindOf> | "unheard" | "foreign",
      answerTtl = 0,
    ): void {
      const { flows: attempts, listener, port } = failing;
      const { startNs, endNs } = spanOf(attempts);
      const repeats = attempts.reduce((sum, { laterRsts }) => sum + laterRsts, 0);
      const isByChance = messageId === "unheard" && repeats <= MOST_LOST_BY_CHANCE;
      context.report({
        messageId,
        data: {
          ...listenerValues(listener, port),
          refused: attempts.length,
          were: attempts.length === 1 ? "was" : "were",
          spanSeconds: seconds(endNs - startNs),
          repeats,
          worstSeconds: seconds(attempts.reduce((most, { askedOnNs }) => Math.max(most, askedOnNs), 0)),
          intervalSeconds: seconds(meanIntervalNs(attempts)),
          answerNote: answerNote(failing),
          limitNote: refused.limitNote,
          ...(messageId === "foreign" ? foreignValues(attempts, answerTtl) : {}),
          ...clientOf(attempts),
        },
        evidence: evidenceOf(attempts),
        subject: listener.name,
        flowIds: attempts.map(({ flowId }) => flowId),
        confidence: isByChance ? "weak" : "strong",
        vantage: commonVantage(attempts),
        alternatives:
          messageId === "unheard"
            ? UNHEARD
            : messageId === "foreign"
              ? FOREIGN
              : alternatives(messageId === "checks" && listener.answersNs.length === 0),
        startNs,
        endNs,
      });
    }

    function reportHeard(failing: FailingListener): void {
      const { flows: attempts, listener } = failing;
      const kind = kindOf(failing);
      const found = kind === "refused" ? distances.foreignAmong(listener, attempts) : null;
      if (found === null) {
        reportAt(failing, kind);
        return;
      }
      reportAt({ ...failing, flows: found.foreign }, "foreign", found.answerTtl);
      const foreign = new Set(found.foreign);
      const own = attempts.filter((attempt) => !foreign.has(attempt));
      if (own.length > 0) reportAt({ ...failing, flows: own }, kind);
    }

    return {
      flowEnd(flow, identity, listener) {
        if (flow.server.synFrame > 0) distances.add(flow, listener);
        if (identity.serverPort !== IDENT_PORT) refused.add(flow, identity, listener);
      },
      captureEnd() {
        const { wanted, scans } = partBackgroundScans(refused.listeners(), options["maxPorts"]!);
        for (const failing of wanted) {
          const unheard = failing.flows.filter(isUnheard);
          if (unheard.length > 0) reportAt({ ...failing, flows: unheard }, "unheard");
          const heard = failing.flows.filter((attempt) => !isUnheard(attempt));
          if (heard.length > 0) reportHeard({ ...failing, flows: heard });
        }
        for (const scan of refused.scans()) {
          const { data, ...report } = scanReport(scan, "as a port scan is", refused.limitNote);
          context.report({
            messageId: "scanned",
            data: { ...data, refused: scan.attempts.length },
            evidence: evidenceOf(scan.attempts),
            alternatives: ["A client whose servers are all down."],
            ...report,
          });
        }
        for (const background of scans) {
          context.report({
            messageId: "background",
            evidence: evidenceOf(background.attempts),
            ...backgroundReport(background, refused.limitNote),
          });
        }
      },
    };
  },
});

const UNHEARD = [
  "The RSTs arrive, and the client's own host drops them (a packet filter), or ignores them: their checksum is wrong, or they do not acknowledge the SYN.",
  "A program makes the SYNs itself, as a probe or a scanner does, and repeats them whatever comes back.",
];

const FOREIGN = [
  "A balancer on the way answers SYNs for several servers, and sent these to one that is nearer and refuses.",
];

function foreignValues(attempts: readonly FailedAttempt[], answerTtl: number) {
  const [{ rstTtl }] = attempts as [FailedAttempt];
  const routers = routersPassed(rstTtl);
  return { rstTtl, answerTtl, rstRouters: routers === 0 ? "none" : routers };
}

function isUnheard({ laterRsts, askedOnNs }: FailedAttempt): boolean {
  return laterRsts >= FEWEST_UNHEARD && askedOnNs >= laterRsts * SOONEST_TIMER_NS;
}

function evidenceOf([first]: readonly FailedAttempt[]) {
  return { syn: first!.syn, rst: first!.last };
}

/** When each client's connections began, nanoseconds since the capture's origin, ascending. */
function startsByClient(attempts: readonly FailedAttempt[]): readonly (readonly number[])[] {
  const byClient = new Map<string, number[]>();
  for (const { client, startNs } of attempts) appendTo(byClient, client, startNs);
  return [...byClient.values()].map((timesNs) => timesNs.sort((a, b) => a - b));
}

/** From one connection of a client to its next, each from its first SYN; 0 where no client came twice. */
function meanIntervalNs(attempts: readonly FailedAttempt[]): number {
  let sum = 0;
  let count = 0;
  for (const timesNs of startsByClient(attempts)) {
    sum += timesNs.at(-1)! - timesNs[0]!;
    count += timesNs.length - 1;
  }
  return count === 0 ? 0 : sum / count;
}

/** A listener that never answered may be one that a client waits for. */
function alternatives(mayBeAwaited: boolean): string[] {
  const firewall = "A firewall on the way or on the server rejected the SYNs with RST in its place.";
  return mayBeAwaited
    ? ["A client that tries again at a fixed interval, until somebody listens there.", firewall]
    : [firewall];
}

/** The client, where it is always the same one. */
function clientOf(attempts: readonly FailedAttempt[]): { client?: string } {
  const { client } = attempts[0]!;
  return attempts.every((each) => each.client === client) ? { client } : {};
}
