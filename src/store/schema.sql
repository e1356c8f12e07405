-- One input file, or one live run. Files of one rotated series share their origin.
CREATE TABLE captures (
  id INTEGER PRIMARY KEY,                                       -- 1 for the first file read
  source TEXT NOT NULL,                                         -- path as the user named it, `-` for standard input, interface name when live
  kind TEXT NOT NULL CHECK (kind IN ('file', 'live')),          -- where the frames came from
  format TEXT NOT NULL,                                         -- file format, such as `pcap` or `pcapng`
  compression TEXT,                                             -- `gzip`, `zstd`, `xz` or `lz4`; NULL when not compressed
  link_type INTEGER,                                            -- LINKTYPE_ value of the first interface, https://www.tcpdump.org/linktypes.html; NULL when the file describes none
  start_ns INTEGER,                                             -- time of the first frame, nanoseconds since 1970-01-01 UTC; NULL without frames
  origin_ns INTEGER,                                            -- the moment that `time_ns` = 0 stands for, nanoseconds since 1970-01-01 UTC; NULL without frames
  started_at TEXT,                                              -- time of the first frame for people, ISO 8601 in UTC; NULL without frames
  duration_ns INTEGER NOT NULL,                                 -- nanoseconds from the first frame to the last
  frames INTEGER NOT NULL,                                      -- frames read
  tcp_frames INTEGER NOT NULL,                                  -- frames that hold a TCP segment
  skipped_frames INTEGER NOT NULL,                              -- frames that hold none, or none that could be decoded; by name in `decode_counts`
  truncated_frames INTEGER NOT NULL,                            -- frames of which the capture kept only the beginning
  dropped_frames INTEGER,                                       -- frames the capturing system saw and lost; NULL when unknown
  damage TEXT,                                                  -- what is wrong with the file, one sentence; NULL when it is whole
  vantage TEXT NOT NULL CHECK (vantage IN ('client-host', 'server-host', 'middle', 'unknown')), -- where it was taken, as its flows agree; `flows` has each
  vantage_confidence TEXT CHECK (vantage_confidence IN ('certain', 'strong', 'weak')) -- how sure that is; NULL when unknown
) STRICT;

-- An interface of a capture: a pcap file has one, a pcapng file one per description block.
CREATE TABLE interfaces (
  capture_id INTEGER NOT NULL REFERENCES captures(id),          -- the capture it belongs to
  position INTEGER NOT NULL,                                    -- 0 for the first one described
  name TEXT,                                                    -- name in the file; NULL when it has none
  link_type INTEGER NOT NULL,                                   -- LINKTYPE_ value
  snaplen INTEGER NOT NULL,                                     -- octets kept of each frame; 0 when no limit was recorded
  dropped INTEGER,                                              -- frames seen and lost there; NULL when unknown
  PRIMARY KEY (capture_id, position)
) STRICT, WITHOUT ROWID;

-- What a live capture took and lost, a row for each interval (a second unless told otherwise). The first begins with the
-- capture; counts are those of the interval.
CREATE TABLE capture_drops (
  capture_id INTEGER NOT NULL REFERENCES captures(id),          -- the live capture
  start_ns INTEGER NOT NULL,                                    -- when the interval begins, nanoseconds since the origin
  end_ns INTEGER NOT NULL,                                      -- when it ends, nanoseconds since the origin
  frames INTEGER NOT NULL,                                      -- frames that were read
  dropped_by_kernel INTEGER,                                    -- frames the kernel dropped because its buffer was full; NULL when unknown
  dropped_by_interface INTEGER,                                 -- frames the interface or its driver dropped; NULL when unknown
  evicted_half_open INTEGER NOT NULL,                           -- flows forgotten to bound memory that were never established
  evicted_closed INTEGER NOT NULL,                              -- flows forgotten that were closed
  evicted_open INTEGER NOT NULL,                                -- flows forgotten that were open and silent for longest
  PRIMARY KEY (capture_id, start_ns)
) STRICT, WITHOUT ROWID;

-- Frames that are no TCP segment, by what they are.
CREATE TABLE decode_counts (
  capture_id INTEGER NOT NULL REFERENCES captures(id),          -- the capture they are in
  name TEXT NOT NULL,                                           -- what they are, such as `ip fragment` or `ethertype 0x88cc`
  frames INTEGER NOT NULL,                                      -- how many
  PRIMARY KEY (capture_id, name)
) STRICT, WITHOUT ROWID;

-- What segments were wrapped in; part of a flow's identity.
CREATE TABLE encapsulations (
  id INTEGER PRIMARY KEY,                                       -- 1 for the first one met
  name TEXT NOT NULL                                            -- from the outside in, such as `vlan 10, vxlan 42`
) STRICT;

-- One TCP connection, or what the captures hold of it.
CREATE TABLE flows (
  id INTEGER PRIMARY KEY,                                       -- in the order of their first segments
  capture_id INTEGER NOT NULL REFERENCES captures(id),          -- capture of its first segment
  client_addr TEXT NOT NULL,                                    -- IP address of the end that opened it
  client_port INTEGER NOT NULL,                                 -- port of the end that opened it
  server_addr TEXT NOT NULL,                                    -- IP address of the other end
  server_port INTEGER NOT NULL,                                 -- port of the other end
  encapsulation_id INTEGER REFERENCES encapsulations(id),       -- what its first segment was wrapped in; NULL when in nothing
  client_known_by TEXT NOT NULL CHECK (client_known_by IN ('syn', 'syn-ack', 'ports', 'direction')), -- how the client was told from the server; the last two are guesses
  state TEXT NOT NULL,                                          -- Zeek's conn_state, such as `SF` or `S0`
  history TEXT NOT NULL,                                        -- Zeek's history: upper case from the client, lower case from the server
  first_frame INTEGER NOT NULL,                                 -- frame number of its first segment, in `capture_id`
  last_capture_id INTEGER NOT NULL REFERENCES captures(id),     -- capture of its last segment that is no copy
  last_frame INTEGER NOT NULL,                                  -- frame number of its last segment that is no copy, in `last_capture_id`
  start_ns INTEGER NOT NULL,                                    -- time of its first segment, nanoseconds since the origin
  duration_ns INTEGER NOT NULL,                                 -- nanoseconds from its first segment to its last
  client_isn INTEGER,                                           -- client's initial sequence number; NULL when its SYN was not seen
  server_isn INTEGER,                                           -- server's initial sequence number; NULL when its SYN-ACK was not seen
  client_segments INTEGER NOT NULL,                             -- segments the client sent, copies left out
  server_segments INTEGER NOT NULL,                             -- segments the server sent, copies left out
  client_bytes INTEGER NOT NULL,                                -- octets of payload the client sent, retransmitted ones included
  server_bytes INTEGER NOT NULL,                                -- octets of payload the server sent, retransmitted ones included
  client_unique_bytes INTEGER NOT NULL,                         -- octets of the client's stream that were sent at least once
  server_unique_bytes INTEGER NOT NULL,                         -- octets of the server's stream that were sent at least once
  client_retransmits INTEGER NOT NULL,                          -- segments the client sent again
  server_retransmits INTEGER NOT NULL,                          -- segments the server sent again
  client_copies INTEGER NOT NULL,                               -- segments of the client that the capture recorded twice
  server_copies INTEGER NOT NULL,                               -- segments of the server that the capture recorded twice
  client_mss INTEGER,                                           -- maximum segment size of the client's SYN, octets; NULL when absent
  server_mss INTEGER,                                           -- maximum segment size of the server's SYN-ACK, octets; NULL when absent
  client_window_scale INTEGER,                                  -- window shift of the client's SYN; NULL when absent
  server_window_scale INTEGER,                                  -- window shift of the server's SYN-ACK; NULL when absent
  client_syns INTEGER NOT NULL,                                 -- SYNs the client sent
  server_syns INTEGER NOT NULL,                                 -- SYN-ACKs the server sent
  client_fin_frame INTEGER,                                     -- frame of the client's first FIN; NULL when none
  server_fin_frame INTEGER,                                     -- frame of the server's first FIN; NULL when none
  client_rst_frame INTEGER,                                     -- frame of the client's first RST; NULL when none
  server_rst_frame INTEGER,                                     -- frame of the server's first RST; NULL when none
  syn_ns INTEGER,                                               -- time of the first SYN, nanoseconds since the origin; NULL when not seen
  syn_ack_ns INTEGER,                                           -- time of the first SYN-ACK, nanoseconds since the origin; NULL when not seen
  handshake_ack_ns INTEGER,                                     -- time of the ACK that completes the handshake, nanoseconds since the origin; NULL when not seen
  closed_by TEXT CHECK (closed_by IN ('client', 'server')),     -- who sent the first FIN or RST; NULL while open
  close_kind TEXT CHECK (close_kind IN ('fin', 'rst')),         -- what that was; NULL while open
  closed_ns INTEGER,                                            -- when that was, nanoseconds since the origin; NULL while open
  completeness INTEGER NOT NULL,                                -- what was captured: 1 SYN, 2 SYN-ACK, 4 ACK, 8 data, 16 FIN, 32 RST; tshark's tcp.completeness
  initial_rtt_ns INTEGER,                                       -- nanoseconds from the latest SYN to the first ACK; tshark's tcp.analysis.initial_rtt; NULL when unknown
  stalls INTEGER NOT NULL,                                      -- silences of at least 1 s, ended in the capture, in which something was unacknowledged
  longest_stall_ns INTEGER,                                     -- the longest of them, nanoseconds; NULL when there was none
  vantage TEXT NOT NULL CHECK (vantage IN ('client-host', 'server-host', 'middle', 'unknown')), -- where it was captured
  vantage_confidence TEXT CHECK (vantage_confidence IN ('certain', 'strong', 'weak')) -- how sure that is; NULL when unknown
) STRICT;

-- What each end of a flow sent and how that was acknowledged: a row per end that sent anything. Named beside the columns
-- is what tcptrace calls it; docs/differences.md tells where both differ.
CREATE TABLE flow_statistics (
  flow_id INTEGER NOT NULL REFERENCES flows(id),                -- its connection
  sender TEXT NOT NULL CHECK (sender IN ('client', 'server')),  -- which end
  segments INTEGER NOT NULL,                                    -- segments it sent, copies included; tcptrace's total packets
  ack_segments INTEGER NOT NULL,                                -- segments with ACK; ack pkts sent
  pure_ack_segments INTEGER NOT NULL,                           -- segments with ACK and neither data, SYN, FIN nor RST; pure acks sent
  syn_segments INTEGER NOT NULL,                                -- segments with SYN; SYN pkts sent
  fin_segments INTEGER NOT NULL,                                -- segments with FIN; FIN pkts sent
  rst_segments INTEGER NOT NULL,                                -- segments with RST; resets sent
  other_isn_syns INTEGER NOT NULL,                              -- SYNs whose number differs from that of the first
  data_segments INTEGER NOT NULL,                               -- segments with data; actual data pkts
  data_bytes INTEGER NOT NULL,                                  -- octets of data, repeated ones included; actual data bytes
  unique_bytes INTEGER NOT NULL,                                -- octets of data that no earlier segment held, without zero-window probes; unique bytes sent
  pushed_segments INTEGER NOT NULL,                             -- segments with data and PSH; pushed data pkts
  urgent_segments INTEGER NOT NULL,                             -- segments with data and URG; urgent data pkts
  urgent_bytes INTEGER NOT NULL,                                -- their urgent pointers, added up; urgent data bytes
  truncated_segments INTEGER NOT NULL,                          -- segments of whose data the capture kept only a part; truncated packets
  truncated_bytes INTEGER NOT NULL,                             -- octets of data that the capture did not keep; truncated data
  retransmitted_segments INTEGER NOT NULL,                      -- segments that hold octets, a SYN or a FIN sent before, copies included; rexmt data pkts
  retransmitted_bytes INTEGER NOT NULL,                         -- octets sent again, a SYN or FIN counting as one; rexmt data bytes
  retransmissions_max INTEGER NOT NULL,                         -- how often one unacknowledged segment was sent again at most; max # retrans
  retransmit_min_ns INTEGER,                                    -- shortest time from one transmission of a segment to the next, nanoseconds; min retr time; NULL when none was repeated
  retransmit_max_ns INTEGER,                                    -- longest such time; max retr time
  retransmit_avg_ns INTEGER,                                    -- mean of these times; avg retr time
  retransmit_stdev_ns INTEGER,                                  -- their standard deviation; sdv retr time; NULL below three
  out_of_order_segments INTEGER NOT NULL,                       -- segments whose octets come after later ones and were not sent before; outoforder pkts
  reordering_bytes INTEGER,                                     -- how far below the highest number sent such a segment began at most, octets; NULL when none
  zero_window_probes INTEGER NOT NULL,                          -- segments with data or FIN sent while the receiver's window was 0; zwnd probe pkts
  zero_window_probe_bytes INTEGER NOT NULL,                     -- octets of data in them; zwnd probe bytes
  link_duplicates INTEGER NOT NULL,                             -- segments with sequence number and IPv4 identification of one of the eight before; hardware dups
  segment_min_bytes INTEGER,                                    -- octets of data in the smallest segment with data; min segm size; NULL without data
  segment_max_bytes INTEGER,                                    -- octets of data in the largest; max segm size
  window_min_bytes INTEGER,                                     -- smallest window it offered that is not 0, scaled, octets; min win adv; NULL when none
  window_max_bytes INTEGER,                                     -- largest window it offered, scaled, octets; max win adv; NULL when none but 0
  window_avg_bytes INTEGER NOT NULL,                            -- mean window over its segments, scaled, octets; avg win adv
  zero_windows INTEGER NOT NULL,                                -- segments that offer no window; zero win adv
  initial_window_bytes INTEGER NOT NULL,                        -- octets of data sent before anything but the SYN was acknowledged; initial window
  initial_window_segments INTEGER NOT NULL,                     -- segments they were in; initial window pkts
  in_flight_min_bytes INTEGER,                                  -- fewest octets in flight after a segment with new data; NULL without data
  in_flight_max_bytes INTEGER,                                  -- most octets in flight
  stream_bytes INTEGER,                                         -- octets of its whole stream, captured or not, by SYN and FIN; ttl stream length; NULL when either is missing or they contradict each other
  missing_bytes INTEGER,                                        -- those of them that are not in `unique_bytes`; missed data; NULL when unknown
  first_data_ns INTEGER,                                        -- time of its first data, nanoseconds since the origin; NULL without data
  last_data_ns INTEGER,                                         -- time of its last data, nanoseconds since the origin; the difference is tcptrace's data xmit time
  first_ack_ns INTEGER,                                         -- time of its first segment with ACK, and without SYN and RST, nanoseconds since the origin; Tstat's first ACK; NULL when none
  idle_max_ns INTEGER NOT NULL,                                 -- its longest silence, up to the capture's end while the connection is open, nanoseconds; idletime max
  throughput_bytes_per_second INTEGER,                          -- unique octets by the connection's duration; throughput; NULL when that is 0
  sack_segments INTEGER NOT NULL,                               -- segments with SACK blocks; sacks sent
  sack_acks INTEGER NOT NULL,                                   -- those of them with ACK and without RST; sack pkts sent
  duplicate_sacks INTEGER NOT NULL,                             -- those of them that report octets received twice (RFC 2883); dsack pkts sent
  sack_blocks_max INTEGER NOT NULL,                             -- most SACK blocks in one segment; max sack blks/ack
  options TEXT,                                                 -- options seen in its segments, such as `mss,sackOK,TS,wscale`; req 1323 ws/ts, req sack; NULL when none
  ttl_min INTEGER NOT NULL,                                     -- lowest time to live, or hop limit
  ttl_max INTEGER NOT NULL,                                     -- highest time to live, or hop limit
  rtt_samples INTEGER NOT NULL,                                 -- its segments that were sent once and acknowledged exactly; RTT samples
  rtt_min_ns INTEGER,                                           -- shortest time until then, nanoseconds; RTT min; NULL without samples
  rtt_max_ns INTEGER,                                           -- longest such time; RTT max
  rtt_avg_ns INTEGER,                                           -- mean of these times; RTT avg
  rtt_stdev_ns INTEGER,                                         -- their standard deviation; RTT stdev; NULL below three samples
  rtt_handshake_ns INTEGER,                                     -- time from its SYN to the ACK of nothing but the SYN; RTT from 3WHS; NULL when not seen or when the SYN was repeated
  full_size_bytes INTEGER,                                      -- size of its largest segments with a round-trip time, octets; NULL without samples
  full_size_rtt_samples INTEGER NOT NULL,                       -- samples of segments of that size; RTT full_sz smpls
  full_size_rtt_min_ns INTEGER,                                 -- shortest of them, nanoseconds; RTT full_sz min
  full_size_rtt_max_ns INTEGER,                                 -- longest of them; RTT full_sz max
  full_size_rtt_avg_ns INTEGER,                                 -- their mean; RTT full_sz avg
  full_size_rtt_stdev_ns INTEGER,                               -- their standard deviation; RTT full_sz stdev; NULL below three
  post_loss_acks INTEGER NOT NULL,                              -- its segments acknowledged exactly after one before them was sent again; post-loss acks
  ambiguous_acks INTEGER NOT NULL,                              -- its segments acknowledged exactly that were sent more than once; ambiguous acks
  ambiguous_rtt_min_ns INTEGER,                                 -- shortest time from the last transmission of such a segment, nanoseconds; RTT min (last); NULL when none
  ambiguous_rtt_max_ns INTEGER,                                 -- longest such time; RTT max (last)
  ambiguous_rtt_avg_ns INTEGER,                                 -- mean of these times; RTT avg (last)
  ambiguous_rtt_stdev_ns INTEGER,                               -- their standard deviation; RTT sdv (last); NULL below three
  cumulatively_acked_segments INTEGER NOT NULL,                 -- its segments acknowledged with later ones; segs cum acked
  duplicate_acks INTEGER NOT NULL,                              -- duplicate ACKs the peer sent for its segments; duplicate acks
  triple_duplicate_acks INTEGER NOT NULL,                       -- how often three in a row; triple dupacks
  PRIMARY KEY (flow_id, sender)
) STRICT, WITHOUT ROWID;

-- One TCP segment; `id` is the order of capture.
CREATE TABLE segments (
  id INTEGER PRIMARY KEY,                                       -- 1 for the first segment of the first capture
  flow_id INTEGER NOT NULL REFERENCES flows(id),                -- its connection
  capture_id INTEGER NOT NULL REFERENCES captures(id),          -- its capture
  frame INTEGER NOT NULL,                                       -- Wireshark's frame.number in that capture
  time_ns INTEGER NOT NULL,                                     -- nanoseconds since the origin
  sender TEXT NOT NULL CHECK (sender IN ('client', 'server')),  -- which end sent it
  flags INTEGER NOT NULL,                                       -- nine control bits, FIN = 1 to AE = 256; letters in `tcp_flags`
  seq INTEGER NOT NULL,                                         -- sequence number: octets since the sender's ISN, which is 0; never wraps
  ack INTEGER,                                                  -- acknowledgment number: octets since the receiver's ISN; NULL without ACK
  length INTEGER NOT NULL,                                      -- octets of payload on the wire
  window INTEGER NOT NULL,                                      -- window field as sent, not scaled
  tsval INTEGER,                                                -- TSval of the timestamps option; NULL when absent
  tsecr INTEGER,                                                -- TSecr of the timestamps option; NULL when absent
  options TEXT,                                                 -- the other options, such as `mss 1460,sackOK`; NULL when none
  ip_id INTEGER,                                                -- IPv4 identification; NULL for IPv6
  ttl INTEGER NOT NULL,                                         -- time to live, or hop limit
  is_copy INTEGER NOT NULL,                                     -- 1 when the capture recorded this very packet before
  analysis INTEGER NOT NULL,                                    -- what tshark 4.0 says in tcp.analysis.flags, as bits; names in `segment_labels`
  duplicate_ack_number INTEGER,                                 -- which duplicate ACK in a row, from 1; tshark's tcp.analysis.duplicate_ack_num; NULL when none
  ack_rtt_ns INTEGER,                                           -- nanoseconds since the segment it acknowledges; tshark's tcp.analysis.ack_rtt; NULL when it acknowledges none, or only in part
  bytes_in_flight INTEGER,                                      -- octets sent and not acknowledged after it; tshark's tcp.analysis.bytes_in_flight; NULL when unknown
  rto_ns INTEGER,                                               -- nanoseconds from what it repeats, as tshark takes it: tcp.analysis.rto; NULL when none
  cause TEXT,                                                   -- why it was sent again, our own judgement: docs/causes.md; NULL when it was not
  cause_confidence TEXT CHECK (cause_confidence IN ('certain', 'strong', 'weak')) -- how sure that is; NULL when unknown or not sent again
) STRICT;

CREATE INDEX segments_flow_id ON segments(flow_id);

-- A segment that carries sequence numbers which its sender had passed before, or probes right below them, and why;
-- docs/causes.md. Copies of the capture are left out. Kept whatever `--timeline` says.
CREATE TABLE repeated_segments (
  id INTEGER PRIMARY KEY,                                       -- in the order of capture
  flow_id INTEGER NOT NULL REFERENCES flows(id),                -- its connection
  capture_id INTEGER NOT NULL REFERENCES captures(id),          -- its capture
  frame INTEGER NOT NULL,                                       -- Wireshark's frame.number in that capture
  time_ns INTEGER NOT NULL,                                     -- nanoseconds since the origin
  sender TEXT NOT NULL CHECK (sender IN ('client', 'server')),  -- which end sent it
  seq INTEGER NOT NULL,                                         -- sequence number: octets since the sender's ISN, which is 0; never wraps
  length INTEGER NOT NULL,                                      -- octets of payload on the wire
  bytes_behind INTEGER NOT NULL,                                -- octets beyond its end that its sender had sent before, a FIN counted as one
  analysis INTEGER NOT NULL,                                    -- tshark's labels as bits, like `segments.analysis`
  cause TEXT NOT NULL,                                          -- why it came again, with what later segments told; `unknown` when nothing tells
  cause_confidence TEXT CHECK (cause_confidence IN ('certain', 'strong', 'weak')), -- how sure that is; NULL when unknown
  transmission INTEGER,                                         -- which captured transmission of its first octet, from 2; NULL when none was captured before
  original_capture_id INTEGER REFERENCES captures(id),          -- capture of the first one; NULL when none
  original_frame INTEGER,                                       -- frame of the first one; NULL when none
  since_original_ns INTEGER,                                    -- nanoseconds since the first one; NULL when none
  since_previous_ns INTEGER,                                    -- nanoseconds since the one before; NULL when none
  proof TEXT CHECK (proof IN ('dsack', 'timestamps', 'acknowledged')), -- what proves that the receiver had the octets already; NULL when nothing
  proof_capture_id INTEGER REFERENCES captures(id),             -- capture of the segment that proves it; NULL when it was not kept
  proof_frame INTEGER                                           -- frame of the segment that proves it; NULL when it was not kept
) STRICT;

-- The rules that were run.
CREATE TABLE rules (
  id TEXT PRIMARY KEY,                                          -- such as `syn-ack-after-data`
  summary TEXT NOT NULL,                                        -- what it finds, one sentence
  severity TEXT NOT NULL CHECK (severity IN ('error', 'warning', 'note')), -- severity of its findings in this run
  docs TEXT NOT NULL                                            -- where its page is
) STRICT, WITHOUT ROWID;

-- Something a rule found.
CREATE TABLE findings (
  id INTEGER PRIMARY KEY,                                       -- in the order they were reported
  rule_id TEXT NOT NULL REFERENCES rules(id),                   -- the rule
  severity TEXT NOT NULL CHECK (severity IN ('error', 'warning', 'note')), -- how bad it is
  message_id TEXT NOT NULL,                                     -- which of the rule's messages
  message TEXT NOT NULL,                                        -- what happened
  why TEXT NOT NULL,                                            -- why it matters
  remedy TEXT NOT NULL,                                         -- what to check and change
  confidence TEXT NOT NULL CHECK (confidence IN ('certain', 'strong', 'weak')), -- how sure the cause is
  vantage TEXT NOT NULL CHECK (vantage IN ('client-host', 'server-host', 'middle', 'unknown')), -- where the capture was taken
  alternatives TEXT NOT NULL,                                   -- other causes that the wire cannot exclude, JSON array of strings
  data TEXT NOT NULL,                                           -- values of the message, JSON object
  subject TEXT NOT NULL,                                        -- what it is about, free of all that changes from run to run: a listener, a client and a listener
  server_flows INTEGER NOT NULL,                                -- connections to the servers of its flows, in the same capture or series
  flow_id INTEGER REFERENCES flows(id),                         -- its first flow, all in `finding_flows`; NULL when about none
  capture_id INTEGER NOT NULL REFERENCES captures(id),          -- capture of its first evidence
  start_ns INTEGER NOT NULL,                                    -- when it begins, nanoseconds since the origin
  end_ns INTEGER NOT NULL,                                      -- when it ends, nanoseconds since the origin
  fingerprint TEXT NOT NULL                                     -- the same for the same trouble across runs and ephemeral ports
) STRICT;

CREATE INDEX findings_rule_id ON findings(rule_id);

-- All flows of a finding; read `finding_flows`.
CREATE TABLE finding_flow_links (
  finding_id INTEGER NOT NULL REFERENCES findings(id),          -- the finding
  flow_id INTEGER NOT NULL REFERENCES flows(id),                -- one of its flows
  PRIMARY KEY (finding_id, flow_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX finding_flow_links_flow_id ON finding_flow_links(flow_id);

-- The very frames that prove a finding.
CREATE TABLE evidence (
  finding_id INTEGER NOT NULL REFERENCES findings(id),          -- the finding
  role TEXT NOT NULL,                                           -- what the frame proves, a name of the rule's
  capture_id INTEGER NOT NULL REFERENCES captures(id),          -- capture of the frame
  frame INTEGER NOT NULL,                                       -- Wireshark's frame.number in that capture
  flow_id INTEGER REFERENCES flows(id),                         -- flow of the frame; NULL when it belongs to none
  time_ns INTEGER NOT NULL,                                     -- nanoseconds since the origin
  note TEXT                                                     -- what to see there; NULL when the role says it all
) STRICT;

CREATE INDEX evidence_finding_id ON evidence(finding_id);
CREATE INDEX evidence_frame ON evidence(capture_id, frame);

-- ICMP and ICMPv6 errors that quote a TCP segment.
CREATE TABLE icmp_errors (
  id INTEGER PRIMARY KEY,                                       -- in the order of capture
  capture_id INTEGER NOT NULL REFERENCES captures(id),          -- its capture
  frame INTEGER NOT NULL,                                       -- Wireshark's frame.number in that capture
  time_ns INTEGER NOT NULL,                                     -- nanoseconds since the origin
  flow_id INTEGER REFERENCES flows(id),                         -- flow of the quoted segment; NULL when it was not captured
  type INTEGER NOT NULL,                                        -- ICMP type
  code INTEGER NOT NULL,                                        -- ICMP code
  name TEXT NOT NULL,                                           -- both in words, such as `port unreachable`
  ip_version INTEGER NOT NULL CHECK (ip_version IN (4, 6)),     -- 4 for ICMP, 6 for ICMPv6
  reporter_addr TEXT NOT NULL,                                  -- address of the host that sent the error
  mtu INTEGER,                                                  -- next-hop MTU, octets; NULL when not of that kind
  quoted_from TEXT NOT NULL,                                    -- sender of the quoted segment, such as `10.0.0.1:80` or `[::1]:80`
  quoted_to TEXT NOT NULL,                                      -- its receiver
  quoted_seq INTEGER NOT NULL                                   -- its raw sequence number, 0 to 4294967295
) STRICT;

CREATE INDEX icmp_errors_flow_id ON icmp_errors(flow_id);

-- A call of ONC RPC (RFC 5531) and its reply: NFS and what belongs to it, over TCP. Frames and times are those of the
-- segment that completes the message, as in tshark; of a message that was never complete, of the one it begins in. At most
-- the first 250000 calls of a capture, and as many again without a reply.
CREATE TABLE rpc_calls (
  id INTEGER PRIMARY KEY,                                       -- in the order of the calls
  flow_id INTEGER NOT NULL REFERENCES flows(id),                -- its connection
  xid INTEGER NOT NULL,                                         -- transaction id: the same in call and reply, and when the call is sent again
  sender TEXT NOT NULL CHECK (sender IN ('client', 'server')),  -- which end called; `server` for NFSv4.1's callbacks
  program INTEGER NOT NULL,                                     -- program number, such as 100003
  version INTEGER NOT NULL,                                     -- version of the program
  minor_version INTEGER,                                        -- minor version of an NFSv4 compound; NULL for others, and where it cannot be read
  procedure INTEGER NOT NULL,                                   -- procedure number
  program_name TEXT,                                            -- such as `nfs`, `portmapper`, `mount`, `nlm`; NULL when not known
  procedure_name TEXT,                                          -- such as `GETATTR`; NULL when not known
  credential TEXT,                                              -- flavor of the credential, such as `sys`; NULL when cut off
  capture_id INTEGER NOT NULL REFERENCES captures(id),          -- capture of the call
  call_frame INTEGER NOT NULL,                                  -- Wireshark's frame.number of the call in that capture
  call_ns INTEGER NOT NULL,                                     -- time of the call, nanoseconds since the origin
  call_bytes INTEGER NOT NULL,                                  -- octets of the call, record marks included
  is_call_complete INTEGER NOT NULL,                            -- 1 when all of it was sent
  transmission INTEGER NOT NULL,                                -- which transmission on this connection, from 1
  reply_capture_id INTEGER REFERENCES captures(id),             -- capture of the reply; NULL without one
  reply_frame INTEGER,                                          -- Wireshark's frame.number of the reply in that capture; NULL without one
  reply_ns INTEGER,                                             -- time of the reply, nanoseconds since the origin; NULL without one
  reply_bytes INTEGER,                                          -- octets of the reply, record marks included; NULL without one
  is_reply_complete INTEGER,                                    -- 1 when all of it was sent; NULL without one
  may_have_reply INTEGER NOT NULL,                              -- 1 when the capture lacks octets in which a reply may have been
  latency_ns INTEGER,                                           -- nanoseconds from call to reply; tshark's rpc.time; NULL unless both are complete
  status TEXT                                                   -- what the reply says, such as `success` or `program unavailable`; NULL without one, or when cut off
) STRICT;

CREATE INDEX rpc_calls_flow_id ON rpc_calls(flow_id);
CREATE INDEX rpc_calls_xid ON rpc_calls(xid);

-- What the kernel counted, one row per sample and counter; from `--counters`.
CREATE TABLE kernel_counters (
  id INTEGER PRIMARY KEY,                                       -- in the order of sampling
  capture_id INTEGER REFERENCES captures(id),                   -- capture whose origin the time counts from; NULL when no capture has frames
  time_ns INTEGER NOT NULL,                                     -- when it was read, nanoseconds since the origin
  host TEXT,                                                    -- where; NULL when unknown
  name TEXT NOT NULL,                                           -- such as `TcpExtListenOverflows`
  value INTEGER NOT NULL,                                       -- as read; counts since the host or namespace started, or, in files of plain `nstat`, since the sample before
  delta INTEGER                                                 -- growth since the sample before; NULL for the first, where it began anew, and for states such as `TcpCurrEstab`
) STRICT;

CREATE INDEX kernel_counters_name ON kernel_counters(name, time_ns);

-- Listening sockets and how full their queues were; from `--sockets`.
CREATE TABLE listeners (
  id INTEGER PRIMARY KEY,                                       -- in the order of sampling
  capture_id INTEGER REFERENCES captures(id),                   -- capture whose origin the time counts from; NULL when no capture has frames
  time_ns INTEGER NOT NULL,                                     -- when it was read, nanoseconds since the origin
  host TEXT,                                                    -- where; NULL when unknown
  addr TEXT NOT NULL,                                           -- address listened on; `0.0.0.0`, `::` and `*` (IPv4 and IPv6) are all
  port INTEGER NOT NULL,                                        -- port listened on
  accept_queue INTEGER NOT NULL,                                -- connections complete and not yet accepted
  backlog INTEGER,                                              -- how many may wait so; one more is let in; NULL when not told, as in /proc/net/tcp
  process TEXT,                                                 -- who listens, such as `nginx[17]`; NULL when unknown
  drops INTEGER                                                 -- segments the socket has dropped, for whatever reason; ss -m; NULL when not told
) STRICT;

CREATE INDEX listeners_port ON listeners(port, time_ns);

-- Sockets of connections, as ss or /proc/net/tcp showed them; from `--sockets`. They join `flows` by addresses and ports.
CREATE TABLE sockets (
  id INTEGER PRIMARY KEY,                                       -- in the order of sampling
  capture_id INTEGER REFERENCES captures(id),                   -- capture whose origin the time counts from; NULL when no capture has frames
  time_ns INTEGER NOT NULL,                                     -- when it was read, nanoseconds since the origin
  host TEXT,                                                    -- where; NULL when unknown
  state TEXT,                                                   -- as ss calls it, such as `ESTAB`; NULL when ss was asked for one state and so left it out
  local_addr TEXT NOT NULL,                                     -- address of this end
  local_port INTEGER NOT NULL,                                  -- port of this end
  peer_addr TEXT NOT NULL,                                      -- address of the other end
  peer_port INTEGER NOT NULL,                                   -- port of the other end; 0 when it has none
  receive_queue_bytes INTEGER NOT NULL,                         -- octets received and not yet read by the application; ss: Recv-Q
  send_queue_bytes INTEGER NOT NULL,                            -- octets written and not yet acknowledged, a SYN counting as one; ss: Send-Q
  process TEXT,                                                 -- whose it is, such as `nginx[17]`; NULL when unknown
  timer TEXT,                                                   -- which timer runs: `on` (retransmission), `keepalive`, `timewait`, `persist`, `unknown`; NULL when none or not told
  timer_ns INTEGER,                                             -- nanoseconds until it fires
  timeouts INTEGER,                                             -- how often in a row it has fired
  congestion_control TEXT,                                      -- congestion control, such as `cubic`
  rtt_ns INTEGER,                                               -- smoothed round-trip time, nanoseconds; ss: rtt. What ss -i did not print, as it does not print zeros, is NULL here and below
  rtt_deviation_ns INTEGER,                                     -- its mean deviation, nanoseconds; rtt behind the slash
  retransmissions INTEGER,                                      -- segments sent again since the connection began; retrans behind the slash
  outstanding_retransmissions INTEGER,                          -- those of them not yet acknowledged; retrans before the slash
  send_window_scale INTEGER,                                    -- window shift of the peer; wscale before the comma
  receive_window_scale INTEGER,                                 -- window shift of this end; wscale behind the comma
  rto_ns INTEGER,                                               -- retransmission timeout, nanoseconds; rto
  ato_ns INTEGER,                                               -- delayed ACK timeout, nanoseconds; ato
  min_rtt_ns INTEGER,                                           -- shortest round-trip time, nanoseconds; minrtt
  receive_rtt_ns INTEGER,                                       -- round-trip time as the receiver sees it, nanoseconds; rcv_rtt
  since_sent_ns INTEGER,                                        -- nanoseconds since data was sent; lastsnd
  since_received_ns INTEGER,                                    -- nanoseconds since data was received; lastrcv
  since_ack_ns INTEGER,                                         -- nanoseconds since an ACK was received; lastack
  busy_ns INTEGER,                                              -- nanoseconds with data in flight; busy
  window_limited_ns INTEGER,                                    -- nanoseconds held up by the peer's window; rwnd_limited
  send_buffer_limited_ns INTEGER,                               -- nanoseconds held up by the send buffer; sndbuf_limited
  backoff INTEGER,                                              -- how often the timeout was doubled; backoff
  mss_bytes INTEGER,                                            -- largest segment it sends, octets; mss
  path_mtu_bytes INTEGER,                                       -- path MTU, octets; pmtu
  receive_mss_bytes INTEGER,                                    -- largest segment it received, as estimated, octets; rcvmss
  advertised_mss_bytes INTEGER,                                 -- MSS it announced, octets; advmss
  cwnd_segments INTEGER,                                        -- congestion window, segments; cwnd
  ssthresh_segments INTEGER,                                    -- slow start threshold, segments; ssthresh
  sent_bytes INTEGER,                                           -- octets sent, repeated ones included; bytes_sent
  retransmitted_bytes INTEGER,                                  -- octets sent again; bytes_retrans
  acked_bytes INTEGER,                                          -- octets acknowledged by the peer; bytes_acked
  received_bytes INTEGER,                                       -- octets received; bytes_received
  sent_segments INTEGER,                                        -- segments sent; segs_out
  received_segments INTEGER,                                    -- segments received; segs_in
  sent_data_segments INTEGER,                                   -- segments with data sent; data_segs_out
  received_data_segments INTEGER,                               -- segments with data received; data_segs_in
  delivered_segments INTEGER,                                   -- segments that the peer is known to have; delivered
  unacked_segments INTEGER,                                     -- segments in flight, for the kernel also those to be sent again; unacked
  lost_segments INTEGER,                                        -- segments taken for lost; lost
  sacked_segments INTEGER,                                      -- segments acknowledged by SACK; sacked
  reordering_segments INTEGER,                                  -- how far out of order segments may come, segments; reordering
  duplicate_sacks INTEGER,                                      -- DSACKs received; dsack_dups
  reordering_events INTEGER,                                    -- how often reordering was seen; reord_seen
  unsent_bytes INTEGER,                                         -- octets written and not yet sent; notsent
  receive_space_bytes INTEGER,                                  -- how much it expects in a round trip, octets; rcv_space
  receive_ssthresh_bytes INTEGER,                               -- largest window it would offer now, octets; rcv_ssthresh
  send_window_bytes INTEGER,                                    -- window the peer offers, octets; snd_wnd
  receive_window_bytes INTEGER,                                 -- window it offers, octets; rcv_wnd
  send_bits_per_second INTEGER,                                 -- a window per round trip, bits per second; send
  pacing_bits_per_second INTEGER,                               -- rate it sends at, bits per second; pacing_rate
  delivery_bits_per_second INTEGER                              -- rate that was delivered, bits per second; delivery_rate
) STRICT;

CREATE INDEX sockets_ports ON sockets(local_port, peer_port, time_ns);

-- Changes of the routing table; from `--routes`.
CREATE TABLE route_events (
  id INTEGER PRIMARY KEY,                                       -- in the order they happened
  capture_id INTEGER REFERENCES captures(id),                   -- capture whose origin the time counts from; NULL when no capture has frames
  time_ns INTEGER NOT NULL,                                     -- when, nanoseconds since the origin
  host TEXT,                                                    -- where; NULL when unknown
  operation TEXT NOT NULL CHECK (operation IN ('add', 'delete', 'replace')), -- what was done; `ip monitor` shows a replacement as `add`
  prefix TEXT NOT NULL,                                         -- destination, such as `10.0.0.0/8`, `default` or a single address
  gateway_addr TEXT,                                            -- next hop, of several the first; NULL when directly connected
  device TEXT,                                                  -- outgoing interface; NULL when none
  route_type TEXT,                                              -- such as `unicast`, `unreachable`, `blackhole`; NULL when not told
  route_table TEXT,                                             -- such as `local` or `100`, `cache` for what was noted of one destination; NULL when not told, which means `main`
  error TEXT                                                    -- what sending there fails with, such as `ENETUNREACH`; NULL when not told
) STRICT;

CREATE INDEX route_events_time_ns ON route_events(time_ns);

-- The letters of every set of control bits.
CREATE TABLE tcp_flags (
  value INTEGER PRIMARY KEY,                                    -- 0 to 511
  letters TEXT NOT NULL                                         -- tcpdump's, such as `S.` for SYN-ACK; `-` when no bit is set
) STRICT;

-- tshark's labels: the bits of `segments.analysis`.
CREATE TABLE labels (
  bit INTEGER PRIMARY KEY,                                      -- a power of two
  name TEXT NOT NULL                                            -- tshark's, without `tcp.analysis.`, such as `duplicate_ack`
) STRICT;
