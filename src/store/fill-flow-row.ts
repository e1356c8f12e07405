import type { JudgedVantage } from "../engine/vantage.js";
import { connectionState } from "../flows/connection-state.js";
import { type Endpoint, HAS_ISN, HAS_WINDOW_SCALE } from "../flows/endpoint.js";
import {
  type Flow,
  HAS_HANDSHAKE_ACK,
  IS_CLOSED_BY_CLIENT,
  IS_CLOSED_BY_RST,
  IS_CLOSED_BY_SERVER,
  IS_KNOWN_BY_PORTS,
  IS_KNOWN_BY_SYN,
  IS_KNOWN_BY_SYN_ACK,
} from "../flows/flow.js";
import type { FlowIdentity } from "../flows/flow-identity.js";
import { readHistory } from "../flows/history.js";
import type { FlowRow } from "./flow-rows.js";

/** A row to be filled again and again. */
export function createFlowRow(): FlowRow {
  return {
    id: 0,
    captureId: 0,
    clientAddr: "",
    clientPort: 0,
    serverAddr: "",
    serverPort: 0,
    encapsulationId: null,
    clientKnownBy: "syn",
    state: "OTH",
    history: "",
    firstFrame: 0,
    lastCaptureId: 0,
    lastFrame: 0,
    startNs: 0,
    durationNs: 0,
    clientIsn: null,
    serverIsn: null,
    clientSegments: 0,
    serverSegments: 0,
    clientBytes: 0,
    serverBytes: 0,
    clientUniqueBytes: 0,
    serverUniqueBytes: 0,
    clientRetransmits: 0,
    serverRetransmits: 0,
    clientCopies: 0,
    serverCopies: 0,
    clientMss: null,
    serverMss: null,
    clientWindowScale: null,
    serverWindowScale: null,
    clientSyns: 0,
    serverSyns: 0,
    clientFinFrame: null,
    serverFinFrame: null,
    clientRstFrame: null,
    serverRstFrame: null,
    synNs: null,
    synAckNs: null,
    handshakeAckNs: null,
    closedBy: null,
    closeKind: null,
    closedNs: null,
    completeness: 0,
    initialRttNs: null,
    stalls: 0,
    longestStallNs: null,
    vantage: "unknown",
    vantageConfidence: null,
  };
}

/** Fills `row` with what is known of a flow that has ended. */
export function fillFlowRow(row: FlowRow, flow: Flow, identity: FlowIdentity, judged: JudgedVantage): void {
  const { client, server, facts } = flow;
  const history = readHistory(flow);
  row.id = flow.id;
  row.captureId = flow.captureId;
  row.clientAddr = identity.clientAddress;
  row.clientPort = identity.clientPort;
  row.serverAddr = identity.serverAddress;
  row.serverPort = identity.serverPort;
  row.encapsulationId = orNull(identity.encapsulation);
  row.clientKnownBy = knownBy(facts);
  row.state = connectionState(flow, history);
  row.history = history;
  row.firstFrame = flow.firstFrame;
  row.lastCaptureId = flow.lastCaptureId;
  row.lastFrame = flow.lastFrame;
  row.startNs = flow.startNs;
  row.durationNs = flow.endNs - flow.startNs;
  row.clientIsn = isnOf(client);
  row.serverIsn = isnOf(server);
  row.clientSegments = client.segments;
  row.serverSegments = server.segments;
  row.clientBytes = client.payloadBytes;
  row.serverBytes = server.payloadBytes;
  row.clientUniqueBytes = client.uniqueBytes;
  row.serverUniqueBytes = server.uniqueBytes;
  row.clientRetransmits = client.retransmits;
  row.serverRetransmits = server.retransmits;
  row.clientCopies = client.copies;
  row.serverCopies = server.copies;
  row.clientMss = orNull(client.mss);
  row.serverMss = orNull(server.mss);
  row.clientWindowScale = client.facts & HAS_WINDOW_SCALE ? client.windowScale : null;
  row.serverWindowScale = server.facts & HAS_WINDOW_SCALE ? server.windowScale : null;
  row.clientSyns = client.syns;
  row.serverSyns = server.syns;
  row.clientFinFrame = orNull(client.finFrame);
  row.serverFinFrame = orNull(server.finFrame);
  row.clientRstFrame = orNull(client.rstFrame);
  row.serverRstFrame = orNull(server.rstFrame);
  row.synNs = client.synFrame > 0 ? client.synNs : null;
  row.synAckNs = server.synFrame > 0 ? server.synNs : null;
  row.handshakeAckNs = facts & HAS_HANDSHAKE_ACK ? flow.handshakeAckNs : null;
  const isClosed = (facts & (IS_CLOSED_BY_CLIENT | IS_CLOSED_BY_SERVER)) !== 0;
  row.closedBy = isClosed ? (facts & IS_CLOSED_BY_SERVER ? "server" : "client") : null;
  row.closeKind = isClosed ? (facts & IS_CLOSED_BY_RST ? "rst" : "fin") : null;
  row.closedNs = isClosed ? flow.closedNs : null;
  row.completeness = flow.completeness;
  row.initialRttNs = orNull(flow.initialRttNs);
  row.stalls = flow.stalls;
  row.longestStallNs = orNull(flow.longestStallNs);
  row.vantage = judged.vantage;
  row.vantageConfidence = judged.confidence;
}

function knownBy(facts: number): FlowRow["clientKnownBy"] {
  if (facts & IS_KNOWN_BY_SYN) return "syn";
  if (facts & IS_KNOWN_BY_SYN_ACK) return "syn-ack";
  return facts & IS_KNOWN_BY_PORTS ? "ports" : "direction";
}

/** Frame numbers, segment sizes, encapsulations, round-trip times and stalls are never 0; 0 stands for "none". */
function orNull(value: number): number | null {
  return value === 0 ? null : value;
}

function isnOf(endpoint: Endpoint): number | null {
  return endpoint.facts & HAS_ISN ? endpoint.base : null;
}
