import { defineRule } from "../engine/rule.js";

/**
 * The capture was taken where segments are not yet, or no longer, what the wire carries: the network card cuts large
 * segments (TSO) and fills in checksums later, or has put small ones together (GRO, LRO). Normal, and no fault of any
 * connection; but packet counts and sizes are not those of the wire. Loopback has no wire and is left out.
 */
export const captureOffload = defineRule({
  id: "capture-offload",
  meta: {
    summary: "Segments were captured before the network card cut them or after it joined them.",
    severity: "note",
    messages: {
      oversized:
        "{{oversized}} of {{dataSegments}} segments with data hold more than the receiver's maximum segment size, up to {{largestBytes}} octets{{checksumNote}}.",
      unfilled:
        "{{unfilled}} of {{judged}} checksums that were looked at had not been filled in when the segments were captured.",
    },
    why: "On the wire there are more and smaller packets than in the capture, with valid checksums: counts, sizes and the distances between packets must not be taken from it, and checksum errors that other tools report are none.",
    remedy:
      "Nothing is wrong. To see what the wire carries, capture on a mirror port or switch the offloads off for the time of the capture: `ethtool -K eth0 tso off gso off gro off lro off tx off`. In Wireshark leave the validation of TCP checksums off.",
    evidence: { segment: "the largest segment, or the first whose checksum was not filled in" },
    references: [
      "Linux Documentation/networking/segmentation-offloads.rst",
      "Linux Documentation/networking/checksum-offloads.rst",
      "RFC 9293, section 3.7.1",
    ],
    options: {
      minOversized: { default: 10, minimum: 1, description: "segments that must be larger than the MSS" },
      minOversizedPercent: {
        default: 1,
        minimum: 0,
        description: "share of the segments with data that must be larger than the MSS",
      },
      minUnfilled: {
        default: 1000,
        minimum: 1,
        description:
          "unfilled checksums that must be met where no segment is too large; the first four of each direction are looked at",
      },
    },
    isAboutCapture: true,
  },

  create(context) {
    const { options } = context;
    let endNs = Number.NEGATIVE_INFINITY;
    let oversized = 0;
    let unfilled = 0;
    let valid = 0;
    return {
      flowEnd(flow, identity) {
        const { client, server } = flow;
        endNs = Math.max(endNs, flow.endNs);
        if (identity.isLoopback) return;
        oversized += client.oversizedSegments + server.oversizedSegments;
        unfilled += client.unfilledChecksums + server.unfilledChecksums;
        valid += client.validChecksums + server.validChecksums;
      },
      captureEnd({ evidence, vantage }) {
        const { dataSegments, largestOversized, largestOversizedBytes, firstUnfilled } = evidence;
        const isOversized =
          oversized >= options["minOversized"]! &&
          oversized * 100 >= dataSegments * options["minOversizedPercent"]!;
        const segment = isOversized ? largestOversized : firstUnfilled;
        if (segment === null || (!isOversized && unfilled < options["minUnfilled"]!)) return;
        context.report({
          messageId: isOversized ? "oversized" : "unfilled",
          data: {
            oversized,
            dataSegments,
            largestBytes: largestOversizedBytes,
            unfilled,
            judged: unfilled + valid,
            checksumNote: unfilled > 0 ? "; checksums were not filled in" : "",
          },
          evidence: { segment },
          subject: "capture",
          flowIds: [segment.flowId],
          // No checksum is filled in by anything but a card; large segments may have been made so.
          confidence: unfilled > 0 ? "certain" : "strong",
          alternatives:
            unfilled > 0 ? [] : ["A VPN or proxy on the way made these segments itself and ignores the MSS."],
          vantage: vantage.vantage,
          startNs: segment.timeNs,
          endNs: Math.max(endNs, segment.timeNs),
        });
      },
    };
  },
});
