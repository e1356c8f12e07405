import { defineRule } from "../engine/rule.js";
import {
  IS_REPEAT_IN_RANGE,
  retransmissionEvidenceSql,
  sideIncidentsSql,
  WHEN_DATA_IS_REPEATED,
} from "../signs/listeners/sql-incident.js";

/** What a FIN behind the data counts; it carries none. */
const FIN_OCTET = 1;

/**
 * The last segments of a burst were lost, or the only one: nothing behind them made the receiver send the duplicate ACKs
 * that would have brought them back within a round trip, so the sender waited for its timer. Sent again once or twice, and
 * few at a time: what needs more was an outage. All that had been sent behind it came again, too: else the receiver had that
 * and could tell, and the sender waited because it was not told so, or not enough. One that follows older data of a timeout waited for that data's timer, not
 * for its own. What is sent after the other side has closed keeps nobody waiting. What that side had not
 * acknowledged when it closed, as repetitions of it or of older data after that show, may as well have been late. Where a connection ends in
 * the capture with a repetition, nothing shows that the receiver was still there.
 * A client's first data that is lost may have been dropped by the listener with the handshake, so it alone is no more than
 * a note.
 */
export const rtoTailLoss = defineRule({
  id: "rto-tail-loss",
  meta: {
    summary: "The end of a burst is lost and comes again only after a timeout.",
    severity: "warning",
    messages: {
      tail: "The {{side}} lost the end of what it sent {{times}} on {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} and sent it again only when a timer ran out: after {{worstMs}} ms at worst, {{totalMs}} ms in all.",
      seldom:
        "The {{side}} lost the end of what it sent {{times}} on {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} and sent it again only when a timer ran out: after {{worstMs}} ms at worst.",
    },
    messageSeverities: { seldom: "note" },
    why: "A loss at the end of a message costs a timeout of 200 ms and more, where one in the middle costs a round trip: few lost packets make requests slow that are many times as fast otherwise.",
    remedy:
      "Find what loses (`ip -s link`, `tc -s qdisc`, `ethtool -S DEVICE` on the way from the {{side}}; full queues lose the end of bursts: pace with `tc qdisc replace dev DEVICE root fq`). On the {{side}}'s host `sysctl net.ipv4.tcp_early_retrans net.ipv4.tcp_recovery net.ipv4.tcp_sack` should be 3, 1 and 1, and `nstat -az TcpExtTCPTimeouts TcpExtTCPLossProbes TcpExtTCPLossProbeRecovery` tells how often probes help; `ip route change … rto_min 40ms` shortens the timer on a short path.",
    evidence: {
      lost: "the last segment's first transmission, where the wait was longest",
      retransmission: "its retransmission after the timeout",
    },
    references: ["RFC 6298", "RFC 8985, section 7", "TcpExtTCPTimeouts", "TcpExtTCPLossProbes"],
    options: {
      minWaits: { default: 3, minimum: 1, description: "such waits from which it is a warning" },
      minWaitMs: { default: 150, minimum: 0, description: "shortest wait" },
      maxSegments: { default: 3, minimum: 1, description: "most segments of a tail" },
    },
  },
  alternatives: [
    "The tail arrived, and its acknowledgment was lost.",
    "The receiver stood still for that long.",
  ],
  when: WHEN_DATA_IS_REPEATED,
  sql: `
    WITH resent AS MATERIALIZED (
      SELECT *,
        count(*) OVER (PARTITION BY flow_id, sender, seq) AS times,
        count(*) OVER (PARTITION BY flow_id, sender ORDER BY time_ns RANGE BETWEEN 1000000000 PRECEDING AND 1000000000 FOLLOWING) AS segments_near,
        iif(lag(cause) OVER sent = 'timeout' AND lag(seq) OVER sent < seq
          AND lag(time_ns) OVER sent > time_ns - since_previous_ns, 1, 0) AS follows_older
      FROM repeated_segments
      WHERE ${IS_REPEAT_IN_RANGE} AND length > 0
        AND cause IN ('timeout', 'fast', 'tail-loss-probe', 'unknown')
      WINDOW sent AS (PARTITION BY flow_id, sender ORDER BY time_ns, id)
    ),
    unanswered AS MATERIALIZED (
      SELECT resent.flow_id, resent.sender, resent.seq
      FROM resent
      JOIN flows ON flows.id = resent.flow_id
        AND flows.last_capture_id = resent.capture_id AND flows.last_frame = resent.frame
    ),
    waited AS MATERIALIZED (
      SELECT * FROM resent
      WHERE proof IS NULL AND transmission = 2 AND times <= 2 AND segments_near <= :maxSegments + 1
        AND follows_older = 0
        AND NOT EXISTS (SELECT 1 FROM flows
          WHERE flows.id = resent.flow_id AND flows.closed_by <> resent.sender
            AND flows.closed_ns < resent.time_ns - resent.since_previous_ns)
        AND NOT EXISTS (SELECT 1 FROM flows
          JOIN resent AS later ON later.flow_id = flows.id
          WHERE flows.id = resent.flow_id AND flows.closed_by <> resent.sender
            AND later.sender = resent.sender AND later.seq <= resent.seq AND later.time_ns > flows.closed_ns)
        AND NOT EXISTS (SELECT 1 FROM unanswered
          WHERE unanswered.flow_id = resent.flow_id AND unanswered.sender = resent.sender AND unanswered.seq <= resent.seq)
        AND (cause = 'timeout' AND cause_confidence <> 'weak' OR cause = 'tail-loss-probe')
        AND since_previous_ns >= :minWaitMs * 1000000 AND since_previous_ns <= 120000000000
    ),
    lost_behind AS MATERIALIZED (
      SELECT waited.id, sum(behind.length) AS bytes
      FROM waited
      JOIN resent AS behind ON behind.flow_id = waited.flow_id AND behind.sender = waited.sender
        AND behind.seq >= waited.seq + waited.length AND behind.seq < waited.seq + waited.length + waited.bytes_behind
      WHERE waited.bytes_behind > ${FIN_OCTET} AND behind.proof IS NULL AND ifnull(behind.transmission, 2) = 2
      GROUP BY waited.id
    ),
    tails AS MATERIALIZED (
      SELECT *, row_number() OVER (PARTITION BY flow_id, sender ORDER BY since_previous_ns DESC) AS place_in_flow
      FROM waited
      WHERE bytes_behind - ${FIN_OCTET} <= ifnull((SELECT bytes FROM lost_behind WHERE lost_behind.id = waited.id), 0)
    ),
    counted AS (
      SELECT flow_id, sender, count(*) AS waits, sum(sender = 'server' OR seq > 1) AS later_waits, sum(since_previous_ns) AS total_ns,
        min(time_ns - since_previous_ns) AS start_ns, max(time_ns) AS end_ns
      FROM tails GROUP BY flow_id, sender
    ),
    ${sideIncidentsSql({
      flowIds: "SELECT flow_id FROM tails",
      hits: `
    hits AS (
      SELECT flows.listener, flows.server_port, flows.vantage, counted.*,
        longest.frame, longest.time_ns, longest.original_frame, longest.since_previous_ns,
        row_number() OVER (PARTITION BY flows.listener, counted.sender ORDER BY longest.since_previous_ns DESC, flows.id)
          AS place
      FROM counted
      JOIN listener_flows AS flows ON flows.id = counted.flow_id
      JOIN tails AS longest
        ON longest.flow_id = counted.flow_id AND longest.sender = counted.sender AND longest.place_in_flow = 1
    )`,
      totals: `
        sum(waits) AS waits, sum(later_waits) AS later_waits, sum(total_ns) AS total_ns,
        min(start_ns) AS start_ns, max(end_ns) AS end_ns`,
      messageId: "iif(incidents.later_waits >= :minWaits, 'tail', 'seldom')",
      data: `
      incidents.waits AS waits,
      iif(incidents.waits = 1, 'once', incidents.waits || ' times') AS times,
      incidents.total_ns / 1000000 AS totalMs,
      worst.since_previous_ns / 1000000 AS worstMs`,
      evidence: retransmissionEvidenceSql("lost", "since_previous_ns"),
    })}`,
});
