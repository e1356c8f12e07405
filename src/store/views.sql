-- Both ends of every flow, as people write them.
CREATE VIEW flow_endpoints AS
SELECT
  id AS flow_id,                                                -- flow
  iif(instr(client_addr, ':') > 0, '[' || client_addr || ']', client_addr) || ':' || client_port AS client, -- such as `10.0.0.1:40000` or `[::1]:40000`
  iif(instr(server_addr, ':') > 0, '[' || server_addr || ']', server_addr) || ':' || server_port AS server -- such as `10.0.0.2:80` or `[::1]:80`
FROM flows;

-- A line per segment in packet notation, findings beside it. Ask for one flow: `WHERE flow_id = 17`.
CREATE VIEW timeline AS
SELECT
  segments.flow_id AS flow_id,                                  -- flow
  segments.id AS segment_id,                                    -- order of capture
  segments.capture_id AS capture_id,                            -- capture
  segments.frame AS frame,                                      -- Wireshark's frame.number in that capture
  format('%s%d.%09d',
    iif(segments.time_ns < flows.start_ns, '-', ''),
    abs(segments.time_ns - flows.start_ns) / 1000000000,
    abs(segments.time_ns - flows.start_ns) % 1000000000) AS time, -- seconds since the flow's first segment, to the nanosecond
  iif(segments.sender = 'client', '->', '<-') AS direction,     -- `->` from the client, `<-` from the server
  tcp_flags.letters || ' ' || segments.seq || ':' || (segments.seq + segments.length) || '(' || segments.length || ')'
    || ifnull(' ack ' || segments.ack, '') || ' win ' || segments.window
    || ifnull(' <' || coalesce(
      segments.options || ',TS val ' || segments.tsval || ' ecr ' || segments.tsecr,
      segments.options,
      'TS val ' || segments.tsval || ' ecr ' || segments.tsecr) || '>', '') AS packet, -- such as `P. 1:6(5) ack 1 win 512 <TS val 7 ecr 3>`
  (SELECT group_concat(findings.rule_id || '/' || evidence.role, ' ')
    FROM evidence JOIN findings ON findings.id = evidence.finding_id
    WHERE evidence.capture_id = segments.capture_id AND evidence.frame = segments.frame) AS findings, -- `rule/role` of each finding it proves; NULL when none
  segments.is_copy AS is_copy,                                  -- 1 when the capture recorded this very packet before
  segments.analysis AS analysis,                                -- tshark's labels as bits
  (SELECT group_concat(labels.name, ' ') FROM labels
    WHERE segments.analysis & labels.bit) AS labels,            -- tshark's labels, such as `retransmission fast_retransmission`; NULL when none
  segments.cause AS cause                                       -- why it was sent again, docs/causes.md; NULL when it was not
FROM segments
JOIN flows ON flows.id = segments.flow_id
JOIN tcp_flags ON tcp_flags.value = segments.flags;

-- What tshark 4.0 says of each segment: a row per segment and label, named like its tcp.analysis.* fields.
CREATE VIEW segment_labels AS
SELECT
  segments.capture_id AS capture_id,                            -- capture
  segments.frame AS frame,                                      -- Wireshark's frame.number in that capture
  segments.flow_id AS flow_id,                                  -- flow
  labels.name AS label                                          -- such as `retransmission`, `duplicate_ack`, `zero_window`
FROM segments
JOIN labels ON segments.analysis & labels.bit
WHERE segments.analysis <> 0;

-- Every flow of every finding.
CREATE VIEW finding_flows AS
SELECT
  finding_flow_links.finding_id AS finding_id,                  -- finding
  findings.rule_id AS rule_id,                                  -- rule
  findings.severity AS severity,                                -- `error`, `warning` or `note`
  findings.confidence AS confidence,                            -- how sure it is: `certain`, `strong` or `weak`
  finding_flow_links.flow_id AS flow_id,                        -- flow
  flow_endpoints.client AS client,                              -- such as `10.0.0.1:40000` or `[::1]:40000`
  flow_endpoints.server AS server                               -- such as `10.0.0.2:80` or `[::1]:80`
FROM finding_flow_links
JOIN findings ON findings.id = finding_flow_links.finding_id
JOIN flow_endpoints ON flow_endpoints.flow_id = finding_flow_links.flow_id;

-- How often each rule found something.
CREATE VIEW finding_counts AS
SELECT
  findings.rule_id AS rule_id,                                  -- rule
  findings.severity AS severity,                                -- `error`, `warning` or `note`
  count(*) AS findings,                                         -- findings
  (SELECT count(DISTINCT finding_flow_links.flow_id)
    FROM finding_flow_links JOIN findings AS same ON same.id = finding_flow_links.finding_id
    WHERE same.rule_id = findings.rule_id AND same.severity = findings.severity) AS flows, -- flows these are about, each counted once
  min(findings.start_ns) AS first_ns,                           -- when the first begins, nanoseconds since the origin
  max(findings.end_ns) AS last_ns                               -- when the last ends, nanoseconds since the origin
FROM findings
GROUP BY findings.rule_id, findings.severity;

-- What became of the connections to each server port.
CREATE VIEW server_summary AS
SELECT
  iif(instr(server_addr, ':') > 0, '[' || server_addr || ']', server_addr) || ':' || server_port AS server, -- such as `10.0.0.2:80` or `[::1]:80`
  count(*) AS flows,                                            -- connections, also failed ones
  count(DISTINCT flows.client_addr) AS clients,                 -- client addresses
  sum(flows.state = 'S0') AS unanswered,                        -- SYN without any answer
  sum(flows.state = 'SF') AS closed,                            -- closed by FIN from both ends
  sum(flows.state = 'REJ') AS refused,                          -- SYN answered by RST
  sum(flows.close_kind IS 'rst') AS resets,                     -- closed by RST
  sum(flows.client_syns > 1) AS repeated_syns,                  -- flows in which the client sent more than one SYN
  sum(flows.server_syns > 1) AS repeated_syn_acks,              -- flows in which the server sent more than one SYN-ACK
  sum(flows.client_retransmits) AS client_retransmits,          -- segments that clients sent again
  sum(flows.server_retransmits) AS server_retransmits,          -- segments that the server sent again
  avg(flows.initial_rtt_ns) AS mean_initial_rtt_ns,             -- mean of the handshakes' round trips, nanoseconds; NULL when none was seen
  sum(flows.stalls > 0) AS stalled_flows,                       -- flows with a silence of at least 1 s in which something was unacknowledged
  max(flows.longest_stall_ns) AS longest_stall_ns,              -- the longest of these; NULL when there was none
  sum(flows.client_bytes) AS client_bytes,                      -- octets of payload from clients
  sum(flows.server_bytes) AS server_bytes,                      -- octets of payload from the server
  sum(flows.id IN (SELECT flow_id FROM finding_flow_links)) AS flagged_flows -- flows with a finding
FROM flows
GROUP BY flows.server_addr, flows.server_port;

-- What senders sent again, with the cause, and tshark's labels beside it. Segments that only look so are left out: late
-- ones, those doubled on the way, keepalives and window probes; all are in `repeated_segments`.
CREATE VIEW retransmissions AS
SELECT
  repeated_segments.flow_id AS flow_id,                         -- flow
  repeated_segments.capture_id AS capture_id,                   -- capture
  repeated_segments.frame AS frame,                             -- Wireshark's frame.number in that capture
  repeated_segments.time_ns AS time_ns,                         -- nanoseconds since the origin
  repeated_segments.sender AS sender,                           -- `client` or `server`
  repeated_segments.seq AS seq,                                 -- first octet, relative
  repeated_segments.length AS length,                           -- octets of payload
  repeated_segments.bytes_behind AS bytes_behind,               -- octets beyond its end that had been sent before, a FIN counted as one
  repeated_segments.cause AS cause,                             -- `timeout`, `fast`, `tail-loss-probe`, `syn-timer`, `syn-ack-timer`, `repeated-syn` or `unknown`
  repeated_segments.cause_confidence AS cause_confidence,       -- `certain`, `strong`, `weak`; NULL when unknown
  (SELECT group_concat(labels.name, ' ') FROM labels WHERE repeated_segments.analysis & labels.bit) AS labels, -- tshark's labels; NULL when it has none
  repeated_segments.transmission AS transmission,               -- which captured transmission, from 2; NULL when none was captured before
  repeated_segments.original_capture_id AS original_capture_id, -- capture of the first one; NULL when none
  repeated_segments.original_frame AS original_frame,           -- frame of the first one; NULL when none
  repeated_segments.since_original_ns AS since_original_ns,     -- nanoseconds since the first one; NULL when none
  repeated_segments.since_previous_ns AS since_previous_ns,     -- nanoseconds since the one before; NULL when none
  repeated_segments.proof AS proof,                             -- `dsack`, `timestamps` or `acknowledged` when it was spurious; NULL when nothing proves that
  repeated_segments.proof_capture_id AS proof_capture_id,       -- capture of the proof; NULL when not kept
  repeated_segments.proof_frame AS proof_frame                  -- frame of the proof; NULL when not kept
FROM repeated_segments
WHERE repeated_segments.cause NOT IN ('network-duplicate', 'reordering', 'keepalive', 'window-probe');

-- How often each cause occurred in each direction of each flow.
CREATE VIEW retransmission_counts AS
SELECT
  repeated_segments.flow_id AS flow_id,                         -- flow
  repeated_segments.sender AS sender,                           -- `client` or `server`
  repeated_segments.cause AS cause,                             -- cause, those that only look like retransmissions included
  count(*) AS segments,                                         -- segments
  sum(repeated_segments.length) AS bytes,                       -- octets of payload
  count(repeated_segments.proof) AS spurious                    -- segments whose octets the receiver had already, as is proved
FROM repeated_segments
GROUP BY repeated_segments.flow_id, repeated_segments.sender, repeated_segments.cause;
