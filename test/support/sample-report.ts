import type {
  CaptureSummary,
  LadderPacket,
  Report,
  ReportedFinding,
  ServerSummary,
} from "../../src/report/report.js";

/** A report with nothing in it; `members` replace its own. */
export function sampleReport(members: Partial<Report> = {}): Report {
  return {
    version: "1.2.3",
    captures: [sampleCapture()],
    rules: [],
    findings: [],
    flows: 7,
    segments: 90,
    servers: [],
    serverCount: 0,
    kernel: null,
    unjudgeable: null,
    gate: null,
    database: "tcptrace.db",
    ...members,
  };
}

export function sampleCapture(members: Partial<CaptureSummary> = {}): CaptureSummary {
  return {
    source: "dump.pcap",
    format: "pcap",
    compression: null,
    linkType: "ETHERNET",
    frames: 90,
    tcpFrames: 90,
    icmpErrors: 0,
    truncatedFrames: 0,
    droppedFrames: 0,
    startedAt: "2024-01-31T12:00:00.000000000Z",
    durationNs: 2_500_000_000,
    damage: null,
    notes: [],
    vantage: null,
    flaws: [],
    notTcp: [],
    ...members,
  };
}

export function sampleFinding(members: Partial<ReportedFinding> = {}): ReportedFinding {
  return {
    id: 1,
    ruleId: "some-rule",
    severity: "error",
    messageId: "happened",
    message: "It happened.",
    why: "It matters.",
    remedy: "Mend it.",
    data: {},
    confidence: "strong",
    vantage: "server-host",
    alternatives: [],
    subject: "10.0.0.2:80",
    flowIds: [17],
    startNs: 0,
    endNs: 1_000_000_000,
    fingerprint: "0123456789abcdef",
    source: "dump.pcap",
    serverFlows: 10,
    endpoints: "10.0.0.1:40000 -> 10.0.0.2:80",
    evidence: [
      {
        role: "synack",
        description: "the server's SYN-ACK",
        source: "dump.pcap",
        frame: 5,
        flowId: 17,
        flowTimeNs: 34_000,
        packet: "<- S. 0:0(0) ack 1 win 65160 <mss 1460>",
      },
    ],
    ladder: [sampleStep()],
    ...members,
  };
}

export function sampleStep(members: Partial<LadderPacket> = {}): LadderPacket {
  return {
    kind: "packet",
    role: "synack",
    description: "the server's SYN-ACK",
    source: "dump.pcap",
    frame: 5,
    flowId: 17,
    timeNs: 34_000,
    packet: "<- S. 0:0(0) ack 1 win 65160 <mss 1460>",
    cause: null,
    ...members,
  };
}

export function sampleServer(members: Partial<ServerSummary> = {}): ServerSummary {
  return {
    server: "10.0.0.2:80",
    flows: 1,
    closedNormally: 1,
    reset: 0,
    failed: 0,
    retransmits: 0,
    segments: 10,
    roundTripNs: 1_000_000,
    stalledFlows: 0,
    longestStallNs: 0,
    flaggedFlows: 0,
    ...members,
  };
}
