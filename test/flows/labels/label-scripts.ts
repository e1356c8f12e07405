/**
 * One script for each label and for each of its borders, after Wireshark's User's Guide, "TCP Analysis": the comment
 * of a line names the labels that it must get.
 */
const HANDSHAKE = `
  0     -> S  0:0(0)         win 1000 <mss 1000,sackOK,wscale 0>
  +.010 <- S. 0:0(0)   ack 1 win 1000 <mss 1000,sackOK,wscale 0>
  +.010 -> .  1:1(0)   ack 1 win 1000
`;

export const LABEL_SCRIPTS: Readonly<Record<string, string>> = {
  "a SYN and a SYN-ACK that come again are retransmissions, never spurious": `
    0     -> S  0:0(0)         win 1000
    +1    -> S  0:0(0)         win 1000  // retransmission
    +.010 <- S. 0:0(0)   ack 1 win 1000
    +1    <- S. 0:0(0)   ack 1 win 1000  // retransmission
    +.010 -> .  1:1(0)   ack 1 win 1000
    +1    <- S. 0:0(0)   ack 1 win 1000  // retransmission
    +.010 -> .  1:1(0)   ack 1 win 1000  // duplicate_ack
  `,
  "unacknowledged data that comes again later than a round trip is a retransmission": `${HANDSHAKE}
    +.010 -> P. 1:11(10) ack 1 win 1000
    +.200 -> P. 1:11(10) ack 1 win 1000  // retransmission
    +.001 <- .  1:1(0)  ack 11 win 1000
  `,
  "acknowledged data that comes again is a spurious retransmission": `${HANDSHAKE}
    +.010 -> P. 1:11(10) ack 1 win 1000
    +.010 <- .  1:1(0)  ack 11 win 1000
    +.200 -> P. 1:11(10) ack 1 win 1000  // retransmission spurious_retransmission
    +.010 <- .  1:1(0)  ack 11 win 1000  // duplicate_ack
  `,
  "the octets that two duplicate ACKs ask for are a fast retransmission within 20 ms of the last": `${HANDSHAKE}
    +.010 -> .  1:11(10)  ack 1 win 1000
    +.001 -> .  11:21(10) ack 1 win 1000
    +.001 -> .  21:31(10) ack 1 win 1000
    +.001 -> .  31:41(10) ack 1 win 1000
    +.010 <- .  1:1(0)   ack 11 win 1000
    +.001 <- .  1:1(0)   ack 11 win 1000  // duplicate_ack
    +.001 <- .  1:1(0)   ack 11 win 1000  // duplicate_ack
    +.019999999 -> . 11:21(10) ack 1 win 1000 // retransmission fast_retransmission
    +.010 <- .  1:1(0)   ack 41 win 1000
  `,
  "later than 20 ms they are a retransmission; the SYN-ACK's is the first of equal ACKs": `${HANDSHAKE}
    +.010 -> .  1:11(10)  ack 1 win 1000
    +.001 -> .  11:21(10) ack 1 win 1000
    +.010 <- .  1:1(0)   ack 1  win 1000  // duplicate_ack
    +.001 <- .  1:1(0)   ack 1  win 1000  // duplicate_ack
    +.001 <- .  1:1(0)   ack 1  win 1000  // duplicate_ack
    +.020 -> .  1:11(10)  ack 1 win 1000  // retransmission
  `,
  "what comes late within the round trip of the handshake is out of order": `${HANDSHAKE}
    +.010 -> .  1:11(10)  ack 1 win 1000
    +.001 -> .  21:31(10) ack 1 win 1000  // lost_segment
    +.019999999 -> . 11:21(10) ack 1 win 1000 // out_of_order
  `,
  "later than the round trip it is a retransmission": `${HANDSHAKE}
    +.010 -> .  1:11(10)  ack 1 win 1000
    +.001 -> .  21:31(10) ack 1 win 1000  // lost_segment
    +.020 -> .  11:21(10) ack 1 win 1000  // retransmission
  `,
  "without a handshake the border is 3 ms": `
    0     -> .  1:11(10)  ack 1 win 1000
    +.001 -> .  21:31(10) ack 1 win 1000  // lost_segment
    +.002999999 -> . 11:21(10) ack 1 win 1000  // out_of_order
    +.001 -> .  41:51(10) ack 1 win 1000  // lost_segment
    +.003 -> .  31:41(10) ack 1 win 1000  // retransmission
  `,
  "a segment that repeats the newest octets is never out of order": `${HANDSHAKE}
    +.010 -> .  1:11(10)  ack 1 win 1000
    +.001 -> .  1:11(10)  ack 1 win 1000  // retransmission
  `,
  "a clock that goes back: what lies further back than the round trip of the handshake is out of order": `
    0     -> S  0:0(0)         win 1000
    +.010 <- S. 0:0(0)   ack 1 win 1000
    -.004 -> .  1:1(0)   ack 1 win 1000
    .010  -> .  1:11(10)  ack 1 win 1000
    .011  -> .  31:41(10) ack 1 win 1000  // lost_segment
    .008  -> .  11:21(10) ack 1 win 1000  // retransmission
    .006  -> .  21:31(10) ack 1 win 1000  // out_of_order
  `,
  "octets that are skipped are a lost segment, but not before a RST": `${HANDSHAKE}
    +.010 -> .  11:21(10) ack 1 win 1000  // lost_segment
    +.010 <- R  100:100(0)      win 0
  `,
  "octets acknowledged and never captured are unseen, said once": `${HANDSHAKE}
    +.010 <- .  1:1(0)   ack 11 win 1000  // ack_lost_segment
    +.010 <- .  1:1(0)   ack 21 win 1000
    +.010 -> .  21:31(10) ack 1 win 1000  // lost_segment
    +.010 <- .  1:1(0)   ack 31 win 1000  // ack_lost_segment
  `,
  "a keepalive lies one octet below what comes next, and its answer repeats an ACK": `${HANDSHAKE}
    +.010 -> P. 1:11(10) ack 1 win 1000
    +.010 <- .  1:1(0)  ack 11 win 1000
    +75   -> .  10:10(0) ack 1 win 1000   // keep_alive
    +.010 <- .  1:1(0)  ack 11 win 1000   // keep_alive_ack
    +75   -> .  10:11(1) ack 1 win 1000   // keep_alive
    +.010 <- .  1:1(0)  ack 11 win 1000   // keep_alive_ack
  `,
  "a closed window, its probe, the probe's answer, and the update that opens it": `${HANDSHAKE}
    +.010 -> P. 1:1001(1000) ack 1    win 1000  // window_full
    +.010 <- .  1:1(0)       ack 1001 win 0     // zero_window
    +.300 -> .  1001:1002(1) ack 1    win 1000  // zero_window_probe
    +.010 <- .  1:1(0)       ack 1001 win 0     // zero_window zero_window_probe_ack
    +1    <- .  1:1(0)       ack 1001 win 500   // window_update
    +.010 -> P. 1001:1501(500) ack 1  win 1000  // window_full
  `,
  "a window is full at its edge only, counted by the scale that both SYNs carry": `
    0     -> S  0:0(0)         win 1000 <mss 1000,wscale 3>
    +.010 <- S. 0:0(0)   ack 1 win 1000 <mss 1000,wscale 2>
    +.010 -> .  1:1(0)   ack 1 win 1000
    +.010 <- .  1:1(0)   ack 1 win 100            // window_update
    +.010 -> .  1:101(100) ack 1 win 1000
    +.010 -> .  101:401(300) ack 1 win 1000       // window_full
  `,
  "without the scale of both SYNs windows count as they are": `
    0     -> S  0:0(0)         win 1000 <mss 1000,wscale 3>
    +.010 <- S. 0:0(0)   ack 1 win 1000 <mss 1000>
    +.010 -> .  1:1(0)   ack 1 win 1000
    +.010 <- .  1:1(0)   ack 1 win 100            // window_update
    +.010 -> .  1:101(100) ack 1 win 1000         // window_full
  `,
  "a window whose scale was not captured is never full": `
    0     <- .  1:1(0)   ack 1 win 100
    +.010 -> .  1:101(100) ack 1 win 1000
  `,
  "another SYN on the same ports is a connection of its own; with the same number it is a retransmission": `
    0     -> S  0:0(0)         win 1000
    +.010 <- R. 0:0(0)   ack 1 win 0
    +1    -> S  0:0(0)         win 1000  // retransmission
    +.010 <- R. 0:0(0)   ack 1 win 0
  `,
  "Multipath TCP repeats an ACK to carry an option": `${HANDSHAKE}
    +.010 -> .  1:1(0) ack 1 win 1000 <unknown-30 0x3000>  // duplicate_ack
    +.010 -> .  1:1(0) ack 1 win 1000
    +.010 -> .  1:1(0) ack 1 win 1000                    // duplicate_ack
  `,
  "an option of Multipath TCP on one subflow lets ACKs of the other repeat, once": `
    connection 1
    0     -> S  0:0(0)         win 1000 <unknown-30 0x0101>
    +.010 <- S. 0:0(0)   ack 1 win 1000 <unknown-30 0x01010001020304050607>
    +.010 -> .  1:1(0)   ack 1 win 1000 <unknown-30 0x010108090a0b0c0d0e0f0001020304050607>
    +.010 -> .  1:1(0)   ack 1 win 1000 <unknown-30 0x2000>  // duplicate_ack
    connection 2
    +.010 -> S  0:0(0)         win 1000 <unknown-30 0x10018a851ff800000001>
    +.010 <- S. 0:0(0)   ack 1 win 1000
    +.010 -> .  1:1(0)   ack 1 win 1000
    +.010 -> .  1:1(0)   ack 1 win 1000 <unknown-30 0x2000>  // duplicate_ack
    +.010 -> .  1:1(0)   ack 1 win 1000                     // duplicate_ack
    connection 1
    +.010 <- .  1:1(0)   ack 1 win 1000 <unknown-30 0x3001>
    connection 2
    +.010 -> .  1:1(0)   ack 1 win 1000
    +.010 -> .  1:1(0)   ack 1 win 1000                     // duplicate_ack
    connection 1
    +.010 <- R  1:1(0)         win 0 <unknown-30 0x8000>
    connection 2
    +.010 -> .  1:1(0)   ack 1 win 1000                     // duplicate_ack
  `,
  "the SYN of Multipath TCP without a key is no operation yet": `
    0     -> S  0:0(0)         win 1000 <unknown-30 0x0101>
    +.010 -> .  1:1(0)   ack 1 win 1000 <unknown-30 0x010108090a0b0c0d0e0f0001020304050607>
    +.010 -> .  1:1(0)   ack 1 win 1000
    +.010 -> .  1:1(0)   ack 1 win 1000                     // duplicate_ack
  `,
  "Multipath TCP of RFC 6824 makes its tokens with SHA-1": `
    connection 1
    0     -> S  0:0(0)         win 1000 <unknown-30 0x00010001020304050607>
    +.010 <- S. 0:0(0)   ack 1 win 1000
    connection 2
    +.010 -> S  0:0(0)         win 1000 <unknown-30 0x100167423ebf00000001>
    +.010 <- S. 0:0(0)   ack 1 win 1000
    +.010 -> .  1:1(0)   ack 1 win 1000
    connection 1
    +.010 -> .  1:1(0)   ack 1 win 1000 <unknown-30 0x2000>
    connection 2
    +.010 -> .  1:1(0)   ack 1 win 1000
    +.010 -> .  1:1(0)   ack 1 win 1000                     // duplicate_ack
  `,
};
