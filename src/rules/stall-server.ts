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
import { divideWaits } from "../signs/waits/divide-waits.js";
import { Greetings } from "../signs/waits/greetings.js";
import {
  KEEPALIVE_ANSWER_FIELDS,
  NEAR_ACCELERATOR,
  noteKeepaliveAnswer,
} from "../signs/waits/keepalive-answers.js";
import { LOST_ANSWER_FIELDS, noteWait, SERVER_WAIT_FIELDS } from "../signs/waits/server-waits.js";
import { SharedEnds } from "../signs/waits/shared-ends.js";
import { noteSwallowed, SWALLOWED_ANSWER_FIELDS } from "../signs/waits/swallowed-answer.js";
import { isLone, type WaitedFlow, WaitedFlows } from "../signs/waits/waited-flows.js";

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
        ...ALTERNATIVES[messageId],
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
        const allSlow: { incident: ListenerIncident<WaitedFlow>; usualNs: number; doubts: string[] }[] = [];
        const around = { steps: clockSteps.find(LEAST_STEP_NS), paths, endNs };
        for (const each of waited.listeners()) {
          // Calls without a reply have rules of their own.
          if (withoutReply.has(each.listener.name)) continue;
          const { slow, interrupted, held, unanswered, lost, swallowed } = divideWaits(each, options, around);
          const usualNs = each.usual.medianNs;
          for (const incident of slow.all()) {
            const lone = isLone(incident.worst, each) ? [NO_REQUEST] : [];
            allSlow.push({ incident, usualNs, doubts: [...lone, ...doubtsOf(incident, paths)] });
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
        for (const { incident, usualNs, doubts } of allSlow)
          report("slow", incident, usualNs, ends.has(incident) ? [STOOD_STILL, ...doubts] : doubts);
      },
    };
  },
});

const STOOD_STILL =
  "Other servers answered at the same moment: the client's host, or the way to all of them, stood still until then.";

const NO_REQUEST =
  "What the client had sent asked for no answer: it confirmed what it had got, or kept the connection alive, and the server spoke again when it had something to say.";

const PATH_SILENT =
  "The way between the two was shut: SYNs of the client to the same address were not answered meanwhile either.";

/** Where the capture was taken on the server's host no path lies between. */
function doubtsOf({ vantage, worst }: ListenerIncident<WaitedFlow>, paths: ServerPaths): string[] {
  const { clientAddress, serverAddress } = worst;
  if (vantage === "server-host") return [];
  return paths.hasLateAnswer(clientAddress, serverAddress, worst) ? [PATH_SILENT] : [];
}

const GREETING_LOST =
  "Nothing else passed between the two meanwhile: the server may have spoken at once, what it said was lost, and came again when the way was open.";

/** Another connection of the two went on, or no path lies between. */
function isWayOpen({ vantage, worst }: ListenerIncident<WaitedFlow>, paths: ServerPaths): boolean {
  const { clientAddress, serverAddress, startNs, endNs } = worst;
  return (
    vantage === "server-host" ||
    paths.wentOn(clientAddress, serverAddress, startNs + ACTIVITY_SLACK_NS, endNs)
  );
}

const GREETS_LATER = [
  "The server lets the client wait on purpose, as mail servers do with senders that they do not know, or asks for the client's name first (DNS, ident) and gets no answer.",
  "What answered the handshake is a proxy or load balancer in front of the server, which it could not reach.",
];

const ALTERNATIVES = {
  slow: [
    "The request asked the server to wait until something happens (long polling, a subscription, a lock).",
    "The server lets the client wait on purpose, as after a wrong password.",
    "The server answered at once, and its answer was lost before it reached the capture.",
  ],
  interrupted: [
    "The server is slow, too: it had acknowledged the request, and when it sent the answer is not known.",
  ],
  lost: ["The server was slow as well: when it sent the first of these packets is not known."],
  unanswered: [
    "A protocol in which the server has nothing to say: logs, metrics, one-way messages.",
    "The server answered, and its answers were lost before they reached the capture.",
  ],
  swallowed: [
    "The way back was shut for all segments at the time.",
    "The server was slow, and its answer was lost once when it came.",
  ],
  greeting: GREETS_LATER,
  ungreeted: [
    ...GREETS_LATER,
    "The handshake's last ACK never arrived, or the accept queue was full and dropped it: the server does not know of the connection.",
    "The server spoke, and what it said was lost before it reached the capture.",
  ],
  held: ["The server is slow, and always."],
} as const;

type MessageId = keyof typeof ALTERNATIVES;

/** What is not meant to be so, if nothing else explains it. */
const MAY_BE_STRONG: ReadonlySet<MessageId> = new Set(["slow", "greeting", "lost"]);

const GREETING_MESSAGES: ReadonlySet<MessageId> = new Set(["greeting", "ungreeted"]);

function usualNote(messageId: MessageId, usualNs: number, worstNs: number): string {
  if (usualNs === 0 || usualNs * 2 > worstNs) return "";
  const usualMs = usualNs / 1e6;
  const what = GREETING_MESSAGES.has(messageId) ? "the greeting" : "the first answer";
  return `, where ${what} usually takes ${usualMs < 1 ? "less than 1" : usualMs.toFixed(0)} ms`;
}
