import { defineRule } from "../engine/rule.js";
import { LOST_SEGMENT } from "../engine/segment-labels.js";
import { ACTIVITY_SLACK_NS } from "../signs/addresses/address-activity.js";
import type { ServerPaths } from "../signs/addresses/server-paths.js";
import { NEAR_TERMINATOR } from "../signs/attempts/near-terminator.js";
import { LEAST_STEP_NS, observeClockSteps } from "../signs/clocks/clock-steps.js";
import {
  incidentData,
  incidentReport,
  type ListenerIncident,
} from "../signs/listeners/listener-incidents.js";
import { observeStalledAddresses } from "../signs/outages/stalled-addresses.js";
import { divideWaits, standsOut } from "../signs/waits/divide-waits.js";
import { Greetings } from "../signs/waits/greetings.js";
import {
  KEEPALIVE_ANSWER_FIELDS,
  NEAR_ACCELERATOR,
  noteKeepaliveAnswer,
} from "../signs/waits/keepalive-answers.js";
import { LOST_ANSWER_FIELDS, noteWait, SERVER_WAIT_FIELDS } from "../signs/waits/server-waits.js";
import { SharedEnds } from "../signs/waits/shared-ends.js";
import { noteSwallowed, SWALLOWED_ANSWER_FIELDS } from "../signs/waits/swallowed-answer.js";
import {
  GREETING_LOST,
  NO_REQUEST,
  PATH_SILENT,
  STOOD_STILL,
  WAIT_ALTERNATIVES,
  WAITS_ONLY,
} from "../signs/waits/wait-alternatives.js";
import {
  isLone,
  MANY_ANSWERS,
  type WaitedFlow,
  WaitedFlows,
  type WaitedListener,
} from "../signs/waits/waited-flows.js";

/** A lost answer comes again within this time, mostly: Linux's first timeout is 200 ms and the round trip. */
const LOST_ANSWER_NS = 1e9;

/**
 * A server that has a request, by its own acknowledgment, and takes long to answer: the network has nothing to do and
 * waits for the application. What is long is measured by what is usual: by the round trip, and by how fast the listener
 * answers otherwise. Where nothing quicker is known a wait must be long in itself. The same goes for a greeting, where the listener
 * is known to greet.
 */
export const stallServer = defineRule({
  id: "stall-server",
  meta: {
    summary: "A server takes long to answer a request that it has acknowledged, or to greet a client.",
    severity: "warning",
    messages: {
      slow: "{{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} waited for an answer to a request that the server had acknowledged: {{worstSeconds}} s at worst{{usualNote}}.",
      timed:
        "{{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} waited for an answer to a request that the server had acknowledged, and time after time for {{worstSeconds}} s: these waits were as long as each other, as a timer ends them{{usualNote}}.",
      singled:
        "{{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} waited for an answer to a request that the server had acknowledged, {{worstSeconds}} s at worst, while it served other connections without a wait{{usualNote}}.",
      unanswered:
        "{{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} got no answer to a request that the server had acknowledged: {{worstSeconds}} s at worst, until the client closed or the capture ended{{usualNote}}.",
      interrupted:
        "{{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} waited for an answer while the way there was shut: {{worstSeconds}} s at worst, in which another connection of the client repeated its data in vain.",
      lost: "{{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} waited for an answer that had been sent before: {{worstSeconds}} s at worst, in which {{lostPackets}} of the server, counted by their IP identifications, did not reach the capture.",
      swallowed:
        "{{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} never got the answer to a request, in {{worstSeconds}} s at worst: by its sequence numbers the server had sent {{octets}} octets by then, and none of them reached the client{{lostNote}}.",
      greeting:
        "{{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} waited for the greeting of a server that speaks first: {{worstSeconds}} s at worst{{usualNote}}.",
      ungreeted:
        "{{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} got no greeting from a server that speaks first: {{worstSeconds}} s at worst, until the client closed or the capture ended{{usualNote}}.",
      held: "{{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} heard nothing for {{worstSeconds}} s at worst after a request that the server had acknowledged, as clients do that ask to be told what happens (long polling), and in conversations that have no answers.",
    },
    messageSeverities: { interrupted: "note", held: "note", lost: "note" },
    messageTexts: {
      timed: {
        why: "What a server is busy with takes now longer, now shorter. Waits that are equal end because some time is over: one that the request named, or one after which the server gives up on what it waits for itself, a name server or a backend that does not answer, a lock that somebody holds.",
        remedy:
          "Look for that length: in the requests (BLPOP and XREAD BLOCK, `wait=` of long polls, fetch.max.wait.ms), and there all is as it should be; else among the server's timeouts: resolv.conf has 5 s (`timeout`), a proxy its connect and read timeouts, a database its lock_timeout. The server's log of these requests names what it waited for; `strace -f -tt -p PID` shows the call that takes as long.",
      },
      singled: {
        why: "The server as a whole did not stand still, and the network had nothing to do: these requests waited for something of their own. Where nothing was asked to wait, it is a lock, a slow query, or one backend of several.",
        remedy:
          "Find out what these requests ask for: the server's own log of them, its list of slow queries and of locks (`select * from pg_stat_activity`, `redis-cli client list`, column cmd). Where a load balancer stands before it, compare the backends.",
      },
      swallowed: {
        why: "The server has answered, and goes on sending that again; other segments of its arrive. Something on the way drops what the answer carries: a firewall or content filter that dislikes it, a path that is too narrow for segments as long, a device that breaks certain octets, whose segments the client then drops by their checksum. The client waits until its program gives up, and its log blames the server.",
        remedy:
          "Capture on the server's host as well, `tcpdump -ni any 'tcp port {{port}}'`: it shows the answer, how long its segments are, and that they are repeated in vain. Read the log of content filters and intrusion prevention between the two, and switch them off for one client to try. `nstat -az TcpInCsumErrors` on the client tells of broken checksums, `ping -M do -s 1472` with falling sizes of a narrow path.",
      },
    },
    why: "What the client had sent had arrived, and nothing was in flight: the time was spent in the server, or in what the server itself waits for, unless its answer was lost on the way.",
    remedy:
      "Look at the server's application: its own log of this request, a stack dump or `strace -f -p PID` while it lasts, and the databases and services that it calls. `ss -tnp 'sport = :{{port}}'` on its host shows a Recv-Q above 0 where it has not even read the request, `ss -ltn 'sport = :{{port}}'` where it has not even accepted the connection.",
    evidence: {
      before:
        "the last segment before the silence: the request, or its acknowledgment; before a greeting the handshake's last ACK",
      answer:
        "the server's first data after it; without any the last segment captured, of an answer that never came the one that stands behind it",
    },
    references: [
      "RFC 9293, section 3.8.6",
      "RFC 6202, section 2 (long polling)",
      "RFC 3135 (proxies that hide a long way)",
    ],
    options: {
      minWaitMs: { default: 200, minimum: 0, description: "shortest wait where quicker answers are known" },
      minRemoteWaitMs: {
        default: 500,
        minimum: 0,
        description:
          "shortest wait where the capture was not taken on the server's host: a lost answer comes again sooner",
      },
      minLoneWaitMs: {
        default: 1000,
        minimum: 0,
        description: "shortest wait where none is known: the only answer, or all alike",
      },
      minUnansweredMs: {
        default: 3000,
        minimum: 0,
        description: "shortest wait for an answer that never came",
      },
      roundTrips: { default: 10, minimum: 0, description: "shortest wait in round trips" },
      usualTimes: { default: 10, minimum: 1, description: "shortest wait in usual times to answer" },
      minUngreetedMs: {
        default: 5000,
        minimum: 1000,
        description: "shortest wait for a greeting that never came",
      },
      minHeldMs: { default: 5000, minimum: 0, description: "shortest wait of a client that polls" },
    },
  },

  create(context) {
    const { options } = context;
    const limits = { minWaitNs: options["minWaitMs"]! * 1e6, roundTrips: options["roundTrips"]! };
    const states = context.perFlow(...SERVER_WAIT_FIELDS, ...KEEPALIVE_ANSWER_FIELDS);
    const lostAnswers = context.perFlow(...LOST_ANSWER_FIELDS);
    const swallowedAnswers = context.perFlow(...SWALLOWED_ANSWER_FIELDS);
    const waited = new WaitedFlows();
    const greetings = new Greetings(limits.roundTrips);
    const { paths } = context.observe(observeStalledAddresses);
    const clockSteps = context.observe(observeClockSteps);

    function report(
      messageId: MessageId,
      incident: ListenerIncident<WaitedFlow>,
      usualNs: number,
      doubts: readonly string[],
      { packets = 0, octets = 0 } = {},
    ) {
      const { vantage, worst } = incident;
      const isSure =
        doubts.length === 0 &&
        !worst.hasNearTerminator &&
        !worst.hasNearAccelerator &&
        (vantage === "server-host" || worst.worstNs >= LOST_ANSWER_NS || messageId === "lost");
      const alternatives = [
        ...doubts,
        ...WAIT_ALTERNATIVES[messageId],
        ...(worst.hasNearTerminator ? [NEAR_TERMINATOR] : []),
        ...(worst.hasNearAccelerator ? [NEAR_ACCELERATOR] : []),
      ];
      context.report({
        ...incidentReport(incident),
        subject: incident.listener.name,
        messageId,
        data: {
          ...incidentData(incident),
          usualNote: usualNote(messageId, usualNs, worst.worstNs),
          lostPackets: packets === 1 ? "1 packet" : `${packets} packets`,
          lostNote: packets > 0 ? `, in ${packets} packets, counted by their IP identifications` : "",
          octets,
        },
        confidence:
          isSure && (MAY_BE_STRONG.has(messageId) || (messageId === "swallowed" && packets > 0))
            ? "strong"
            : "weak",
        alternatives,
      });
    }

    return {
      paused(segment, flow) {
        const state = states.of(flow);
        noteKeepaliveAnswer(state, segment, flow);
        noteWait(state, lostAnswers, segment, flow, limits);
        noteSwallowed(swallowedAnswers, segment, flow);
      },
      labelled(segment, flow) {
        if (segment.analysis & LOST_SEGMENT) noteSwallowed(swallowedAnswers, segment, flow);
      },
      flowEnd(flow, identity, listener) {
        const state = states.of(flow);
        waited.add(flow, identity, listener, state, lostAnswers.of(flow), swallowedAnswers.of(flow));
        greetings.add(flow, identity, listener, state);
      },
      captureEnd({ endNs, rpcConversations }) {
        const withoutReply = new Set(rpcConversations.map(({ listener }) => listener));
        const allSlow: SlowIncident[] = [];
        const around = { steps: clockSteps.find(LEAST_STEP_NS), paths, endNs };
        for (const each of waited.listeners()) {
          // Calls without a reply have rules of their own.
          if (withoutReply.has(each.listener.name)) continue;
          const divided = divideWaits(each, options, around);
          const { interrupted, held, unanswered, lost, swallowed } = divided;
          const usualNs = each.usual.medianNs;
          for (const messageId of SLOW_MESSAGES) {
            for (const incident of divided[messageId].all()) {
              const doubts = [...askedDoubts(incident.worst, each, options), ...doubtsOf(incident, paths)];
              allSlow.push({ messageId, incident, usualNs, doubts });
            }
          }
          for (const incident of interrupted.all()) report("interrupted", incident, usualNs, []);
          for (const incident of held.all()) report("held", incident, usualNs, doubtsOf(incident, paths));
          for (const incident of lost.all()) report("lost", incident, usualNs, [], incident.worst);
          for (const incident of swallowed.all()) report("swallowed", incident, usualNs, [], incident.worst);
          for (const incident of unanswered.all())
            report("unanswered", incident, usualNs, doubtsOf(incident, paths));
        }
        for (const { late, ungreeted, usualNs } of greetings.waits(options, around)) {
          for (const incident of late.all()) {
            const doubts = isWayOpen(incident, paths) ? [] : [GREETING_LOST];
            report("greeting", incident, usualNs, [...doubts, ...doubtsOf(incident, paths)]);
          }
          for (const incident of ungreeted.all())
            report("ungreeted", incident, usualNs, doubtsOf(incident, paths));
        }
        const ends = new SharedEnds(allSlow.map(({ incident }) => incident));
        for (const { messageId, incident, usualNs, doubts } of allSlow)
          report(messageId, incident, usualNs, ends.has(incident) ? [STOOD_STILL, ...doubts] : doubts);
      },
    };
  },
});

/** Those of waits that stand out. */
const SLOW_MESSAGES = ["slow", "timed", "singled"] as const;

interface SlowIncident {
  readonly messageId: (typeof SLOW_MESSAGES)[number];
  readonly incident: ListenerIncident<WaitedFlow>;
  readonly usualNs: number;
  readonly doubts: readonly string[];
}

/** Whether the client had asked for anything, and for something that is ready. */
function askedDoubts(
  wait: WaitedFlow,
  listener: WaitedListener,
  options: Readonly<Record<string, number>>,
): string[] {
  const doubts: string[] = [];
  if (wait.isAlike || isLone(wait, listener)) doubts.push(NO_REQUEST);
  if (wait.isMeantToWait && listener.usual.count >= MANY_ANSWERS && standsOut(wait, listener, options))
    doubts.push(WAITS_ONLY);
  return doubts;
}

/** Where the capture was taken on the server's host no path lies between. */
function doubtsOf({ vantage, worst }: ListenerIncident<WaitedFlow>, paths: ServerPaths): string[] {
  const { clientAddress, serverAddress } = worst;
  if (vantage === "server-host") return [];
  return paths.hasLateAnswer(clientAddress, serverAddress, worst) ? [PATH_SILENT] : [];
}

/** Another connection of the two went on, or no path lies between. */
function isWayOpen({ vantage, worst }: ListenerIncident<WaitedFlow>, paths: ServerPaths): boolean {
  const { clientAddress, serverAddress, startNs, endNs } = worst;
  return (
    vantage === "server-host" ||
    paths.wentOn(clientAddress, serverAddress, startNs + ACTIVITY_SLACK_NS, endNs)
  );
}

type MessageId = keyof typeof WAIT_ALTERNATIVES;

/** What is not meant to be so, if nothing else explains it. */
const MAY_BE_STRONG: ReadonlySet<MessageId> = new Set(["slow", "greeting", "lost"]);

const GREETING_MESSAGES: ReadonlySet<MessageId> = new Set(["greeting", "ungreeted"]);

function usualNote(messageId: MessageId, usualNs: number, worstNs: number): string {
  if (usualNs === 0 || usualNs * 2 > worstNs) return "";
  const usualMs = usualNs / 1e6;
  const what = GREETING_MESSAGES.has(messageId) ? "the greeting" : "the first answer";
  return `, where ${what} usually takes ${usualMs < 1 ? "less than 1" : usualMs.toFixed(0)} ms`;
}
