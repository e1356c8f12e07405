import { limitNote, seconds } from "../engine/message-values.js";
import { type Attempt, describeCall, formatXid, type RpcConversation } from "../engine/rpc-conversations.js";
import { defineRule } from "../engine/rule.js";
import type { ClientAndListener, EmptyConnection } from "../signs/closes/empty-connections.js";
import { EmptyConnections } from "../signs/closes/empty-connections.js";
import { healthCheckOptions, isSteady } from "../signs/closes/steady-intervals.js";

/**
 * A loop that comes back more slowly may as well be a probe: Kubernetes' default interval is 10 s (periodSeconds), that of
 * other checkers 2 s to 30 s. The loop itself takes milliseconds a turn, and where a client waits, Linux's RPC begins with
 * 3 s (XS_TCP_INIT_REEST_TO).
 */
const SLOWEST_LOOP_NS = 10_000_000_000;

/**
 * A client that connects, closes at once without a byte, and does it again: its own error handling tears down what
 * its connector just built (Linux's NFS client did in 2012, when it was woken too early). Two patterns count:
 *
 * - a quiet chain: at least `minConnections` to one listener, each begun after the one before was closed, no exchange
 *   of data between them, and not at the steady interval of a health check;
 * - a tight chain: at least `minTightConnections`, each begun within `tightIntervalMs` of the one before, whatever
 *   else the client's address exchanges with the listener meanwhile.
 *
 * A client that tries many ports of one server without a byte is a port scanner, not a loop.
 * A load generator that drops its pool makes empty connections too, but side by side: one after the other is the sign.
 *
 * A browser that tries a server's addresses side by side (RFC 8305) closes all but one without a byte: a quiet chain of
 * which most have such a rival is none.
 *
 * Where the listener serves other connections of the same address meanwhile, what opens empty ones may as well check health, fast or
 * not: that is weak, unless they are of reserved ports or a call is left without a reply.
 *
 * Reserved source ports (below 1024) are judged apart from the others: they belong to one program.
 */
export const connectTeardownLoop = defineRule({
  id: "connect-teardown-loop",
  meta: {
    summary:
      "A client completes handshakes and closes each connection at once, over and over, without sending a byte.",
    severity: "error",
    messages: {
      loop: "{{client}} connected to {{listener}} {{connections}} times within {{spanSeconds}} s{{runNote}} and closed {{closed}} by {{closeKind}} at once, without a byte in either direction{{portNote}}.{{callNote}}{{limitNote}}",
      beside:
        "{{client}} connected to {{listener}} {{connections}} times within {{spanSeconds}} s{{runNote}} and closed {{closed}} by {{closeKind}} at once, without a byte in either direction, while other connections of that address to the same listener were served.{{limitNote}}",
    },
    messageSeverities: { beside: "warning" },
    messageTexts: {
      beside: {
        why: "Whatever else runs at that address gets its answers, so the way, the server and the client's host work. What opens these connections only looks whether the port is open, or defeats itself: the capture does not tell whether anything waits for them. Each costs the server a place in its accept queue, and the client a port for a minute (TIME_WAIT).",
        remedy:
          "Find the program with `ss -tnp dst {{serverAddress}}` on the client's host, or `conntrack -E -d {{serverAddress}}` where it is a gateway: a monitor, a load balancer's check, a pool that tests its connections or opens them in advance. Check less often, or with a request on a connection that stays open. If it is a program that hangs, read its log for why it closes what it has just opened.",
      },
    },
    why: "The network and the server work, or no handshake would complete: the client defeats itself. Whatever waits for this transport hangs, and no timeout of TCP's will ever end it.",
    remedy:
      "Look at the client, not at the network. For NFS: `grep xprt /proc/self/mountstats` (the connect count rises), `rpcdebug -m rpc -s all` for the log, and `chrt -p PID` for a real-time process that outruns rpciod; update the kernel, and where a firewall drops reused ports mount with noresvport. For other clients: find the caller with `ss -tnp dst {{serverAddress}}`, make it wait with backoff and jitter, and let it not close before its first request is written.",
    supersedes: ["rpc-call-abandoned", "rpc-call-unanswered"],
    evidence: {
      syn: "the SYN of the first connection",
      close: "the client's FIN or RST right after the handshake",
      again: "the SYN of the next connection",
    },
    references: [
      "RFC 5531, section 11",
      "Linux net/sunrpc/xprtsock.c, xs_tcp_setup_socket",
      "RFC 9293, section 3.6",
    ],
    options: {
      minConnections: { default: 3, minimum: 2, description: "connections of a quiet chain" },
      minTightConnections: { default: 10, minimum: 2, description: "connections of a tight chain" },
      maxLifeMs: {
        default: 1000,
        minimum: 0,
        description: "longest time from the end of the handshake to the client's FIN or RST",
      },
      maxIntervalMs: {
        default: 30_000,
        minimum: 1,
        description: "longest time between the SYNs of two connections of a quiet chain",
      },
      tightIntervalMs: {
        default: 200,
        minimum: 1,
        description: "longest time between the SYNs of two connections of a tight chain",
      },
      maxPorts: {
        default: 5,
        minimum: 1,
        description: "ports of one server that a client may try without a byte before it is a port scanner",
      },
      ...healthCheckOptions(500),
      fastestServedCheckMs: {
        default: 100,
        minimum: 0,
        description:
          "fastestCheckMs where the listener exchanges data with clients, and none of this client's calls is unanswered",
      },
    },
  },

  create(context) {
    const { options } = context;
    const empty = new EmptyConnections(options["maxLifeMs"]! * 1e6);
    return {
      flowEnd(flow, identity, listener) {
        empty.add(flow, identity, listener);
      },
      captureEnd({ rpcConversations }) {
        for (const pair of empty.pairs()) {
          if (empty.triedPorts(pair.client, pair.serverAddress) > options["maxPorts"]!) continue;
          const conversation = conversationOf(pair, rpcConversations);
          const isServed = !pair.isReserved && conversation === undefined && empty.isServing(pair.listener);
          const runs = runsOf(pair.connections, options, isServed);
          const loop = runs.flat();
          const [first, second] = loop;
          if (first === undefined || second === undefined) continue;
          const endNs = Math.max(...lastOf(loop));
          const resets = loop.filter(({ isReset }) => isReset).length;
          const note = callNote(first.startNs, conversation);
          const isStuck = pair.isReserved || note !== "";
          const isBeside = !isStuck && isServedBeside(loop);
          const hasRivals = !isStuck && areRivals(loop);
          const isLong = pair.isReserved || isLasting(loop, options["minTightConnections"]!, note !== "");
          context.report({
            messageId: isBeside ? "beside" : "loop",
            data: {
              client: pair.client,
              listener: pair.listener.name,
              serverAddress: pair.serverAddress,
              connections: loop.length,
              ...runValues(runs),
              spanSeconds: seconds(endNs - first.startNs),
              closeKind: resets === 0 ? "FIN" : resets === loop.length ? "RST" : "FIN or RST",
              portNote: pair.isReserved ? ", from source ports below 1024" : "",
              callNote: note,
              limitNote: limitNote(pair.connections.length, "connections without a byte", pair.leftOut),
            },
            evidence: { syn: first.syn, close: first.close, again: second.syn },
            subject: subjectOf(pair),
            flowIds: loop.map(({ flowId }) => flowId),
            confidence: isLong && !isBeside && !hasRivals ? "strong" : "weak",
            vantage: "unknown",
            alternatives: [...(isBeside ? BESIDE : PROBES), ...(hasRivals ? [RIVALS] : [])],
            startNs: first.startNs,
            endNs,
          });
        }
      },
    };
  },
});

const PROBES = [
  "A port scanner or monitoring probe that checks the listener at irregular times.",
  "A benchmark of how many connections a second the server takes.",
];
/** Where other connections of the same address are served. */
const BESIDE = [
  "A monitor or a load balancer at that address looks whether the port is open, or a pool tests connections or opens them in advance: nothing hangs.",
  "Several hosts share that address (NAT), and the one that loops is not the one that is served.",
];
/** Where `areRivals` holds. */
const RIVALS =
  "The client tries several addresses of the server side by side, and closes what it does not need (RFC 8305).";

/** The client's address exchanged data with the listener on connections that began within the loop, or lasted through half of it. */
function isServedBeside(loop: readonly EmptyConnection[]): boolean {
  return loop.at(-1)!.exchangesBefore > loop[0]!.exchangesBefore || loop[loop.length >>> 1]!.isBesideExchange;
}

function areRivals(loop: readonly EmptyConnection[]): boolean {
  return loop.filter(({ hasRival }) => hasRival).length * 2 > loop.length;
}

function subjectOf({ client, listener, isReserved }: ClientAndListener): string {
  return `${client}${isReserved ? " (reserved port)" : ""} -> ${listener.name}`;
}

function conversationOf(
  { client, listener }: ClientAndListener,
  conversations: readonly RpcConversation[],
): RpcConversation | undefined {
  return conversations.find((each) => each.client === client && each.listener === listener.name);
}

/** Between two runs the client did other work with the listener, or nothing. */
function runValues(runs: readonly (readonly EmptyConnection[])[]) {
  if (runs.length === 1) return { runs: 1, runNote: "", closed: "every connection" };
  const longest = runs.reduce((most, run) => Math.max(most, run.length), 0);
  return {
    runs: runs.length,
    runNote: `, in ${runs.length} runs of at most ${longest},`,
    closed: "each of these connections",
  };
}

/**
 * The call of ONC RPC that went without a reply on a connection from before the loop, who closed that, and that the call
 * was not sent again since; a sentence. A client that had no route may send it only when its connection is closed already.
 */
function callNote(beganNs: number, conversation: RpcConversation | undefined): string {
  const last = conversation?.stuckCalls
    .map((attempts) => attempts.at(-1)!)
    .findLast(
      (attempt) => !attempt.isAnswered && !attempt.call.mayHaveReply && isFromBefore(beganNs, attempt),
    );
  if (last === undefined) return "";
  const { call } = last;
  return ` The call ${describeCall(call)} with XID ${formatXid(call.xid)} in frame ${call.frame} had no reply${closeNote(last)} and was never sent again.`;
}

function isFromBefore(beganNs: number, { call, connection }: Attempt): boolean {
  return call.timeNs < beganNs || (connection.closedBy !== null && connection.start.timeNs < beganNs);
}

function closeNote({ call, connection: { closedBy, end } }: Attempt): string {
  if (closedBy === null) return "";
  return end.timeNs < call.timeNs
    ? `, since the ${closedBy} had closed its connection in frame ${end.frame},`
    : ` when the ${closedBy} closed its connection in frame ${end.frame},`;
}

/** When the last connections were closed; they end nearly in the order in which they began. */
function lastOf(loop: readonly EmptyConnection[]): number[] {
  return loop.slice(-10).map(({ closedNs }) => closedNs);
}

/**
 * At least `count` connections in a row that began quickly one after the other, or as many at any pace of a client that
 * waits for a reply. What comes in a few short runs, with work done in between, hurts nobody for long.
 */
function isLasting(loop: readonly EmptyConnection[], count: number, hasLostCall: boolean): boolean {
  if (hasLostCall) return loop.length >= count;
  const longestNs = (count - 1) * SLOWEST_LOOP_NS;
  return loop.slice(count - 1).some(({ startNs }, earlier) => startNs - loop[earlier]!.startNs <= longestNs);
}

/** The connections that are members of a quiet or a tight chain, by runs that belong together; none when they are no loop. */
function runsOf(
  connections: readonly EmptyConnection[],
  options: Readonly<Record<string, number>>,
  isServed: boolean,
): EmptyConnection[][] {
  const fastestMs = options[isServed ? "fastestServedCheckMs" : "fastestCheckMs"]!;
  const isHealthCheck = (chain: readonly EmptyConnection[]): boolean =>
    isSteady(
      chain.map(({ startNs }) => startNs),
      fastestMs * 1e6,
      options["checkJitterPercent"]!,
    );
  const quiet = chainsOf(connections, options["maxIntervalMs"]! * 1e6, true).filter(
    (chain) => chain.length >= options["minConnections"]! && !isHealthCheck(chain) && !areRivals(chain),
  );
  const tight = chainsOf(connections, options["tightIntervalMs"]! * 1e6, false).filter(
    (chain) => chain.length >= options["minTightConnections"]! && !isHealthCheck(chain),
  );
  const chains = [...quiet, ...tight];
  const members = new Set(chains.flat());
  const followers = new Set(chains.flatMap((chain) => chain.slice(1)));
  const runs: EmptyConnection[][] = [];
  for (const connection of connections) {
    if (!members.has(connection)) continue;
    if (followers.has(connection)) runs.at(-1)!.push(connection);
    else runs.push([connection]);
  }
  return runs;
}

/** Runs of connections, each begun after the one before was closed and within `maxIntervalNs` of its beginning. */
function chainsOf(
  connections: readonly EmptyConnection[],
  maxIntervalNs: number,
  isBrokenByExchange: boolean,
): EmptyConnection[][] {
  const chains: EmptyConnection[][] = [];
  let previous: EmptyConnection | undefined;
  for (const connection of connections) {
    const goesOn =
      previous !== undefined &&
      connection.startNs >= previous.closedNs &&
      connection.startNs - previous.startNs <= maxIntervalNs &&
      !(isBrokenByExchange && connection.exchangesBefore > previous.exchangesBefore);
    if (goesOn) chains.at(-1)!.push(connection);
    else chains.push([connection]);
    previous = connection;
  }
  return chains;
}
