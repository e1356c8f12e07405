import { defineRule } from "../engine/rule.js";
import {
  FIRST_AND_LAST_SEGMENT,
  IS_REPEAT_IN_RANGE,
  sideIncidentsSql,
  WHEN_DATA_IS_REPEATED,
} from "../signs/listeners/sql-incident.js";
import { IS_ON_LISTENER } from "../signs/listeners/sql-listener.js";

/**
 * A router sent back "fragmentation needed" or "packet too big" within a second of the first transmission: the sender learns
 * the path MTU so (RFC 1191, RFC 8201), and nothing was lost by chance.
 */
const IS_TOO_LONG = `EXISTS (
          SELECT 1 FROM icmp_errors
          WHERE icmp_errors.flow_id = repeated_segments.flow_id AND (ip_version, type, code) IN (VALUES (4, 3, 4), (6, 2, 0))
            AND icmp_errors.time_ns - repeated_segments.time_ns + since_original_ns BETWEEN 0 AND 1000000000)`;

/** Losses of one connection that lie closer are one burst: a queue that overflowed once. */
const ONE_BURST_NS = 50_000_000;
/**
 * The capture has most segments of these flows twice, at two places of their way such as the two sides of a router:
 * what is in it once was lost between them.
 */
const HAS_TWO_PLACES = "incidents.copies * 2 >= incidents.sent AND incidents.copies <= incidents.sent";
/** A segment that was sent so often, for so long: what was sent first meanwhile was lost in the same outage. */
const OUTAGE = { transmissions: 5, lengthNs: 2_000_000_000 };

/**
 * One direction of the way between a client and a listener loses much: of the octets sent there, more than a share had
 * to be sent again, and nothing proves that they had arrived. Each octet counts once, however often it was sent again;
 * what was sent four times and more was stuck in an outage, which is no rate, and so was what was sent for the first time during one.
 */
export const lossRateHigh = defineRule({
  id: "loss-rate-high",
  meta: {
    summary: "One direction of a path loses a large share of what is sent.",
    severity: "warning",
    messages: {
      lossy:
        "{{percent}} % of what the {{side}} sent on {{hitFlows}} of {{listenerFlows}} {{connections}} to {{listener}} had to be sent again: {{lostSegments}} segments with {{lostBytes}} of {{sentBytes}} octets were lost {{where}}.",
    },
    why: "TCP takes loss for congestion: at this rate its sender keeps slowing down, transfers take a multiple of their time, and where the end of a message is lost each costs a timeout of 200 ms or more.",
    remedy:
      "Find the hop that loses: `mtr -T -P {{port}} ADDRESS` towards the {{peer}}, `ip -s link`, `ethtool -S DEVICE | grep -iE 'drop|err|discard'` and `tc -s qdisc` on each host and router on the way; a policer or a full queue loses in bursts, a bad cable or radio link evenly. Segments that the message calls lost between two places of the capture are dropped by what lies between these, such as the router that it was taken on: see its `tc -s qdisc`, `nstat -az IpOutDiscards`, and limits in `nft list ruleset`. `ss -ti` at the {{side}} shows retrans and lost while it lasts.",
    // A path that loses much takes several in a row now and then.
    supersedes: ["blackhole-forward"],

    evidence: {
      first: "the first retransmission of the connection that lost most",
      last: "its last one",
    },
    references: ["RFC 5681, section 3", "RFC 6298", "TcpRetransSegs", "RFC 2680"],
    options: {
      minPercent: { default: 3, minimum: 0, description: "share of the octets that must be lost" },
      minLostSegments: { default: 5, minimum: 1, description: "segments that must be lost" },
      minBursts: {
        default: 3,
        minimum: 1,
        description: "bursts of loss, of a connection 50 ms apart, that must be seen",
      },
    },
  },
  alternatives: [
    "Retransmissions that were not needed and that the receiver did not report as such (it sends no D-SACK).",
    "A receiver that drops what it has no memory for (nstat -az TcpExtTCPRcvQDrop TcpExtPruneCalled).",
  ],
  when: WHEN_DATA_IS_REPEATED,
  sql: `
    WITH resent AS MATERIALIZED (
      SELECT flow_id, sender, max(length) AS length, min(id) AS first_id, max(id) AS last_id,
        max(transmission IS NULL) AS is_before, min(time_ns - ifnull(since_original_ns, 0)) AS time_ns,
        max(time_ns) AS last_ns, max(ifnull(transmission, 2)) AS transmissions
      FROM repeated_segments
      WHERE ${IS_REPEAT_IN_RANGE} AND length > 0 AND proof IS NULL
        AND cause IN ('timeout', 'fast', 'tail-loss-probe') AND NOT ${IS_TOO_LONG}
      GROUP BY flow_id, sender, seq
    ),
    outages AS MATERIALIZED (
      SELECT flow_id, sender, time_ns AS start_ns, last_ns AS end_ns FROM resent
      WHERE transmissions >= ${OUTAGE.transmissions} AND last_ns - time_ns >= ${OUTAGE.lengthNs}
    ),
    lost_segments AS (
      SELECT * FROM resent
      WHERE transmissions <= 3 AND NOT EXISTS (SELECT 1 FROM outages
        WHERE outages.flow_id = resent.flow_id AND outages.sender = resent.sender
          AND resent.time_ns BETWEEN outages.start_ns AND outages.end_ns)
    ),
    lost AS (
      SELECT flow_id, sender, count(*) AS segments, sum(length) AS bytes, min(first_id) AS first_id,
        max(last_id) AS last_id, sum(is_before) AS before_segments, sum(ifnull(gap_ns > ${ONE_BURST_NS}, 1)) AS bursts
      FROM (
        SELECT *, time_ns - lag(time_ns) OVER (PARTITION BY flow_id, sender ORDER BY time_ns) AS gap_ns FROM lost_segments
      )
      GROUP BY flow_id, sender
    ),
    ${sideIncidentsSql({
      ...FIRST_AND_LAST_SEGMENT,
      flowIds: "SELECT flow_id FROM lost",
      hits: `
    lost_on_paths AS MATERIALIZED (
      SELECT flows.listener, flows.client_addr, lost.sender, sum(lost.segments) AS segments, sum(lost.bytes) AS bytes
      FROM lost JOIN listener_flows AS flows ON flows.id = lost.flow_id
      GROUP BY flows.listener, flows.client_addr, lost.sender
      HAVING sum(lost.segments) >= :minLostSegments AND sum(lost.bursts) >= :minBursts
    ),
    paths AS (
      SELECT lost_on_paths.listener, lost_on_paths.client_addr, lost_on_paths.sender,
        sum(iif(lost_on_paths.sender = 'client', flows.client_unique_bytes, flows.server_unique_bytes)) AS sent_bytes
      FROM flows
      JOIN hit_listeners ON ${IS_ON_LISTENER}
      JOIN lost_on_paths
        ON lost_on_paths.listener = hit_listeners.listener AND lost_on_paths.client_addr = flows.client_addr
      WHERE flows.id BETWEEN :firstFlow AND :lastFlow
      GROUP BY lost_on_paths.listener, lost_on_paths.client_addr, lost_on_paths.sender
      HAVING max(lost_on_paths.bytes) * 100.0 >= :minPercent * sent_bytes
    ),
    hits AS (
      SELECT flows.*, lost.flow_id, lost.sender, lost.segments, lost.first_id, lost.last_id, lost.before_segments,
        paths.sent_bytes, lost.bytes AS lost_bytes,
        row_number() OVER (PARTITION BY flows.listener, lost.sender, flows.client_addr ORDER BY flows.id) AS on_path,
        row_number() OVER (PARTITION BY flows.listener, lost.sender ORDER BY lost.segments DESC, flows.id) AS place
      FROM paths
      JOIN listener_flows AS flows ON flows.listener = paths.listener AND flows.client_addr = paths.client_addr
      JOIN lost ON lost.flow_id = flows.id AND lost.sender = paths.sender
    )`,
      totals: `
        sum(segments) AS segments, sum(lost_bytes) AS lost_bytes, sum(iif(on_path = 1, sent_bytes, 0)) AS sent_bytes,
        sum(before_segments) AS before_segments,
        sum(iif(sender = 'client', client_segments, server_segments)) AS sent,
        sum(iif(sender = 'client', client_copies, server_copies)) AS copies, min(first_id) AS first_id, max(last_id) AS last_id`,
      messageId: "'lossy'",
      confidence: "iif(incidents.vantage = 'unknown', 'weak', 'strong')",
      data: `
      iif(incidents.sender = 'client', 'server', 'client') AS peer,
      incidents.segments AS lostSegments,
      incidents.lost_bytes AS lostBytes,
      incidents.sent_bytes AS sentBytes,
      printf('%.1f', min(100.0, incidents.lost_bytes * 100.0 / incidents.sent_bytes)) AS percent,
      CASE
        WHEN ${HAS_TWO_PLACES} AND (incidents.sent - incidents.copies) * 10 >= incidents.segments * 9
          THEN 'between the two places that the capture has each packet at, such as the two sides of a router: they came in, and did not leave'
        WHEN ${HAS_TWO_PLACES} AND (incidents.sent - incidents.copies + incidents.before_segments) * 10 <= incidents.segments
          THEN 'behind both places that the capture has each packet at, such as the two sides of a router: they left, and did not arrive'
        WHEN incidents.before_segments * 10 <= incidents.segments THEN 'behind the capture'
        WHEN incidents.before_segments * 10 >= incidents.segments * 9 THEN 'before they reached the capture'
        ELSE 'on either side of the capture'
      END AS "where"`,
    })}`,
});
