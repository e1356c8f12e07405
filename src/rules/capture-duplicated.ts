import { interfaceName, percentOf } from "../engine/capture-observation.js";
import { duration } from "../engine/message-values.js";
import { defineRule } from "../engine/rule.js";

/** A capture that has most packets twice has about half of its segments as copies; what got lost on the way it has once. */
const MERGED_SHARE = 0.25;
/** Copies at one place are closer. */
const SHORTEST_WAY_NS = 2_000_000;

/**
 * The capture recorded the same packets twice: on several interfaces of one host, on both ends of a virtual link, from
 * a mirror port that copies both ports of a flow. Copies are recognized (equal headers within 2 ms) and left out of
 * every judgement, so this costs no confidence; whoever counts packets elsewhere must know.
 */
export const captureDuplicated = defineRule({
  id: "capture-duplicated",
  meta: {
    summary: "The capture recorded packets more than once.",
    severity: "note",
    messages: {
      copies:
        "{{copies}} of {{segments}} segments ({{percent}} %) are copies of packets recorded just before{{placeNote}}{{hopNote}}.",
      merged:
        "{{copies}} of {{segments}} segments ({{percent}} %) are packets that had been recorded at another place of their way before{{apartNote}}: the captures of both ends were merged, or a router holds packets in a queue.",
      circling:
        "{{copies}} of {{segments}} segments ({{percent}} %) are packets recorded just before, {{circling}} of them with a TTL that is lower by 8 or more: they came by again and again, as in a routing loop.",
    },
    why: "Here copies are left out, so the findings stand. Tools that do not tell them apart report each as a retransmission or a duplicate ACK and count all octets twice.",
    remedy:
      "Capture on one interface instead of all of them: `tcpdump -i eth0 -w FILE` for `-i any`, one end of a virtual link, one port of a mirrored pair. A capture that has copies is cleaned by `editcap -D 5 FILE CLEAN`.",
    messageTexts: {
      merged: {
        why: "Here all but the first sighting of a packet are left out, so that it is judged where it was sent. Other tools take each second sighting for a retransmission or for reordering. Round trips are those of two places at once, and where the clocks of two hosts differ the order is not that of the packets.",
        remedy:
          "Do not merge the captures of two hosts: give each by itself to `tcptrace-analyze between FIRST SECOND`, which tells what got lost and how long the way took. Of a router capture one interface: `tcpdump -i eth0 -w FILE`.",
      },
      circling: {
        why: "Here all but the first sighting of a packet are left out, so the findings stand. The capture is right: the packets themselves go round between routers until their TTL or hop limit is used up.",
        remedy:
          "Look for the loop, not at the capture: `ip route get ADDRESS` on the router and on the next hop that it names, and so on, until one leads back. `tracepath -n ADDRESS` shows the same routers again and again while it lasts.",
      },
    },
    evidence: { original: "a packet", copy: "the same packet once more" },
    references: ["RFC 6864, section 4.1 (IPv4 identification)"],
    options: {
      minCopies: { default: 5, minimum: 1, description: "copies that a capture must hold" },
      minPercent: { default: 1, minimum: 0, description: "share of the segments that must be copies" },
    },
    isAboutCapture: true,
    flaws: {
      merged: {
        kind: "clock",
        reach: "capture",
        reason:
          "The capture has packets of two places, which may be those of two hosts with clocks that differ.",
      },
    },
  },

  create(context) {
    const { options } = context;
    let segments = 0;
    let endNs = Number.NEGATIVE_INFINITY;
    return {
      flowEnd(flow) {
        const { client, server } = flow;
        segments += client.segments + client.copies + server.segments + server.copies;
        endNs = Math.max(endNs, flow.endNs);
      },
      captureEnd({ evidence: { copies, circlingCopies, distantCopies, firstCopy }, files, vantage }) {
        if (firstCopy === null || copies < options["minCopies"]!) return;
        if (copies * 100 < segments * options["minPercent"]!) return;
        const { original, copy, interfaces, ttls } = firstCopy;
        const names = interfaces.map((index) => interfaceName(files, index));
        const apartNs = copy.timeNs - original.timeNs;
        const hops = ttls[0] - ttls[1];
        context.report({
          messageId: kindOf(copies, circlingCopies, distantCopies, segments),
          data: {
            copies,
            circling: circlingCopies,
            segments,
            apartNote: apartNs < SHORTEST_WAY_NS ? "" : `, the first of them ${duration(apartNs)} before`,
            percent: percentOf(copies, segments),
            placeNote: names[0] === names[1] ? "" : `, the first on ${names[0]} and ${names[1]}`,
            hopNote: hops === 0 ? "" : ", before and behind a router",
          },
          evidence: { original, copy },
          subject: "capture",
          flowIds: [original.flowId],
          confidence: "strong",
          vantage: vantage.vantage,
          startNs: original.timeNs,
          endNs,
        });
      },
    };
  },
});

function kindOf(copies: number, circling: number, distant: number, segments: number) {
  if (circling * 2 > copies) return "circling";
  return distant * 2 > copies && distant >= MERGED_SHARE * segments ? "merged" : "copies";
}
