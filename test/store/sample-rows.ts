import { HAS_OTHER_OPTIONS, HAS_TIMESTAMPS, SegmentBatch } from "../../src/decode/segment-batch.js";
import type { FlowRow } from "../../src/store/flow-rows.js";
import type { OptionText } from "../../src/store/segment-rows.js";
import type { CaptureRow, FindingRow } from "../../src/store/table-rows.js";

/** A capture that holds what the test does not care about. */
export function captureRow(changes: Partial<CaptureRow> = {}): CaptureRow {
  return {
    id: 1,
    source: "dump.pcap",
    kind: "file",
    format: "pcap",
    compression: null,
    linkType: 1,
    startNs: 1_700_000_000_000_000_001n,
    originNs: 1_700_000_000_000_000_001n,
    startedAt: "2023-11-14T22:13:20.000000001Z",
    durationNs: 5_000_000_000,
    frames: 10,
    tcpFrames: 10,
    skippedFrames: 0,
    truncatedFrames: 0,
    droppedFrames: null,
    damage: null,
    vantage: "unknown",
    vantageConfidence: null,
    ...changes,
  };
}

/** An established flow from 10.0.0.1:40000 to 10.0.0.2:80. */
export function flowRow(changes: Partial<FlowRow> = {}): FlowRow {
  return {
    id: 1,
    captureId: 1,
    clientAddr: "10.0.0.1",
    clientPort: 40000,
    serverAddr: "10.0.0.2",
    serverPort: 80,
    encapsulationId: null,
    clientKnownBy: "syn",
    state: "SF",
    history: "ShADadFf",
    firstFrame: 1,
    lastCaptureId: 1,
    lastFrame: 9,
    startNs: 0,
    durationNs: 4_000_000_000,
    clientIsn: 4_294_967_295,
    serverIsn: 0,
    clientSegments: 5,
    serverSegments: 4,
    clientBytes: 100,
    serverBytes: 2 ** 40,
    clientUniqueBytes: 100,
    serverUniqueBytes: 2 ** 40,
    clientRetransmits: 0,
    serverRetransmits: 0,
    clientCopies: 0,
    serverCopies: 0,
    clientMss: 1460,
    serverMss: null,
    clientWindowScale: 7,
    serverWindowScale: 0,
    clientSyns: 1,
    serverSyns: 1,
    clientFinFrame: 8,
    serverFinFrame: null,
    clientRstFrame: null,
    serverRstFrame: null,
    synNs: 0,
    synAckNs: 1000,
    handshakeAckNs: 2000,
    closedBy: "client",
    closeKind: "fin",
    closedNs: 3_000_000_000,
    completeness: 31,
    initialRttNs: 2000,
    stalls: 1,
    longestStallNs: 2_000_000_000,
    vantage: "client-host",
    vantageConfidence: "strong",
    ...changes,
  };
}

/** A finding about flow 1. */
export function findingRow(changes: Partial<FindingRow> = {}): FindingRow {
  return {
    id: 1,
    ruleId: "syn-ack-after-data",
    severity: "error",
    messageId: "repeated",
    message: "SYN-ACK repeated.",
    why: "It hangs.",
    remedy: "Raise the backlog.",
    confidence: "strong",
    vantage: "unknown",
    alternatives: ["a load balancer"],
    subject: "10.0.0.2:80",
    serverFlows: 10,
    data: { delayMs: 1000 },
    captureId: 1,
    startNs: 0,
    endNs: 1000,
    fingerprint: "0123456789abcdef",
    flowIds: [1],
    evidence: [],
    ...changes,
  };
}

/** What a test tells of a segment; the rest is the same for all. */
export interface SegmentSketch {
  readonly flow?: number;
  readonly frame: number;
  readonly timeNs?: number;
  readonly fromServer?: boolean;
  readonly flags: number;
  readonly seq: number;
  readonly ack?: number;
  readonly length?: number;
  readonly window?: number;
  readonly timestamps?: readonly [tsval: number, tsecr: number];
  readonly options?: string;
  readonly isIpv6?: boolean;
  readonly ipId?: number;
  readonly ttl?: number;
  readonly isCopy?: boolean;
  readonly analysis?: number;
  readonly duplicateAckNumber?: number;
  readonly ackRttNs?: number;
  readonly bytesInFlight?: number;
  readonly rtoNs?: number;
  /** As in SegmentBatch. */
  readonly cause?: number;
}

/** First octets of an IPv4 and of an IPv6 header. */
const IP_HEADERS = Uint8Array.of(0x45, 0x60);

/** The batch of these segments, and the text of their options by row. */
export function segmentBatch(sketches: readonly SegmentSketch[]): {
  batch: SegmentBatch;
  optionText: OptionText;
} {
  const batch = new SegmentBatch(Math.max(1, sketches.length));
  batch.bytes = IP_HEADERS;
  batch.length = sketches.length;
  for (const [row, sketch] of sketches.entries()) {
    batch.flow[row] = sketch.flow ?? 1;
    batch.frame[row] = sketch.frame;
    batch.timeNs[row] = sketch.timeNs ?? 0;
    batch.fromServer[row] = sketch.fromServer ? 1 : 0;
    batch.flags[row] = sketch.flags;
    batch.relativeSeq[row] = sketch.seq;
    batch.relativeAck[row] = sketch.ack ?? 0;
    batch.payloadLength[row] = sketch.length ?? 0;
    batch.window[row] = sketch.window ?? 512;
    if (sketch.timestamps) {
      batch.facts[row]! |= HAS_TIMESTAMPS;
      [batch.tsval[row], batch.tsecr[row]] = sketch.timestamps;
    }
    if (sketch.options !== undefined) batch.facts[row]! |= HAS_OTHER_OPTIONS;
    batch.ipAt[row] = sketch.isIpv6 ? 1 : 0;
    batch.ipId[row] = sketch.ipId ?? 0;
    batch.ttl[row] = sketch.ttl ?? 64;
    batch.isCopy[row] = sketch.isCopy ? 1 : 0;
    batch.analysis[row] = sketch.analysis ?? 0;
    batch.duplicateAckNumber[row] = sketch.duplicateAckNumber ?? 0;
    batch.ackRttNs[row] = sketch.ackRttNs ?? 0;
    batch.bytesInFlight[row] = sketch.bytesInFlight ?? 0;
    batch.rtoNs[row] = sketch.rtoNs ?? 0;
    batch.cause[row] = sketch.cause ?? 0;
  }
  return { batch, optionText: (_batch, row) => sketches[row]?.options ?? null };
}
