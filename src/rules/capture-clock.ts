import type { Evidence } from "../engine/finding.js";
import { defineRule } from "../engine/rule.js";
import type { TimeWindow } from "../engine/time-window.js";
import { AnswersBefore } from "../signs/attempts/answers-before.js";
import { observeOverdueAnswers } from "../signs/attempts/overdue-answers.js";
import { LEAST_STEP_NS, observeClockSteps } from "../signs/clocks/clock-steps.js";

const CLOCKS_DISAGREE = {
  kind: "clock",
  reach: "capture",
  reason: "The capture merges clocks that disagree (capture-clock): what seems late or first may not be.",
} as const;

type MessageId =
  | "backwards"
  | "joined"
  | "disorder"
  | "answersFirst"
  | "answersLate"
  | "forward"
  | "stopped"
  | "coarse";

/**
 * The times of the capture are not those of the packets: the clock was set back or forward, queues or files were merged out of
 * order, interfaces do not agree, or the clock is too coarse to time a network.
 */
export const captureClock = defineRule({
  id: "capture-clock",
  meta: {
    summary: "The capture's clock was set, disagrees between interfaces, is too coarse, or is missing.",
    severity: "note",
    messages: {
      backwards:
        "Time goes back {{steps}} {{times}} from one segment to the next, by up to {{largest}}, and within connections.",
      joined:
        "Time goes back {{steps}} {{times}} by up to {{largest}}, but within no connection, as where files are joined out of order.",
      disorder: "{{steps}} {{segments}} recorded behind segments of a later time, by up to {{largest}}.",
      answersFirst:
        "{{answers}} {{answeringSynAcks}} recorded before the SYN that is answered, by up to {{largest}}: what was merged here does not share a clock.",
      answersLate:
        "{{answers}} {{answeringSynAcks}} recorded behind the ACK that acknowledges {{them}}, by up to {{largest}}: what was merged here does not share a clock.",
      forward:
        "The clock goes on by {{step}} of which the timestamps (TSval) of both ends know nothing, in {{flows}} {{connections}}: it was set forward, or everything stood still.",
      stopped: "All {{segments}} segments have one time: nothing in this capture has a duration.",
      coarse: "All times are multiples of {{unitMs}} ms: what happens faster has no order and no duration.",
    },
    why: "Round-trip times, delays and what came first are read from these times. Where they are wrong by more than what is measured, so is the measure.",
    remedy:
      "Put frames in order of time with `reordercap FILE ORDERED` and move a file with a wrong clock with `editcap -t SECONDS FILE MOVED` before merging. Keep the clock steady while capturing: `chronyc makestep` before, not during. For finer times capture with `tcpdump -j adapter_unsynced --time-stamp-precision=nano` (`tcpdump -J` lists what the interface has).",
    evidence: {
      segment:
        "the segment with the most suspicious time, behind a step forward the first one; for a coarse clock the first of all",
    },
    references: [
      "RFC 7323, section 5.4 (the clock of the timestamps option)",
      "RFC 8877, section 3 (packet timestamps)",
      "pcap-tstamp(7)",
    ],
    options: {
      minBackMs: {
        default: 1,
        minimum: 0,
        description: "largest step back that is not reported, milliseconds",
      },
      harmfulBackMs: {
        default: 100,
        minimum: 0,
        description:
          "step back from which on it is no disorder of queues and files but the clock, milliseconds",
      },
      minLeadMs: {
        default: 1,
        minimum: 0,
        description:
          "time by which a SYN-ACK may be recorded before its SYN, or behind its ACK, milliseconds",
      },
      minForwardMs: {
        default: 500,
        minimum: LEAST_STEP_NS / 1e6,
        description: "step forward from which on it is reported, milliseconds",
      },
      minSegments: {
        default: 100,
        minimum: 2,
        description: "segments that must agree on a coarse clock",
      },
      minStoppedSegments: {
        default: 10,
        minimum: 2,
        description: "segments of one time for which there was no clock",
      },
    },
    isAboutCapture: true,
    flaws: {
      backwards: {
        kind: "clock",
        reach: "flows",
        reason: "The capture's clock goes back (capture-clock): what seems late or first may not be.",
      },
      stopped: {
        kind: "clock",
        reach: "capture",
        reason: "The capture has no times (capture-clock): how long anything took is not known.",
      },
      answersFirst: CLOCKS_DISAGREE,
      answersLate: CLOCKS_DISAGREE,
      forward: {
        kind: "clock",
        reach: "time",
        reason: "The capture's clock goes forward meanwhile (capture-clock): it may have taken no time.",
      },
    },
  },

  create(context) {
    const { options } = context;
    const answers = new AnswersBefore(options["minLeadMs"]! * 1e6);
    const overdue = context.observe(observeOverdueAnswers);
    const clockSteps = context.observe(observeClockSteps);
    let endNs = Number.NEGATIVE_INFINITY;
    let firstOfAll: Evidence | null = null;
    return {
      flowEnd(flow) {
        firstOfAll ??= { flowId: flow.id, frame: flow.firstFrame, timeNs: flow.startNs };
        answers.add(flow);
        endNs = Math.max(endNs, flow.endNs);
      },
      captureEnd({ evidence: { clock, dataSegments, pureAcks, syns }, files, vantage }) {
        const report = (
          messageId: MessageId,
          segment: Evidence,
          data: Record<string, string | number>,
          flowIds: readonly number[] = [segment.flowId],
          time: TimeWindow = { startNs: segment.timeNs, endNs: Math.max(endNs, segment.timeNs) },
        ): void => {
          context.report({
            messageId,
            data,
            evidence: { segment },
            subject: "capture",
            flowIds,
            confidence: "certain",
            alternatives: ALTERNATIVES[messageId] ?? [],
            vantage: vantage.vantage,
            ...time,
          });
        };
        const { largestBack } = clock;
        if (largestBack !== null && clock.largestBackNs > options["minBackMs"]! * 1e6) {
          const harmfulNs = options["harmfulBackMs"]! * 1e6;
          const isHarmful = clock.largestBackNs >= harmfulNs;
          const flowIds = isHarmful ? clock.flowsBackBy(harmfulNs) : [];
          const messageId = !isHarmful ? "disorder" : flowIds.length === 0 ? "joined" : "backwards";
          const values = backwardValues(clock.backwardSteps, clock.largestBackNs);
          report(messageId, largestBack, values, flowIds.length > 0 ? flowIds : undefined);
        }
        if (answers.earliest !== null)
          report("answersFirst", answers.earliest, answerValues(answers.flows, answers.largestLeadNs));
        const late = overdue.find(options["minLeadMs"]! * 1e6);
        if (late !== null) {
          const them = late.flows === 1 ? "it" : "them";
          report("answersLate", late.latest, { ...answerValues(late.flows, late.largestNs), them });
        }
        for (const { stepNs, flowIds, segment, ...time } of clockSteps.find(options["minForwardMs"]! * 1e6)) {
          const connections = flowIds.length === 1 ? "connection" : "connections";
          const data = { step: formatStep(stepNs), flows: flowIds.length, connections };
          report("forward", segment, data, flowIds, time);
        }
        const segments = dataSegments + pureAcks + syns;
        const isStopped = files.every(
          ({ durationNs, endNs: lastNs }) => durationNs === 0 && lastNs === endNs,
        );
        if (firstOfAll !== null && isStopped && segments >= options["minStoppedSegments"]!) {
          report("stopped", firstOfAll, { segments });
          return;
        }
        const { unitNs, first } = clock;
        if (unitNs !== null && first !== null && clock.coarseSegments >= options["minSegments"]!)
          report("coarse", first, { unitMs: unitNs / 1e6 });
      },
    };
  },
});

const ALTERNATIVES: Readonly<Record<string, readonly string[]>> = {
  backwards: ["Files were joined in the wrong order; the time of each is right."],
  forward: [
    "The capturing host and both ends stood still together: a host that was suspended with what it talks to, or paused virtual machines.",
  ],
};

function backwardValues(steps: number, largestNs: number) {
  const [times, segments] =
    steps === 1 ? (["time", "segment is"] as const) : (["times", "segments are"] as const);
  return { steps, times, segments, largest: formatStep(largestNs) };
}

function answerValues(answers: number, largestNs: number) {
  const answeringSynAcks = answers === 1 ? "SYN-ACK is" : "SYN-ACKs are";
  return { answers, answeringSynAcks, largest: formatStep(largestNs) };
}

function formatStep(timeNs: number): string {
  return timeNs < 1e9 ? `${(timeNs / 1e6).toFixed(2)} ms` : `${(timeNs / 1e9).toFixed(2)} s`;
}
