import { countDrops, percentOf } from "../engine/capture-observation.js";
import type { Evidence } from "../engine/finding.js";
import { defineRule } from "../engine/rule.js";
import { observeOverdueAnswers } from "../signs/attempts/overdue-answers.js";
import { findMissingOctets } from "../signs/segments/missing-octets.js";
import { noteSentBefore, SENT_BEFORE_FIELDS } from "../signs/segments/sent-before.js";

/** What is acknowledged sooner than it is recorded by more than queues mix up: nothing can be told of what is missing. Nanoseconds. */
const DISORDER_NS = 1_000_000;
/** Flows listed in one finding; a capture that lost so much has no more to say by listing more. */
const MAX_FLOWS = 100_000;

/**
 * The capture lost segments that were delivered: a receiver acknowledged octets that were never captured, or the
 * capturing system counted what it dropped. What was lost on the network looks different: nobody acknowledges it.
 */
export const captureLossy = defineRule({
  id: "capture-lossy",
  meta: {
    summary: "The capture lacks segments that were delivered.",
    severity: "note",
    messages: {
      missing:
        "{{missingBytes}} of {{ackedBytes}} acknowledged octets ({{percent}} %) of {{lossyFlows}} {{connections}} were delivered but not captured{{dropNote}}.",
      dropped:
        "The capturing system dropped {{droppedFrames}} of {{seenFrames}} frames ({{percent}} %) before they were written.",
    },
    why: "A segment that is missing from the capture looks like one that was never sent or was lost: gaps, retransmissions and silences in these connections may be the capture's own.",
    remedy:
      "Capture again with a larger buffer and less to write: `tcpdump -B 65536 -s 128 -w FILE`, to a fast disk and away from a busy CPU. Give a filter of addresses and ports, and read the number of packets dropped by the kernel when it ends. On a mirror port look at the switch: two directions of a busy link do not fit into one port.",
    evidence: {
      ack: "the acknowledgment of octets that were not captured; where only drops were counted, the first segment",
    },
    references: ["RFC 9293, section 3.4", "draft-ietf-opsawg-pcapng, section 4.6 (isb_ifdrop, isb_osdrop)"],
    options: {
      minMissingPercent: {
        default: 0.1,
        minimum: 0,
        description: "share of a connection's acknowledged octets that must be missing",
      },
      minDroppedPercent: {
        default: 1,
        minimum: 0,
        description: "share of frames that the capturing system must have dropped",
      },
    },
    isAboutCapture: true,
    flaws: {
      missing: {
        kind: "loss",
        reach: "flows",
        reason:
          "The capture lost segments of these connections (capture-lossy): what seems missing may have been sent.",
      },
      dropped: {
        kind: "loss",
        reach: "capture",
        reason: "The capturing system dropped frames (capture-lossy): what seems missing may have been sent.",
      },
    },
  },

  create(context) {
    const { options } = context;
    const overdue = context.observe(observeOverdueAnswers);
    const sentBefore = {
      client: context.perFlow(...SENT_BEFORE_FIELDS),
      server: context.perFlow(...SENT_BEFORE_FIELDS),
    };
    const flowIds: number[] = [];
    let first: Evidence | null = null;
    let worst: { flowId: number; missingBytes: number } | null = null;
    let lossyFlows = 0;
    let openedFlows = 0;
    let missingBytes = 0;
    let ackedBytes = 0;
    let startNs = 0;
    let endNs = Number.NEGATIVE_INFINITY;
    return {
      labelled(segment, flow) {
        noteSentBefore(segment, flow, sentBefore);
      },
      flowEnd(flow) {
        first ??= { flowId: flow.id, frame: flow.firstFrame, timeNs: flow.startNs };
        endNs = Math.max(endNs, flow.endNs);
        const found = findMissingOctets(flow, {
          client: sentBefore.client.of(flow).octets,
          server: sentBefore.server.of(flow).octets,
        });
        if (found === null || found.missingBytes === 0) return;
        if (found.missingBytes * 100 < found.ackedBytes * options["minMissingPercent"]!) return;
        if (lossyFlows === 0) startNs = flow.startNs;
        lossyFlows++;
        if (flow.client.synFrame > 0 || flow.server.synFrame > 0) openedFlows++;
        if (flowIds.length < MAX_FLOWS) flowIds.push(flow.id);
        missingBytes += found.missingBytes;
        ackedBytes += found.ackedBytes;
        if (worst === null || found.missingBytes > worst.missingBytes)
          worst = { flowId: flow.id, missingBytes: found.missingBytes };
      },
      captureEnd({ evidence, files, vantage }) {
        const drops = countDrops(files);
        // Without a bare acknowledgment or SYN it is a filter that left out the rest (capture-filtered).
        const isLoss = evidence.pureAcks + evidence.syns > 0 && overdue.find(DISORDER_NS) === null;
        const ack = evidence.firstUnseen(worst?.flowId ?? 0) ?? evidence.firstUnseenOf(flowIds);
        const common = { subject: "capture", vantage: vantage.vantage, endNs };
        if (ack !== null && isLoss) {
          context.report({
            ...common,
            messageId: "missing",
            data: {
              missingBytes,
              ackedBytes,
              percent: percentOf(missingBytes, ackedBytes),
              lossyFlows,
              connections: lossyFlows === 1 ? "connection" : "connections",
              dropNote:
                drops.dropped > 0 ? `; the capturing system counted ${drops.dropped} dropped frames` : "",
            },
            evidence: { ack },
            flowIds,
            confidence: drops.dropped > 0 ? "certain" : "strong",
            alternatives: [
              "A capture filter that looks into the payload, or a mirror port that sends only some of the segments.",
              "The segments took another way, past the capture.",
              ...(openedFlows > 0
                ? []
                : [
                    "They were sent before the capture began, behind one that was lost, and are acknowledged once that is made good.",
                  ]),
            ],
            startNs,
          });
        } else if (
          first !== null &&
          drops.dropped * 100 >= drops.seen * options["minDroppedPercent"]! &&
          drops.dropped > 0
        ) {
          context.report({
            ...common,
            messageId: "dropped",
            data: {
              droppedFrames: drops.dropped,
              seenFrames: drops.seen,
              percent: percentOf(drops.dropped, drops.seen),
            },
            evidence: { ack: first },
            flowIds: [first.flowId],
            confidence: "certain",
            startNs: first.timeNs,
          });
        }
      },
    };
  },
});
