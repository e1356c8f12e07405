import { appendTo } from "../engine/append-to.js";
import { commonVantage } from "../engine/common-vantage.js";
import { connections, seconds } from "../engine/message-values.js";
import { defineRule } from "../engine/rule.js";
import { pairOf } from "../signs/addresses/address-pair.js";
import { aboutFlow, type FlowOfAddresses } from "../signs/addresses/flow-of-addresses.js";
import { isFromOtherDistance } from "../signs/attempts/other-distance.js";
import {
  type ForgottenConnection,
  type ForgottenIdle,
  groupForgotten,
  type LastingConnection,
} from "../signs/closes/forgotten-idle.js";
import { IdleSpells } from "../signs/closes/idle-spells.js";
import { CONSEQUENCES_OF_OUTAGE } from "../signs/outages/outage-report.js";
import { observeStalledAddresses, type StalledAddresses } from "../signs/outages/stalled-addresses.js";

/** Connections that are shorter tell nothing about any that was idle for long. */
const SHORTEST_LASTING_NS = 100_000_000;
/** Remembered of each kind; what comes behind them is not asked. */
const MOST_CONNECTIONS = 20_000;
/** As rarely are the connections that died those which had been idle longest, by chance. */
const UNLIKELY = 0.01;

/** Connections die of being idle: nobody closes them, and nothing that is sent behind a long silence is answered. */
export const idleTimeoutMiddlebox = defineRule({
  id: "idle-timeout-middlebox",
  meta: {
    summary: "Connections that were idle for long are dead when they are used again, and only these.",
    severity: "warning",
    messages: {
      silent:
        "{{flows}} {{scope}} had been idle for {{idleSeconds}} s when something was sent, and it was never answered. {{others}}",
      reset:
        "{{flows}} {{scope}} had been idle for {{idleSeconds}} s when something was sent, and it was answered by a RST, with no FIN before. {{others}}{{sentBy}}",
    },
    why: "Firewalls, address translation and load balancers drop what they know of a connection that is silent for too long, and tell neither end. Both still hold it; whoever sends first waits for as long as the kernel repeats, about fifteen minutes on Linux, or gets a reset. Pools hand out such connections, and the first request of the day hangs.",
    remedy:
      "Let either end send something sooner than after {{shortestSeconds}} s: SO_KEEPALIVE with TCP_KEEPIDLE below that (`ss -tno 'dport = :{{port}} or sport = :{{port}}'` shows the timers; `sysctl net.ipv4.tcp_keepalive_time` counts where the program sets SO_KEEPALIVE alone, and is two hours by default), or let pools close connections that were idle for less. Or find the device: `sysctl net.netfilter.nf_conntrack_tcp_timeout_established` on Linux firewalls, `ipvsadm -L --timeout` on its balancers, the idle timeout of bought ones; RFC 5382 wants at least 2 h 4 min. TCP_USER_TIMEOUT lets programs hear of dead connections sooner.",
    supersedes: [...CONSEQUENCES_OF_OUTAGE, "connection-cut-off", "blackhole-forward"],
    evidence: {
      first: "what was sent behind the shortest of the silences",
      last: "the last segment of that connection: a repetition, or the RST",
    },
    references: [
      "RFC 5382, section 5 (REQ-5: at least 2 hours 4 minutes)",
      "RFC 9293, section 3.8.4 (keepalive)",
      "RFC 5482 (TCP_USER_TIMEOUT)",
    ],
    options: {
      minIdleSeconds: {
        default: 10,
        minimum: 1,
        description: "shortest silence that may be what a connection died of",
      },
    },
  },

  create(context) {
    const spellsOf = new IdleSpells(context.perFlow);
    const observed = context.observe(observeStalledAddresses);
    const minIdleNs = context.options["minIdleSeconds"]! * 1e9;
    const forgotten: ForgottenConnection[] = [];
    const lasting: LastingConnection[] = [];
    return {
      paused(segment, flow) {
        spellsOf.paused(segment, flow);
      },
      rst(segment, flow) {
        spellsOf.rst(segment, flow);
      },
      flowEnd(flow, identity, listener) {
        if (flow.endNs - flow.startNs < SHORTEST_LASTING_NS || identity.isLoopback) return;
        const spells = spellsOf.of(flow);
        const { deadly } = spells;
        if ((deadly === null ? lasting : forgotten).length >= MOST_CONNECTIONS) return;
        const { clientAddress, serverAddress } = identity;
        const { client, server, startNs, endNs: lastNs, lastFrame } = flow;
        const bothHeardNs = Math.min(client.lastNs, server.lastNs);
        const connection = { clientAddress, serverAddress, startNs, bothHeardNs, spells };
        if (deadly === null) {
          lasting.push(connection);
          return;
        }
        const { resetTtl, isServerSending } = deadly;
        const isResetForeign =
          resetTtl > 0 && isFromOtherDistance(resetTtl, isServerSending ? client : server);
        const about = aboutFlow(flow, identity, listener);
        forgotten.push({ ...connection, ...about, deadly, isResetForeign, lastFrame, lastNs });
      },
      captureEnd() {
        const known = forgotten.filter((each) => isHeardElsewhere(each, observed));
        const dead = deadByPair(observed);
        for (const incident of groupForgotten(known, lasting, minIdleNs)) {
          if (isOfBusyOnes(incident, dead)) continue;
          const { scope, isReset, shortestNs, longestNs } = incident;
          const [first] = incident.forgotten;
          const { flowId, deadly, lastFrame, lastNs, serverPort } = first!;
          const isSentBetween = incident.forgotten.every((each) => each.isResetForeign);
          context.report({
            messageId: isReset ? "reset" : "silent",
            data: {
              flows: connections(incident.forgotten.length),
              scope,
              idleSeconds: spanText(shortestNs, longestNs),
              shortestSeconds: seconds(shortestNs),
              others: othersText(incident),
              sentBy: isSentBetween ? SENT_BETWEEN : "",
              port: serverPort,
            },
            evidence: {
              first: { flowId, frame: deadly.endFrame, timeNs: deadly.endNs },
              last: { flowId, frame: lastFrame, timeNs: lastNs },
            },
            subject: scope,
            flowIds: incident.forgotten.map((each) => each.flowId).sort((a, b) => a - b),
            confidence: chanceOf(incident) < UNLIKELY ? "strong" : "weak",
            vantage: commonVantage(incident.forgotten),
            alternatives: isReset && !isSentBetween ? [OWN_TIMEOUT, HOST_LEFT] : [HOST_LEFT],
            startNs: Math.min(...incident.forgotten.map((each) => each.deadly.startNs)),
            endNs: Math.max(...incident.forgotten.map((each) => each.lastNs)),
          });
        }
      },
    };
  },
});

const SENT_BETWEEN =
  " It was not the host that sent it: the TTL is another than that of the host's other segments.";
const OWN_TIMEOUT =
  "The host itself ends connections that are idle for so long, by a FIN or RST that the capture lacks.";
const HOST_LEFT =
  "Several hosts share the address, behind a balancer or address translation, and the one that held these connections is gone.";

/** A host that was not heard any more after that may be gone. */
function isHeardElsewhere(
  { deadly, clientAddress, serverAddress }: ForgottenConnection,
  { activity }: StalledAddresses,
): boolean {
  if (deadly.resetTtl > 0) return true;
  const [sender, silent] = deadly.isServerSending
    ? [serverAddress, clientAddress]
    : [clientAddress, serverAddress];
  return activity.hasSent(silent, sender, deadly.endNs, Number.POSITIVE_INFINITY);
}

/** Ids of connections that died in use, or of being idle, by the addresses of their ends. */
function deadByPair({ stalls }: StalledAddresses): ReadonlyMap<string, readonly number[]> {
  const dead = new Map<string, number[]>();
  for (const stall of stalls) {
    const { run, ending, wasClosing, flowId } = stall;
    const isDead = run.kind === "silent" && ending !== "answered" && !wasClosing && run.largestBytes > 0;
    if (isDead && !run.isBegunBefore) appendTo(dead, pairOfEnds(stall), flowId);
  }
  return dead;
}

/** Connections of the same ends that were not idle died as well: it does not matter how long a silence is. */
function isOfBusyOnes({ forgotten }: ForgottenIdle, dead: ReadonlyMap<string, readonly number[]>): boolean {
  const flowIds = new Set(forgotten.map(({ flowId }) => flowId));
  const pairs = new Set(forgotten.map(pairOfEnds));
  return [...pairs].some((pair) => dead.get(pair)?.some((flowId) => !flowIds.has(flowId)));
}

function pairOfEnds({ clientAddress, serverAddress }: FlowOfAddresses): string {
  return pairOf(clientAddress, serverAddress);
}

/** How probable it is that those which had been idle longest are the ones that died if the length does not matter. */
function chanceOf({ forgotten, survived }: ForgottenIdle): number {
  let chance = 1;
  for (let count = 1; count <= forgotten.length; count++) chance *= count / (survived + count);
  return chance;
}

/** Such as `12.1` or `12.1 to 14.0`. */
function spanText(shortestNs: number, longestNs: number): string {
  const [shortest, longest] = [seconds(shortestNs), seconds(longestNs)];
  return shortest === longest ? shortest : `${shortest} to ${longest}`;
}

function othersText({ survived, longestSurvivedNs, shortestNs }: ForgottenIdle): string {
  if (survived === 0) return "The capture has no silence of a second or more that did no harm.";
  const [longest, shortest] = [seconds(longestSurvivedNs), seconds(shortestNs)];
  const shorter = survived === 1 ? "A silence" : `${survived} silences`;
  return `${shorter} of up to ${longest} s did no harm: what forgets them does so after ${longest} to ${shortest} s.`;
}
