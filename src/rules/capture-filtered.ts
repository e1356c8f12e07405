import { DATA_SEGMENTS_OF_FILTER, holdsOnlyData } from "../engine/capture-observation.js";
import { defineRule } from "../engine/rule.js";
import { CapturedSides, type FlowsAlike } from "../signs/listeners/captured-sides.js";

/**
 * A kind of segments is missing throughout: one direction, everything with payload, or everything without. Capture
 * filters do that, and so do mirror ports and routes that show one direction only; loss does not.
 */
export const captureFiltered = defineRule({
  id: "capture-filtered",
  meta: {
    summary: "The capture lacks a whole kind of segments: a direction, all data, or all that is not data.",
    severity: "note",
    messages: {
      oneWay: "Only one direction was captured of {{alike}} of {{judged}} {{connections}}.",
      noData:
        "No segment with data was captured of {{alike}} of {{judged}} {{connections}}, though their sequence numbers prove that data was sent.",
      onlyData:
        "All {{dataSegments}} segments that were captured carry data: handshakes and bare acknowledgments were left out.",
    },
    why: "What answers, what is acknowledged and what is retransmitted cannot be told from such a capture: silence means nothing, and rules that need the other segments say nothing or err.",
    remedy:
      "Capture again without conditions on flags, payload or one end: `tcpdump -w FILE 'host ADDRESS and port PORT'` holds both directions (`src` and `dst` hold one), and `-s 128` keeps it small. On a mirror port ask for both directions; where routes differ by direction, capture on one of the hosts.",
    evidence: { first: "the first segment of a connection that is shown so" },
    references: ["pcap-filter(7)", "RFC 9293, section 3.4"],
    options: {
      minPercent: {
        default: 90,
        minimum: 0,
        description: "share of the connections that must be alike",
      },
      minSegments: {
        default: 10,
        minimum: 1,
        description: "segments that the capture must hold: a few packets are an excerpt, not a filter",
      },
      minDataSegments: {
        default: DATA_SEGMENTS_OF_FILTER,
        minimum: 1,
        description: "segments with data that must come without a bare acknowledgment or SYN among them",
      },
    },
    isAboutCapture: true,
    flaws: {
      oneWay: {
        kind: "filter",
        reach: "capture",
        reason: "The capture shows one direction only (capture-filtered): the answer may have come.",
      },
      noData: {
        kind: "filter",
        reach: "capture",
        reason: "The capture holds no data segments (capture-filtered): data may have been sent.",
      },
      onlyData: {
        kind: "filter",
        reach: "capture",
        reason: "The capture holds data segments only (capture-filtered): the answer may have come.",
      },
    },
  },

  create(context) {
    const { options } = context;
    const sides = new CapturedSides();
    let endNs = Number.NEGATIVE_INFINITY;
    let segments = 0;
    return {
      flowEnd(flow) {
        segments += flow.client.segments + flow.server.segments;
        sides.add(flow);
        endNs = Math.max(endNs, flow.endNs);
      },
      captureEnd({ evidence, vantage }) {
        const isMost = ({ flows }: FlowsAlike, of: number): boolean =>
          flows > 0 && flows * 100 >= of * options["minPercent"]!;
        const report = (
          messageId: "oneWay" | "noData" | "onlyData",
          alike: FlowsAlike,
          judged: number,
        ): void => {
          const { first } = alike;
          if (first === null) return;
          context.report({
            messageId,
            data: {
              alike: alike.flows,
              judged,
              connections: judged === 1 ? "connection" : "connections",
              dataSegments: evidence.dataSegments,
            },
            evidence: { first },
            subject: "capture",
            flowIds: [first.flowId],
            confidence: "strong",
            vantage: vantage.vantage,
            alternatives:
              messageId === "oneWay"
                ? ["The two directions take different routes, and the capture stands on one of them."]
                : [],
            startNs: first.timeNs,
            endNs,
          });
        };
        const isOnlyData = holdsOnlyData(evidence, options["minDataSegments"]!);
        if (segments < options["minSegments"]!) return;
        if (isMost(sides.oneWay, sides.judged)) report("oneWay", sides.oneWay, sides.judged);
        else if (isMost(sides.hollow, sides.transferring)) report("noData", sides.hollow, sides.transferring);
        else if (isOnlyData) report("onlyData", sides.all, sides.all.flows);
      },
    };
  },
});
