import { defineRule } from "../engine/rule.js";
import {
  IS_REPEAT_IN_RANGE,
  retransmissionEvidenceSql,
  sideIncidentsSql,
  WHEN_DATA_IS_REPEATED,
} from "../signs/listeners/sql-incident.js";

/**
 * Data was sent again although it had arrived, as the receiver's own word proves: a D-SACK, an echoed timestamp of the
 * first transmission, or an acknowledgment captured before or too soon to be an answer. A timeout that was not needed counts
 * singly, since its sender begins anew; probes and fast retransmissions only in numbers.
 */
export const spuriousRetransmission = defineRule({
  id: "spurious-retransmission",
  meta: {
    summary: "Data was sent again although it had arrived.",
    severity: "note",
    messages: {
      needless:
        "The {{side}} sent {{segments}} again that had arrived, on {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}}: {{timeouts}} after a timeout, {{dsacks}} reported by the receiver as received twice, {{bytes}} octets in all{{proofNote}}.",
    },
    why: "These were not lost: what had been sent was late, its acknowledgment was, or the {{side}} did not know what had arrived behind a loss. It slowed down; whoever counts these retransmissions as loss looks for a fault that is not there.",
    remedy:
      "Look for what delays: a path that reorders, a queue that stands still for moments (radio links, busy hypervisors), delayed ACKs beyond the sender's timer. On the {{side}}'s host `nstat -az TcpExtTCPDSACKRecv TcpExtTCPSpuriousRTOs TcpExtTCPLossProbes` counts them and `ss -ti` shows rto and reordering; raise the timer's minimum for such a path with `ip route change … rto_min 400ms`. Where SACK blocks are missing look for a host with `net.ipv4.tcp_sack` 0, and for firewalls that remove the option, or change sequence numbers and not those in it.",
    evidence: {
      original: "the first transmission",
      retransmission: "the retransmission that was not needed, of the connection with most of them",
    },
    references: ["RFC 2883", "RFC 3522", "RFC 5682", "TcpExtTCPDSACKRecv", "TcpExtTCPSpuriousRTOs"],
    options: {
      minTimeouts: { default: 1, minimum: 1, description: "needless timeouts that suffice" },
      minSegments: { default: 3, minimum: 1, description: "needless retransmissions that suffice" },
    },
  },
  alternatives: [
    "The original was lost, and a packet that the network doubled made the receiver report its retransmission twice.",
  ],
  when: WHEN_DATA_IS_REPEATED,
  sql: `
    WITH needless AS MATERIALIZED (
      SELECT *, row_number() OVER (PARTITION BY flow_id, sender ORDER BY original_frame IS NULL, cause <> 'timeout', id)
        AS place_in_flow
      FROM repeated_segments
      WHERE ${IS_REPEAT_IN_RANGE} AND length > 1 AND proof IS NOT NULL
        AND cause IN ('timeout', 'fast', 'tail-loss-probe', 'unknown')
    ),
    counted AS (
      SELECT flow_id, sender, count(*) AS segments, sum(length) AS bytes, sum(cause = 'timeout') AS timeouts,
        sum(proof = 'dsack') AS dsacks, min(time_ns) AS start_ns, max(time_ns) AS end_ns
      FROM needless GROUP BY flow_id, sender
    ),
    ${sideIncidentsSql({
      flowIds: "SELECT flow_id FROM needless",
      hits: `
    hits AS (
      SELECT flows.listener, flows.server_port, flows.vantage, counted.*,
        first.frame, first.time_ns, first.original_frame, first.since_original_ns, first.proof_frame,
        row_number() OVER (
          PARTITION BY flows.listener, counted.sender
          ORDER BY first.original_frame IS NULL, counted.timeouts DESC, counted.segments DESC, flows.id
        ) AS place
      FROM counted
      JOIN listener_flows AS flows ON flows.id = counted.flow_id
      JOIN needless AS first
        ON first.flow_id = counted.flow_id AND first.sender = counted.sender AND first.place_in_flow = 1
    )`,
      totals: `
        sum(segments) AS segments, sum(bytes) AS bytes, sum(timeouts) AS timeouts, sum(dsacks) AS dsacks,
        min(start_ns) AS start_ns, max(end_ns) AS end_ns`,
      // Without a first transmission in the capture there is nothing to show.
      having:
        "count(original_frame) > 0 AND (sum(timeouts) >= :minTimeouts OR sum(segments) >= :minSegments)",
      messageId: "'needless'",
      data: `
      incidents.segments || iif(incidents.segments = 1, ' segment', ' segments') AS segments,
      incidents.bytes AS bytes,
      incidents.timeouts AS timeouts,
      incidents.dsacks AS dsacks,
      ifnull('; the proof is in frame ' || worst.proof_frame, '') AS proofNote`,
      evidence: retransmissionEvidenceSql("original", "since_original_ns"),
    })}`,
});
