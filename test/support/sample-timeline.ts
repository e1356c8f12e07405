import type { FlowTimeline, TimelineFlow, TimelineRow } from "../../src/report/timeline.js";

const END = { segments: 3, bytes: 5, retransmits: 0, copies: 0, mss: 1460, windowScale: 7 };

export function sampleTimeline(
  rows: readonly TimelineRow[],
  flow: Partial<TimelineFlow> = {},
  members: Partial<FlowTimeline> = {},
): FlowTimeline {
  return {
    flow: {
      id: 17,
      client: "10.0.0.1:40000",
      server: "10.0.0.2:80",
      clientKnownBy: "syn",
      encapsulation: null,
      source: "dump.pcap",
      startedAtNs: 1_706_702_399_000_000_001n,
      durationNs: 7_000_000_000,
      state: "SF",
      history: "ShADadFf",
      synAckAfterNs: 34_000,
      handshakeAckAfterNs: 50_000,
      closedBy: "client",
      closeKind: "fin",
      closedAfterNs: 6_000_000_000,
      ends: { client: END, server: END },
      ...flow,
    },
    rows,
    icmpErrors: [],
    findings: [],
    ...members,
  };
}

export function sampleRow(members: Partial<TimelineRow> = {}): TimelineRow {
  return {
    source: "dump.pcap",
    frame: 5,
    timeNs: 0,
    direction: "->",
    packet: "S 0:0(0) win 64240 <mss 1460,sackOK,wscale 7>",
    seq: 0,
    length: 0,
    ack: null,
    isZeroWindow: false,
    isCopy: false,
    labels: null,
    cause: null,
    findings: null,
    ...members,
  };
}
