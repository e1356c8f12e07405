import { defineRule } from "../engine/rule.js";
import {
  FIRST_AND_LAST_SEGMENT,
  IS_REPEAT_IN_RANGE,
  sideIncidentsSql,
  WHEN_DATA_IS_REPEATED,
} from "../signs/listeners/sql-incident.js";

/**
 * Segments came behind later ones, and are no retransmissions: the path delivers them in another order. Each is told from a
 * retransmission by its timestamp, its IP identification, or by coming within a round trip with no hint of a loss. None is
 * farther behind than all that its sender was seen to send: such are the same octets under other numbers, of a capture that has both
 * sides of what translates them (a SYN proxy, a firewall).
 */
export const reordering = defineRule({
  id: "reordering",
  meta: {
    summary: "A path delivers segments in another order than they were sent in.",
    severity: "note",
    messages: {
      late: "{{lateSegments}} segments that the {{side}} sent on {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} came behind later ones, by up to {{extentBytes}} octets: they are late, and no retransmissions.",
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
  when: WHEN_DATA_IS_REPEATED,
  sql: `
    WITH counted AS MATERIALIZED (
      SELECT flow_id, sender, count(*) AS late, min(id) AS first_id, max(id) AS last_id
      FROM repeated_segments
      WHERE ${IS_REPEAT_IN_RANGE} AND length > 0 AND cause = 'reordering'
        AND cause_confidence <> 'weak'
      GROUP BY flow_id, sender
    ),
    ${sideIncidentsSql({
      ...FIRST_AND_LAST_SEGMENT,
      flowIds: "SELECT flow_id FROM counted",
      hits: `
    hits AS (
      SELECT flows.listener, flows.server_port, flows.vantage, counted.*,
        iif(counted.sender = 'client', flows.client_segments, flows.server_segments) AS segments,
        ifnull(flow_statistics.reordering_bytes, 0) AS extent_bytes,
        row_number() OVER (PARTITION BY flows.listener, counted.sender ORDER BY counted.late DESC, flows.id) AS place
      FROM counted
      JOIN listener_flows AS flows ON flows.id = counted.flow_id
      JOIN flows AS own ON own.id = counted.flow_id
      LEFT JOIN flow_statistics ON flow_statistics.flow_id = counted.flow_id AND flow_statistics.sender = counted.sender
      WHERE ifnull(flow_statistics.reordering_bytes, 0)
        <= iif(counted.sender = 'client', own.client_unique_bytes, own.server_unique_bytes)
    )`,
      totals: `
        sum(late) AS late, max(extent_bytes) AS extent_bytes, min(first_id) AS first_id, max(last_id) AS last_id`,
      having: "sum(late) >= :minSegments AND sum(late) * 100.0 >= :minPercent * sum(segments)",
      messageId: "'late'",
      data: `
      incidents.late AS lateSegments,
      incidents.extent_bytes AS extentBytes`,
    })}`,
});
