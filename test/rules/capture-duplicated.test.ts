import { captureDuplicated } from "../../src/rules/capture-duplicated.js";
import { testRule } from "../support/rule-tester.js";

testRule(captureDuplicated, {
  invalid: [
    {
      name: "every packet on its way in and on its way out",
      packets: `
        0        -> S  0:0(0)               @original
        +.000003 -> S  0:0(0) {copy}        @copy
        +.01     <- S. 0:0(0) ack 1
        +.000003 <- S. 0:0(0) ack 1 {copy}
        +.01     -> P. 1:101(100) ack 1
        +.000003 -> P. 1:101(100) ack 1 {copy}
        +.01     <- P. 1:201(200) ack 101
        +.000003 <- P. 1:201(200) ack 101 {copy}
        +.01     -> F. 101:101(0) ack 201
        +.000003 -> F. 101:101(0) ack 201 {copy}`,
      findings: [
        {
          messageId: "copies",
          evidence: { original: "original", copy: "copy" },
          data: { copies: 5, segments: 10, placeNote: "", hopNote: "" },
          confidence: "strong",
        },
      ],
    },
    {
      name: "before and behind a router",
      packets: `
        repeat 5 every 0.1 {
          +0       -> S  0:0(0) {ttl 64}             @original
          +.000003 -> S  0:0(0) {ttl 63, copy}       @copy
          +.01     <- R. 0:0(0) ack 1
        }`,
      findings: [
        {
          messageId: "copies",
          evidence: { original: "original-1", copy: "copy-1" },
          data: { copies: 5, hopNote: ", before and behind a router" },
        },
      ],
    },
    ...[
      { name: "round and round between two routers", ttl: 55, messageId: "circling", circling: 5 },
      { name: "behind seven routers", ttl: 56, messageId: "copies", circling: 0 },
    ].map(({ name, ttl, messageId, circling }) => ({
      name,
      packets: `
        repeat 5 every 0.1 {
          +0       -> S  0:0(0) {ttl 63}             @original
          +.000003 -> S  0:0(0) {ttl ${ttl}, copy}   @copy
          +.01     <- R. 0:0(0) ack 1
        }`,
      findings: [
        { messageId, evidence: { original: "original-1", copy: "copy-1" }, data: { copies: 5, circling } },
      ],
    })),
    {
      name: "captures of both ends, merged",
      ipVersion: 4,
      packets: `
        0      -> S  0:0(0) {ttl 64}               @original
        +.02   -> S  0:0(0) {ttl 62, copy}         @copy
        +.0001 <- S. 0:0(0) ack 1 {ttl 64}
        +.02   <- S. 0:0(0) ack 1 {ttl 62, copy}
        +.0001 -> .  1:1(0) ack 1 {ttl 64}
        +.0001 -> P. 1:101(100) ack 1 {ttl 64}
        +.02   -> .  1:1(0) ack 1 {ttl 62, copy}
        +.0001 -> P. 1:101(100) ack 1 {ttl 62, copy}
        +.0001 <- P. 1:201(200) ack 101 {ttl 64}
        +.02   <- P. 1:201(200) ack 101 {ttl 62, copy}`,
      findings: [
        {
          messageId: "merged",
          evidence: { original: "original", copy: "copy" },
          data: { copies: 5, segments: 10, apartNote: ", the first of them 20 ms before" },
        },
      ],
    },
    {
      name: "the same over IPv6, without an identification: the first three that come twice prove nothing",
      ipVersion: 6,
      packets: `
        repeat 8 every 0.1 {
          +0     -> S  0:0(0) {ttl 64}
          +.02   -> S  0:0(0) {ttl 62}
          +.0001 <- S. 0:0(0) ack 1 {ttl 64}         @original
          +.02   <- S. 0:0(0) ack 1 {ttl 62}         @copy
          +.0001 -> R. 1:1(0) ack 1 {ttl 64}
        }`,
      findings: [
        {
          messageId: "merged",
          evidence: { original: "original-2", copy: "copy-2" },
          data: { copies: 13, segments: 40 },
        },
      ],
    },
    {
      name: "a host that is reached over a router on the same wire, among others",
      ipVersion: 4,
      packets: `
        connection 1 client 192.0.2.1:40001 server 192.0.2.7:80
        repeat 12 every 0.001 {
          +0     -> S  0:0(0) {ttl 64}
          +.01   <- S. 0:0(0) ack 1 {ttl 64}
        }
        connection 20 client 192.0.2.1:40020 server 198.51.100.7:80
        +.1    -> S  0:0(0) {ttl 64}               @original
        +.003  -> S  0:0(0) {ttl 63, copy}         @copy
        +.001  <- S. 0:0(0) ack 1 {ttl 64}
        +.003  <- S. 0:0(0) ack 1 {ttl 63, copy}
        +.001  -> P. 1:101(100) ack 1 {ttl 64}
        +.003  -> P. 1:101(100) ack 1 {ttl 63, copy}
        +.001  <- P. 1:201(200) ack 101 {ttl 64}
        +.003  <- P. 1:201(200) ack 101 {ttl 63, copy}
        +.001  -> F. 101:101(0) ack 201 {ttl 64}
        +.003  -> F. 101:101(0) ack 201 {ttl 63, copy}`,
      findings: [
        {
          messageId: "copies",
          evidence: { original: "original", copy: "copy" },
          data: { copies: 5, segments: 34 },
        },
      ],
    },
    {
      name: "round and round of one, and twice of each of the others",
      packets: `
        +0       -> S  0:0(0) {ttl 63}         @original
        +.000003 -> S  0:0(0) {ttl 62, copy}   @copy
        +.000003 -> S  0:0(0) {ttl 54, copy}
        +.000003 -> S  0:0(0) {ttl 53, copy}
        +.01     <- S. 0:0(0) ack 1 {ttl 20}
        +.000003 <- S. 0:0(0) ack 1 {ttl 19, copy}
        +.01     -> P. 1:101(100) ack 1 {ttl 63}
        +.000003 -> P. 1:101(100) ack 1 {ttl 62, copy}
        +.01     <- P. 1:201(200) ack 101 {ttl 20}
        +.000003 <- P. 1:201(200) ack 101 {ttl 19, copy}`,
      findings: [
        {
          messageId: "copies",
          evidence: { original: "original", copy: "copy" },
          data: { copies: 6, circling: 2 },
        },
      ],
    },
  ],
  valid: [
    {
      name: "retransmissions and duplicate ACKs",
      packets: `
        0    -> S  0:0(0)
        +.01 <- S. 0:0(0) ack 1
        +0   -> .  1:1(0) ack 1
        +.01 <- P. 1:10(9) ack 1
        +.01 -> P. 1:101(100) ack 10
        +.3  -> P. 1:101(100) ack 10
        +.6  -> P. 1:101(100) ack 10
        +1.2 -> P. 1:101(100) ack 10
        +.02 <- .  10:10(0) ack 101
        +.01 <- .  10:10(0) ack 101
        +.01 <- .  10:10(0) ack 101
        +.01 <- .  10:10(0) ack 101`,
    },
    {
      name: "a copy here and there",
      packets: `
        0        -> S  0:0(0)
        +.000003 -> S  0:0(0) {copy}
        +.01     <- S. 0:0(0) ack 1
        +0       -> .  1:1(0) ack 1`,
    },
  ],
});
