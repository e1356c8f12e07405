import type { Listener } from "../engine/listeners.js";
import { duration, seconds } from "../engine/message-values.js";
import { defineRule } from "../engine/rule.js";
import { type IdleClose, IdleCloses } from "../signs/closes/idle-closes.js";
import { type IdleTimeout, idleNs, isAlike, timeoutOf, withoutEnds } from "../signs/closes/idle-timeouts.js";
import {
  incidentData,
  incidentReport,
  ListenerIncidents,
  type Sufferer,
  type Suffering,
  suffererOf,
} from "../signs/listeners/listener-incidents.js";

/** Remembered; what comes behind them is not asked. */
const MOST_CLOSES = 20_000;
/** So long behind a FIN a client has had time to look. */
const STALE_NS = 1_000_000_000;
/** So many are no misunderstanding, each time, of what a client says when it closes. */
const MANY_REQUESTS = 3;

type Role = "last" | "close" | "rst";

interface Closed {
  readonly sufferer: Sufferer;
  readonly close: IdleClose;
  readonly rstFrame: number;
  readonly closeFrame: number;
  readonly closeNs: number;
  readonly rstNs: number;
}

/** A server closes a connection that was idle, and the client's next request meets that: it is answered by a RST, and lost. */
export const idleCloseRace = defineRule({
  id: "idle-close-race",
  meta: {
    summary:
      "Requests on idle connections meet the server's closing of these and are lost: the keep-alive race.",
    severity: "warning",
    messages: {
      raced:
        "{{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} lost a request in the keep-alive race: they had been idle for {{idleSeconds}} s when the server closed them, and the next request met that: it was answered by a RST. {{met}}{{timeout}}",
      stale:
        "{{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} carried a request, answered by a RST, up to {{lateSeconds}} s after the server's FIN had come: the client's program had not looked, and took a connection that was closed. They had been idle for {{idleSeconds}} s when the server closed them.{{timeout}}",
    },
    messageTexts: {
      stale: {
        why: "A connection that the peer has closed can be read: the client's program learns of the FIN when it looks. One that does not look keeps it in CLOSE-WAIT, and its next request is lost: it gets ECONNRESET or EPIPE, and a proxy answers 502. Each connection that was idle for long fails so, however seldom the server closes.",
        remedy:
          "On the client's host `ss -tnp state close-wait 'dport = :{{port}}'` shows connections that the server has closed and the program has not, and whose they are. Let its pool look whether a connection has ended before it takes one (the stale check of Apache's HttpClient, a read that must not wait), or drop connections before they have been idle for {{shortestSeconds}} s; and let it send idempotent requests again when the connection ends before the first octet of an answer (RFC 9112, section 9.3.1).",
      },
    },
    why: "Either end may close an idle connection at any time, and the other learns of it half a round trip later. A request that is sent meanwhile is thrown away unread: browsers and HTTP libraries may send it again on another connection, proxies and balancers answer 502 or 504, and programs see ECONNRESET or `socket hang up`. It is rare, and comes and goes with the load: the rarer requests are, the more of them meet a close.",
    remedy:
      "Whoever sends requests must give up idle connections before the server does: set the idle timeout of its pool clearly below {{shortestSeconds}} s, or the server's clearly above that of every proxy and balancer in front of it. Node: `server.keepAliveTimeout` (5 s by default); nginx: `keepalive_timeout`, which stands for clients in `server` and for servers in `upstream`; Gunicorn: `--keep-alive` (2 s); AWS load balancers keep connections for 60 s. `curl -sv http://{{listener}}/ -o /dev/null 2>&1 | grep -i keep-alive` shows what a server announces. Let clients send idempotent requests again when the connection ends before the first octet of an answer (RFC 9112, section 9.3.1).",
    supersedes: ["rst-mid-stream"],
    evidence: {
      last: "the last segment before the silence, of the connection whose silence was longest",
      close: "the server's FIN, or the RST in its place",
      rst: "the RST that answers the request",
    },
    references: [
      "RFC 9112, section 9.3.1 (retrying requests)",
      "RFC 9112, section 9.5 (connections close at any time)",
      "RFC 9293, section 3.6.1",
      "TcpExtTCPAbortOnData, TcpExtTCPAbortOnClose",
    ],
    options: {
      minIdleMs: {
        default: 400,
        minimum: 100,
        description: "shortest silence behind which a close is one for being idle",
      },
    },
  },

  create(context) {
    const closes = new IdleCloses(context.perFlow, context.options["minIdleMs"]! * 1e6);
    const byListener = new Map<Listener, Closed[]>();
    let count = 0;

    function report(messageId: "raced" | "stale", met: readonly Closed[], timeout: IdleTimeout | null): void {
      const incidents = new ListenerIncidents<Suffering<Role>>();
      for (const each of met) incidents.add(each.sufferer, sufferingOf(each));
      for (const incident of incidents.all()) {
        const times = met.map(({ close }) => idleNs(close));
        const isRequest =
          met.some(({ close }) => close.request!.met !== "fin") || met.length >= MANY_REQUESTS;
        const isSure = isRequest && (messageId === "stale" || timeout !== null);
        context.report({
          messageId,
          data: {
            ...incidentData(incident),
            idleSeconds: spanText(times),
            shortestSeconds: seconds(Math.min(...(timeout?.times ?? times))),
            lateSeconds: seconds(latestOf(met)),
            met: metText(met),
            timeout: timeoutText(timeout),
          },
          ...incidentReport(incident),
          confidence: isSure ? "strong" : "weak",
          alternatives: [
            ...(isRequest ? [] : [LAST_WORD]),
            ...(messageId === "stale" ? [] : [timeout === null ? ENDED : OVERLOADED]),
          ],
        });
      }
    }

    return {
      fin(segment, flow) {
        closes.fin(segment, flow);
      },
      rst(segment, flow) {
        closes.rst(segment, flow);
      },
      paused(segment, flow) {
        closes.paused(segment, flow);
      },
      flowEnd(flow, identity, listener) {
        const close = closes.of(flow);
        if (close === null || count++ >= MOST_CLOSES) return;
        const { finFrame, finNs, rstFrame, rstNs } = flow.server;
        const closed = {
          sufferer: suffererOf(flow, identity, listener),
          close,
          rstFrame,
          rstNs,
          closeFrame: finFrame || rstFrame,
          closeNs: finFrame > 0 ? finNs : rstNs,
        };
        const known = byListener.get(listener);
        if (known === undefined) byListener.set(listener, [closed]);
        else known.push(closed);
      },
      captureEnd() {
        for (const all of byListener.values()) {
          const idle = withoutEnds(all);
          const timeout = timeoutOf(idle.map(({ close }) => close));
          report(
            "raced",
            idle.filter((each) => !isStale(each) && isRaced(each, timeout)),
            timeout,
          );
          report("stale", all.filter(isStale), timeout);
        }
      },
    };
  },
});

const LAST_WORD = "What met the close was no request: the client had got the FIN, and took its leave.";
const ENDED =
  "The server's program ended or was restarted at that moment, with all of its connections, or closes each after so many requests.";
const OVERLOADED = "The server closes idle connections sooner than usual, since it has too many.";

/** The program did not take up what its kernel had got long before. */
function isStale({ close: { request } }: Closed): boolean {
  return request?.met === "fin" && request.lateNs >= STALE_NS;
}

/** A RST without a FIN before may have any reason, unless it comes when the server closes connections that are idle. */
function isRaced(each: Closed, timeout: IdleTimeout | null): boolean {
  const { request } = each.close;
  if (request === null || request.met !== "reset") return request !== null;
  return timeout !== null && isAlike(idleNs(each.close), timeout.medianNs);
}

function sufferingOf({
  sufferer: { flowId },
  close,
  closeFrame,
  closeNs,
  rstFrame,
  rstNs,
}: Closed): Suffering<Role> {
  const waitedNs = close.closedNs - close.fromNs;
  return {
    side: "server",
    count: 1,
    totalNs: waitedNs,
    worstNs: waitedNs,
    evidence: {
      last: { flowId, frame: close.fromFrame, timeNs: close.fromNs },
      close: { flowId, frame: closeFrame, timeNs: closeNs },
      rst: { flowId, frame: rstFrame, timeNs: rstNs },
    },
    startNs: close.fromNs,
    endNs: rstNs,
  };
}

const MET = {
  crossed: "the request and the FIN crossed on the way",
  fin: "the client had got the FIN, up to {} before, when it sent the request",
  reset: "the request had arrived, and was thrown away unread: a RST stands in the place of the FIN",
} as const;

function latestOf(met: readonly Closed[]): number {
  return Math.max(...met.map(({ close }) => close.request!.lateNs));
}

function metText(raced: readonly Closed[]): string {
  const texts = Object.entries(MET).flatMap(([met, text]) => {
    const those = raced.filter(({ close }) => close.request!.met === met);
    if (those.length === 0) return [];
    const told = text.replace("{}", duration(latestOf(those)));
    return [those.length === raced.length ? told : `${told} (${those.length} of ${raced.length})`];
  });
  const text = texts.join("; ");
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}

function timeoutText(timeout: IdleTimeout | null): string {
  if (timeout === null) return "";
  const { times } = timeout;
  return ` The server closes connections that have been idle for ${spanText(times)} s: so it did with ${times.length} in the capture.`;
}

/** Such as `5.0` or `5.0 to 5.2`. */
function spanText(times: readonly number[]): string {
  const [shortest, longest] = [seconds(Math.min(...times)), seconds(Math.max(...times))];
  return shortest === longest ? shortest : `${shortest} to ${longest}`;
}
