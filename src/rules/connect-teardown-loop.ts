import { defineRule } from "../engine/rule.js";

/**
 * Checkers of one client that may share a chain: the intervals of the mixture repeat only every so many connections.
 */
const MIXED_CHECKERS = [1, 2, 3, 4, 5];
/** RFC 8305, section 8: the longest that a client waits before it also tries the server's next address. */
const MAX_ATTEMPT_DELAY_MS = 2000;
/** How many flows before and after a connection its rival is looked for. */
const RIVAL_FLOWS = 200;

/**
 * SQL: the time from each connection of a quiet chain to the `k`-th after it is the same, as far as enough of them tell:
 * `k` checkers take turns.
 */
function isSteady(k: number): string {
  const variance = `mean_square_${k} - mean_${k}_ns * mean_${k}_ns`;
  const deviation = `mean_${k}_ns * :checkJitterPercent / ${100 * k}.0`;
  return `(quiet_count >= ${2 * k} AND ${variance} <= ${deviation} * ${deviation})`;
}

/** One client and one listener; reserved client ports apart. */
const PAIR = "client_addr, server_addr, server_port, encapsulation, reserved";

/**
 * A client that connects, closes at once without a byte, and does it again: its own error handling tears down what
 * its connector just built (the Linux NFS client before 3.7 did, when it was woken too early). Two patterns count:
 *
 * - a quiet chain: at least `minConnections` to one listener, each begun after the one before was closed, no exchange
 *   of data between them, and not at the steady interval of a health check;
 * - a tight chain: at least `minTightConnections`, each begun within `tightIntervalMs` of the one before, whatever
 *   else the client's address exchanges with the listener meanwhile: nothing that checks health is so fast.
 *
 * A client that tries many ports of one server without a byte is a port scanner, not a loop.
 * A load generator that drops its pool makes empty connections too, but side by side: one after the other is the sign.
 *
 * A browser that tries a server's addresses side by side (RFC 8305) closes all but one without a byte: a quiet chain of
 * which most have such a rival is none.
 *
 * Reserved source ports (below 1024) are judged apart from the others: they belong to one program.
 */
export const connectTeardownLoop = defineRule({
  id: "connect-teardown-loop",
  meta: {
    summary:
      "A client completes handshakes and closes each connection at once, over and over, without sending a byte.",
    severity: "error",
    messages: {
      loop: "{{client}} connected to {{listener}} {{connections}} times within {{spanSeconds}} s and closed every connection by {{closeKind}} at once, without a byte in either direction{{portNote}}.",
    },
    why: "The network and the server work, or no handshake would complete: the client defeats itself. Whatever waits for this transport hangs, and no timeout of TCP's will ever end it.",
    remedy:
      "Look at the client, not at the network. For NFS: `grep xprt /proc/self/mountstats` (the connect count rises), `rpcdebug -m rpc -s all` for the log, and `chrt -p PID` for a real-time process that outruns rpciod; update the kernel, and where a firewall drops reused ports mount with noresvport. For other clients: find the caller with `ss -tnp dst {{serverAddress}}`, make it wait with backoff and jitter, and let it not close before its first request is written.",
    evidence: {
      syn: "the SYN of the first connection",
      close: "the client's FIN or RST right after the handshake",
      again: "the SYN of the next connection",
    },
    references: [
      "RFC 5531, section 11",
      "Linux net/sunrpc/xprtsock.c, xs_tcp_setup_socket",
      "RFC 9293, section 3.6",
    ],
    options: {
      minConnections: { default: 3, minimum: 2, description: "connections of a quiet chain" },
      minTightConnections: { default: 10, minimum: 2, description: "connections of a tight chain" },
      maxLifeMs: {
        default: 1000,
        minimum: 0,
        description: "longest time from the end of the handshake to the client's FIN or RST",
      },
      maxIntervalMs: {
        default: 30_000,
        minimum: 1,
        description: "longest time between the SYNs of two connections of a quiet chain",
      },
      tightIntervalMs: {
        default: 200,
        minimum: 1,
        description: "longest time between the SYNs of two connections of a tight chain",
      },
      maxPorts: {
        default: 5,
        minimum: 1,
        description: "ports of one server that a client may try without a byte before it is a port scanner",
      },
      fastestCheckMs: {
        default: 500,
        minimum: 0,
        description: "shortest mean interval that a health check may have",
      },
      checkJitterPercent: {
        default: 15,
        minimum: 0,
        description:
          "standard deviation of the interval, in percent of its mean, below which it is a health check's",
      },
    },
  },
  alternatives: [
    "A port scanner or monitoring probe that checks the listener at irregular times.",
    "A benchmark of how many connections a second the server takes.",
  ],
  sql: `
    WITH
    empty AS MATERIALIZED (
      SELECT id, client_addr, server_addr, server_port, ifnull(encapsulation_id, 0) AS encapsulation,
        client_port < 1024 AS reserved, start_ns, closed_ns, close_kind, first_frame,
        CASE close_kind WHEN 'rst' THEN client_rst_frame ELSE client_fin_frame END AS close_frame
      FROM flows
      WHERE id BETWEEN :firstFlow AND :lastFlow
        AND client_known_by = 'syn' AND handshake_ack_ns IS NOT NULL AND client_bytes = 0 AND server_bytes = 0
        AND closed_by = 'client' AND closed_ns - handshake_ack_ns <= :maxLifeMs * 1000000
    ),
    frequent AS (
      SELECT client_addr, server_addr, server_port, encapsulation, reserved
      FROM empty
      GROUP BY 1, 2, 3, 4, 5
      HAVING count(*) >= min(:minConnections, :minTightConnections)
    ),
    scan AS (
      SELECT f.client_addr, f.server_addr
      FROM (SELECT DISTINCT client_addr, server_addr FROM frequent) AS busy
      JOIN flows AS f ON f.client_addr = busy.client_addr AND f.server_addr = busy.server_addr
      WHERE f.id BETWEEN :firstFlow AND :lastFlow AND f.client_known_by = 'syn'
        AND f.client_bytes = 0 AND f.server_bytes = 0
      GROUP BY 1, 2
      HAVING count(DISTINCT f.server_port) > :maxPorts
    ),
    pair AS MATERIALIZED (
      SELECT * FROM frequent
      WHERE (client_addr, server_addr) NOT IN (SELECT client_addr, server_addr FROM scan)
    ),
    event AS (
      SELECT empty.*, 1 AS is_empty
      FROM empty JOIN pair USING (${PAIR})
      UNION ALL
      SELECT f.id, f.client_addr, f.server_addr, f.server_port, pair.encapsulation, pair.reserved,
        f.start_ns, NULL, NULL, f.first_frame, NULL, 0
      FROM pair JOIN flows AS f
        ON f.client_addr = pair.client_addr AND f.server_addr = pair.server_addr
        AND f.server_port = pair.server_port AND ifnull(f.encapsulation_id, 0) = pair.encapsulation
        AND (f.client_port < 1024) = pair.reserved
      WHERE f.id BETWEEN :firstFlow AND :lastFlow AND f.client_bytes > 0 AND f.server_bytes > 0
    ),
    island AS (
      SELECT *, sum(1 - is_empty) OVER (
        PARTITION BY ${PAIR} ORDER BY start_ns, id
      ) AS exchanges_before
      FROM event
    ),
    step AS (
      SELECT *,
        start_ns - lag(start_ns) OVER pair_order AS interval_ns,
        start_ns - lag(closed_ns) OVER pair_order AS gap_ns,
        exchanges_before - lag(exchanges_before) OVER pair_order AS exchanges
      FROM island
      WHERE is_empty
      WINDOW pair_order AS (
        PARTITION BY ${PAIR} ORDER BY start_ns, id
      )
    ),
    link AS (
      SELECT *,
        ifnull(exchanges = 0 AND gap_ns >= 0 AND interval_ns <= :maxIntervalMs * 1000000, 0) AS goes_on_quietly,
        ifnull(gap_ns >= 0 AND interval_ns <= :tightIntervalMs * 1000000, 0) AS goes_on_tightly
      FROM step
    ),
    chain AS (
      SELECT *,
        sum(1 - goes_on_quietly) OVER pair_order AS quiet_chain,
        sum(1 - goes_on_tightly) OVER pair_order AS tight_chain
      FROM link
      WINDOW pair_order AS (
        PARTITION BY ${PAIR} ORDER BY start_ns, id
      )
    ),
    interval AS (
      SELECT *,
        ${MIXED_CHECKERS.map((k) => `start_ns - lag(start_ns, ${k}) OVER quiet_order AS interval_${k}_ns`).join(",\n        ")}
      FROM chain
      WINDOW quiet_order AS (PARTITION BY ${PAIR}, quiet_chain ORDER BY start_ns, id)
    ),
    judged AS MATERIALIZED (
      SELECT *,
        count(*) OVER quiet AS quiet_count,
        count(*) OVER tight AS tight_count,
        ${MIXED_CHECKERS.map(
          (k) =>
            `avg(interval_${k}_ns) OVER quiet AS mean_${k}_ns, avg(1.0 * interval_${k}_ns * interval_${k}_ns) OVER quiet AS mean_square_${k}`,
        ).join(",\n        ")}
      FROM interval
      WINDOW
        quiet AS (PARTITION BY ${PAIR}, quiet_chain),
        tight AS (PARTITION BY ${PAIR}, tight_chain)
    ),
    raced AS (
      SELECT ${PAIR}, quiet_chain
      FROM judged
      WHERE quiet_count >= :minConnections AND tight_count < :minTightConnections
      GROUP BY ${PAIR}, quiet_chain
      HAVING 2 * sum(EXISTS (
        SELECT 1 FROM flows AS f
        WHERE f.id BETWEEN max(:firstFlow, judged.id - ${RIVAL_FLOWS}) AND min(:lastFlow, judged.id + ${RIVAL_FLOWS})
          AND f.server_port = judged.server_port AND f.server_addr <> judged.server_addr
          AND (f.client_addr = judged.client_addr OR instr(f.client_addr, ':') > 0 <> instr(judged.client_addr, ':') > 0)
          AND abs(f.start_ns - judged.start_ns) <= ${MAX_ATTEMPT_DELAY_MS} * 1000000
          AND f.client_bytes > 0 AND f.server_bytes > 0
      )) > count(*)
    ),
    member AS (
      SELECT * FROM judged
      WHERE tight_count >= :minTightConnections
        OR (
          quiet_count >= :minConnections
          AND NOT (
            mean_1_ns >= :fastestCheckMs * 1000000
            AND (${MIXED_CHECKERS.map(isSteady).join(" OR ")})
          )
          AND (${PAIR}, quiet_chain) NOT IN (SELECT * FROM raced)
        )
    ),
    numbered AS (
      SELECT *,
        row_number() OVER client_listener AS position,
        lead(id) OVER client_listener AS next_id,
        lead(first_frame) OVER client_listener AS next_frame,
        lead(start_ns) OVER client_listener AS next_ns,
        count(*) OVER whole AS connections,
        max(closed_ns) OVER whole AS last_ns,
        min(start_ns) OVER whole AS earliest_ns,
        sum(close_kind = 'rst') OVER whole AS resets,
        min(reserved) OVER whole AS all_reserved
      FROM member
      WINDOW
        client_listener AS (PARTITION BY client_addr, server_addr, server_port, encapsulation ORDER BY start_ns, id),
        whole AS (PARTITION BY client_addr, server_addr, server_port, encapsulation)
    )
    SELECT
      client_addr || ' -> ' || CASE WHEN instr(server_addr, ':') THEN '[' || server_addr || ']' ELSE server_addr END
        || ':' || server_port || CASE encapsulation WHEN 0 THEN '' ELSE '/' || encapsulation END AS subject,
      'loop' AS message_id,
      id AS flow_id,
      CASE WHEN connections >= :minTightConnections OR all_reserved THEN 'strong' ELSE 'weak' END AS confidence,
      'unknown' AS vantage,
      earliest_ns AS start_ns,
      last_ns AS end_ns,
      first_frame AS syn_frame, numbered.start_ns AS syn_ns, id AS syn_flow_id,
      close_frame, closed_ns AS close_ns, id AS close_flow_id,
      next_frame AS again_frame, next_ns AS again_ns, next_id AS again_flow_id,
      client_addr AS client,
      CASE WHEN instr(server_addr, ':') THEN '[' || server_addr || ']' ELSE server_addr END || ':' || server_port AS listener,
      server_addr AS serverAddress,
      connections,
      printf('%.1f', (last_ns - earliest_ns) / 1e9) AS spanSeconds,
      CASE resets WHEN 0 THEN 'FIN' WHEN connections THEN 'RST' ELSE 'FIN or RST' END AS closeKind,
      CASE WHEN all_reserved THEN ', from source ports below 1024' ELSE '' END AS portNote
    FROM numbered
    ORDER BY client_addr, server_addr, server_port, encapsulation, position`,
});
