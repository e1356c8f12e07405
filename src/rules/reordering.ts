import { defineRule } from "../engine/rule.js";
import { listenerFlowsSql } from "../engine/sql-listener.js";

/**
 * Segments came behind later ones, and were not sent again: the path delivers them in another order. Each is told from a
 * retransmission by its timestamp, its IP identification, or by coming within a round trip with no hint of a loss.
 */
export const reordering = defineRule({
  id: "reordering",
  meta: {
    summary: "A path delivers segments in another order than they were sent in.",
    severity: "note",
    messages: {
      late: "{{lateSegments}} segments that the {{side}} sent on {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} came behind later ones, by up to {{extentBytes}} octets; they were not sent again.",
    },
    why: "Nothing is lost, but segments that come late look like loss to the receiver: it sends duplicate ACKs, and a sender that they outrun sends again what was only late, and slows down.",
    remedy:
      "Look for what splits one connection over several ways: link aggregation or equal-cost routes that hash per packet, network cards with several queues (`ethtool -l DEVICE`, `ethtool -x DEVICE`), a capture that merges interfaces. `ss -ti` at the {{side}} shows reordering, `nstat -az TcpExtTCPSACKReorder TcpExtTCPTSReorder` counts it there.",
    evidence: {
      first: "the first late segment of the connection that has most",
      last: "its last one",
    },
    references: ["RFC 4737", "RFC 8985, section 3", "TcpExtTCPSACKReorder", "TcpExtTCPTSReorder"],
    options: {
      minSegments: { default: 3, minimum: 1, description: "late segments that suffice" },
      minPercent: { default: 0.1, minimum: 0, description: "share of the segments that must be late" },
    },
  },
  alternatives: [
    "The capture put them into another order: several queues or interfaces, each with a buffer of its own.",
    "They were lost before, and the capture lacks their first transmission.",
  ],
  sql: `
    WITH counted AS MATERIALIZED (
      SELECT flow_id, sender, count(*) AS late, min(id) AS first_id, max(id) AS last_id
      FROM repeated_segments
      WHERE flow_id BETWEEN :firstFlow AND :lastFlow AND length > 0 AND cause = 'reordering'
        AND cause_confidence <> 'weak'
      GROUP BY flow_id, sender
    ),
    ${listenerFlowsSql("SELECT flow_id FROM counted")},
    hits AS (
      SELECT flows.listener, flows.server_port, flows.vantage, counted.*,
        iif(counted.sender = 'client', flows.client_segments, flows.server_segments) AS segments,
        ifnull(flow_statistics.reordering_bytes, 0) AS extent_bytes,
        row_number() OVER (PARTITION BY flows.listener, counted.sender ORDER BY counted.late DESC, flows.id) AS place
      FROM counted
      JOIN listener_flows AS flows ON flows.id = counted.flow_id
      LEFT JOIN flow_statistics ON flow_statistics.flow_id = counted.flow_id AND flow_statistics.sender = counted.sender
    ),
    incidents AS (
      SELECT listener, sender, count(*) AS hit_flows, sum(late) AS late, max(extent_bytes) AS extent_bytes,
        min(first_id) AS first_id, max(last_id) AS last_id,
        iif(min(vantage) = max(vantage), min(vantage), 'unknown') AS vantage
      FROM hits GROUP BY listener, sender
      HAVING sum(late) >= :minSegments AND sum(late) * 100.0 >= :minPercent * sum(segments)
    )
    SELECT
      incidents.listener || ' (' || incidents.sender || ')' AS subject,
      'late' AS message_id,
      hits.flow_id AS flow_id,
      'strong' AS confidence,
      incidents.vantage AS vantage,
      begin.time_ns AS start_ns,
      finish.time_ns AS end_ns,
      incidents.listener AS listener,
      worst.server_port AS port,
      incidents.sender AS side,
      incidents.hit_flows AS hitFlows,
      listener_sizes.flows AS listenerFlows,
      listener_sizes.noun AS connections,
      incidents.late AS lateSegments,
      incidents.extent_bytes AS extentBytes,
      first.frame AS first_frame,
      first.time_ns AS first_ns,
      first.flow_id AS first_flow_id,
      last.frame AS last_frame,
      last.time_ns AS last_ns,
      last.flow_id AS last_flow_id
    FROM incidents
    JOIN listener_sizes ON listener_sizes.listener = incidents.listener
    JOIN hits AS worst ON worst.listener = incidents.listener AND worst.sender = incidents.sender AND worst.place = 1
    JOIN repeated_segments AS first ON first.id = worst.first_id
    JOIN repeated_segments AS last ON last.id = worst.last_id
    JOIN repeated_segments AS begin ON begin.id = incidents.first_id
    JOIN repeated_segments AS finish ON finish.id = incidents.last_id
    JOIN hits ON hits.listener = incidents.listener AND hits.sender = incidents.sender
    ORDER BY subject, hits.flow_id`,
});
