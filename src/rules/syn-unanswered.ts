import { commonVantage } from "../engine/common-vantage.js";
import { listenerValues, seconds } from "../engine/message-values.js";
import { defineRule } from "../engine/rule.js";
import { spanOf } from "../engine/time-window.js";
import {
  answerNote,
  type FailedAttempt,
  FailedAttempts,
  type FailingListener,
} from "../signs/attempts/failed-attempts.js";
import { countRejected, type IcmpAnswer, unreachableAnswers } from "../signs/attempts/icmp-answers.js";
import { scanReport } from "../signs/attempts/scan-report.js";
import { type SignatureSuspicion, SignedSyns } from "../signs/attempts/signed-syns.js";
import { type StrayAnswer, StrayAnswers } from "../signs/attempts/stray-answers.js";

/** A SYN that is not answered is sent again sooner. RFC 6298, section 5.7. */
const LONGEST_FIRST_TIMER_NS = 3_000_000_000;

/**
 * SYNs that draw neither SYN-ACK nor RST: dropped by a firewall or by the host, or there is no host. Or the SYN-ACK comes from
 * another address, which the client knows nothing of.
 */
export const synUnanswered = defineRule({
  id: "syn-unanswered",
  meta: {
    summary: "SYNs are not answered, neither by SYN-ACK nor by RST.",
    severity: "warning",
    messages: {
      silent:
        "{{unanswered}} of {{listenerFlows}} {{connections}} to {{listener}} got no answer to {{syns}} SYNs within {{spanSeconds}} s; {{answerNote}}{{signatureNote}}.{{limitNote}}",
      rejected:
        '{{unanswered}} of {{listenerFlows}} {{connections}} to {{listener}} were rejected: {{reporter}} answered {{rejectedSyns}} by ICMP "{{icmpError}}" (frame {{icmpFrame}}).{{limitNote}}',
      elsewhere:
        "{{unanswered}} of {{listenerFlows}} {{connections}} to {{listener}} got no answer from there but from {{answerer}} (frame {{answerFrame}}): its SYN-ACKs acknowledge these very SYNs, and the client, which did not ask it, resets them.{{limitNote}}",
      scanned: "{{client}} tried {{tried}} without an answer, {{verdict}}.{{limitNote}}",
    },
    messageSeverities: { elsewhere: "error", scanned: "note" },
    why: "connect() hangs until the client gives up, after about two minutes by Linux's defaults. Silence is what a firewall that drops, a wrong address, a host that is down, and a listener with a full queue have in common.",
    remedy:
      "Capture on the server's host too: `tcpdump -ni any 'tcp port {{port}} and tcp[tcpflags] & tcp-syn != 0'`. If the SYNs do not come in, look at the path: `tcptraceroute ADDRESS {{port}}` ends where they are dropped. If they do, look at `nft list ruleset`, at `nstat -az TcpExtListenDrops TcpExtTCPReqQFullDrop IpExtInNoRoutes TcpInCsumErrors` and, for a filter on reverse paths, at `sysctl net.ipv4.conf.all.rp_filter`. Where another address answers, follow the way back on the server by `ip route get CLIENT from ADDRESS`, and look for NAT that only one of the two ways passes (`conntrack -L`, `nft list ruleset`): answers must come back through what translated the destination, which masquerades the clients as well where they would go past it; a server with several uplinks needs a rule for each of its addresses (`ip rule add from ADDRESS lookup TABLE`).",
    evidence: {
      syn: "the first SYN of the attempt that lasted longest",
      last: "its last SYN, or the RST by which the client gave up",
    },
    references: [
      "RFC 9293, section 3.10.7.1 (CLOSED)",
      "RFC 9293, section 3.10.7.2 (LISTEN)",
      "RFC 6298, section 5.7",
      "RFC 1122, section 4.2.3.9",
      "TcpExtListenDrops",
    ],
    options: {
      minSyns: {
        default: 3,
        minimum: 1,
        description: "SYNs of one client to one listener that must go unanswered",
      },
      minSilenceMs: {
        default: 1000,
        minimum: 0,
        description:
          "time from the first of them to the last, and from the last SYN to the capture's end if it was sent only once",
      },
      maxPorts: {
        default: 5,
        minimum: 1,
        description: "ports of one server that may leave a client unanswered before it is a port scanner",
      },
      maxAddresses: {
        default: 20,
        minimum: 1,
        description: "servers that may leave a client unanswered before it is a scanner",
      },
    },
  },

  create(context) {
    const { options } = context;
    const minSyns = options["minSyns"]!;
    const minSilenceNs = options["minSilenceMs"]! * 1e6;
    const unanswered = new FailedAttempts("unanswered", options["maxPorts"]!, options["maxAddresses"]!);
    const strayAnswers = new StrayAnswers();

    function report(
      messageId: "silent" | "rejected" | "elsewhere",
      failing: FailingListener,
      attempts: readonly FailedAttempt[],
      answered: {
        readonly icmp?: { readonly answer: IcmpAnswer; readonly rejectedSyns: string };
        readonly strays?: readonly StrayAnswer[];
        readonly signature?: SignatureSuspicion | null;
      } = {},
    ): void {
      const { icmp, strays = [], signature = null } = answered;
      const { listener, port } = failing;
      const longest = attempts.reduce((a, b) => (b.endNs - b.startNs > a.endNs - a.startNs ? b : a));
      const { serverAddress } = attempts[0]!;
      const { startNs, endNs } = spanOf(attempts);
      const clients = new Set(attempts.map(({ client }) => client));
      const hasAnswered = listener.answersNs.length > 0;
      // Nothing was listening there, and the host said so.
      const hasRefused = !hasAnswered && listener.refused > 0;
      const isLoopback = attempts.some((attempt) => attempt.isLoopback);
      context.report({
        messageId,
        data: {
          ...listenerValues(listener, port),
          serverAddress,
          unanswered: attempts.length,
          syns: attempts.reduce((sum, { syns }) => sum + syns, 0),
          spanSeconds: seconds(endNs - startNs),
          answerNote: hasRefused ? "it refused others" : answerNote({ ...failing, flows: attempts }),
          limitNote: unanswered.limitNote,
          signatureNote: signature?.note ?? "",
          icmpError: icmp?.answer.name ?? "",
          reporter: icmp?.answer.reporter ?? "",
          icmpFrame: icmp?.answer.frame ?? 0,
          rejectedSyns: icmp?.rejectedSyns ?? "",
          answerer: inWords(strays),
          answerFrame: strays[0]?.frame ?? 0,
          ...(clients.size === 1 ? { client: attempts[0]!.client } : {}),
        },
        evidence: { syn: longest.syn, last: longest.last },
        subject: listener.name,
        flowIds: attempts.map(({ flowId }) => flowId),
        confidence: messageId === "silent" && (hasAnswered || hasRefused || isLoopback) ? "weak" : "strong",
        vantage: commonVantage(attempts),
        alternatives: {
          rejected: [],
          elsewhere: TRANSLATED,
          silent: alternatives(hasAnswered, hasRefused, isLoopback, signature),
        }[messageId],
        startNs,
        endNs,
      });
    }

    return {
      flowEnd(flow, identity, listener) {
        unanswered.add(flow, identity, listener);
        strayAnswers.add(flow, identity, listener);
      },
      captureEnd({ endNs, icmpErrors }) {
        const answers = unreachableAnswers(icmpErrors);
        const failingListeners = [...unanswered.listeners()];
        const signed = new SignedSyns(failingListeners);
        for (const failing of failingListeners) {
          const rejected = failing.flows.filter(({ flowId }) => answers.has(flowId));
          if (rejected.length > 0)
            report("rejected", failing, rejected, {
              icmp: {
                answer: answers.get(rejected[0]!.flowId)!,
                rejectedSyns: countRejected(rejected, answers, icmpErrors),
              },
            });
          const strays = new Map<FailedAttempt, StrayAnswer>();
          for (const attempt of failing.flows) {
            const stray = answers.has(attempt.flowId) ? null : strayAnswers.to(attempt);
            if (stray !== null) strays.set(attempt, stray);
          }
          if (strays.size > 0)
            report("elsewhere", failing, [...strays.keys()], { strays: [...strays.values()] });
          const rest = { ...failing, flows: failing.flows.filter((attempt) => !strays.has(attempt)) };
          const silent = inVain(rest, endNs, minSyns, minSilenceNs).filter(
            ({ flowId }) => !answers.has(flowId),
          );
          if (silent.length > 0) report("silent", failing, silent, { signature: signed.suspicionOf(silent) });
        }
        for (const scan of unanswered.scans()) {
          const first = scan.attempts[0]!;
          context.report({
            messageId: "scanned",
            evidence: { syn: first.syn, last: first.last },
            alternatives: ["A client whose servers are all down, or cut off."],
            ...scanReport(scan, "as a scan does", unanswered.limitNote),
          });
        }
      },
    };
  },
});

/** The attempts of clients that sent `minSyns` SYNs or more, over at least `minSilenceNs`. */
function inVain(
  { flows: attempts }: FailingListener,
  captureEndNs: number,
  minSyns: number,
  minSilenceNs: number,
): FailedAttempt[] {
  const waited = attempts.filter(({ syns, endNs, listener }) => {
    if (syns > 1) return true;
    const leftNs = captureEndNs - endNs;
    // Who does not ask again has been answered: by a refusal, as others were, that the capture lacks.
    const isRefusedUnseen = listener.refused > 0 && leftNs > LONGEST_FIRST_TIMER_NS;
    return leftNs >= minSilenceNs && !isRefusedUnseen;
  });
  const byClient = new Map<string, { syns: number; startNs: number; endNs: number }>();
  for (const { client, syns, startNs, endNs } of waited) {
    const own = byClient.get(client);
    if (own === undefined) byClient.set(client, { syns, startNs, endNs });
    else {
      own.syns += syns;
      own.startNs = Math.min(own.startNs, startNs);
      own.endNs = Math.max(own.endNs, endNs);
    }
  }
  return waited.filter(({ client }) => {
    const { syns, startNs, endNs } = byClient.get(client)!;
    return syns >= minSyns && endNs - startNs >= minSilenceNs;
  });
}

const TRANSLATED = [
  "The destination is translated on the way there (by a load balancer, or by NAT), and the answers go past what does it, by a shorter way or another route.",
  "The source of the answers is translated on the way back (SNAT, masquerading), as on a server or router with several addresses.",
];

/** `192.0.2.9:80`, `192.0.2.9:80 and 2 more`. */
function inWords(strays: readonly StrayAnswer[]): string {
  const servers = new Set(strays.map(({ server }) => server));
  const [first = ""] = servers;
  return servers.size > 1 ? `${first} and ${servers.size - 1} more` : first;
}

const QUEUE_FULL = "The listener's queue was full (`nstat -az TcpExtListenDrops` on the server).";

function alternatives(
  hasAnswered: boolean,
  hasRefused: boolean,
  isLoopback: boolean,
  signature: SignatureSuspicion | null,
): string[] {
  const key = signature === null ? [] : [signature.cause];
  // Without a listener the port would refuse.
  if (isLoopback)
    return [...key, QUEUE_FULL, "A packet filter on this host drops the SYNs (`nft list ruleset`)."];
  const dropped = "A firewall on the way, or on the server's host, drops the SYNs.";
  if (hasRefused)
    return [
      ...key,
      "The SYNs, or the RSTs that refuse them, were lost on the way, as on a full link.",
      dropped,
    ];
  const always = [dropped, "The host is down, or answers on another way that the capture does not show."];
  return hasAnswered ? [...key, QUEUE_FULL, ...always] : [...key, ...always];
}
