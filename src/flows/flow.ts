import { createEndpointCursor, ENDPOINT_FLOAT64S, ENDPOINT_UINT32S, type Endpoint } from "./endpoint.js";
import { defineFields, type RecordCursor, type RecordLayout, recordLength } from "./record.js";

/**
 * One TCP connection, as a cursor: valid only during the call that received it. Keep `id`, never the object.
 * Frame fields are 0 until seen; times are nanoseconds since the capture's origin.
 */
export interface Flow extends RecordCursor {
  /** 1, 2, 3 … in order of appearance, over all captures of a run. */
  id: number;
  readonly client: Endpoint;
  readonly server: Endpoint;

  startNs: number;
  endNs: number;
  /** When the first FIN or RST was sent. */
  closedNs: number;
  /** When the server showed that it holds the connection, by any segment behind its SYN-ACK but a RST. */
  progressNs: number;
  handshakeAckNs: number;
  /** When the server, which had spoken first, answered the client's first data; 0 when it did not. */
  greetedAnswerNs: number;
  /** The latest SYN without ACK. */
  lastSynNs: number;
  /** The server's SYN-ACK that came again after the client's first data. */
  repeatNs: number;
  /** The first and the latest retransmission of the client's first data. */
  firstDataRepeatNs: number;
  firstDataLastRepeatNs: number;
  /** The latest of them that the SYN-ACK at `repeatNs` tells was in vain; 0 when it tells of none. */
  firstDataInVainNs: number;
  /** The latest SYN without ACK of either side. Valid with HAS_LABEL_SYN. */
  labelSynNs: number;
  /** From there to the first ACK, nanoseconds; 0 while unknown. tshark's `tcp.analysis.initial_rtt`. */
  initialRttNs: number;

  /** The longest silence of at least a second in which something was unacknowledged; 0 without any. stall.ts. */
  longestStallNs: number;

  /** The ten words of the key, tuple-key.ts: lower address, higher address, ports, encapsulation and IP version. */
  key0: number;
  key1: number;
  key2: number;
  key3: number;
  key4: number;
  key5: number;
  key6: number;
  key7: number;
  key8: number;
  key9: number;
  /** `key9` plus one of the other encapsulations that the connection was seen in, the first free one and those behind it 0. */
  otherKey9: number;
  thirdKey9: number;
  fourthKey9: number;
  /** Bit set of the IS_… constants below. */
  facts: number;
  captureId: number;
  firstFrame: number;
  lastCaptureId: number;
  lastFrame: number;
  handshakeAckFrame: number;
  progressFrame: number;
  /** Frame, TSecr and count of SYN-ACKs sent again after the client's first data. */
  repeatFrame: number;
  repeatTsecr: number;
  repeats: number;
  /** Retransmissions of the client's first data before `progress`. */
  firstDataRepeats: number;
  firstDataRepeatFrame: number;
  firstDataLastRepeatFrame: number;
  firstDataTsval: number;
  /** TSval of the latest of its retransmissions; 0 without timestamps. */
  firstDataLastRepeatTsval: number;
  /** TSval and TSecr of the segment at `progressFrame`. Valid with HAS_PROGRESS_TIMESTAMPS. */
  progressTsval: number;
  progressTsecr: number;
  /** Frame of a RST without ACK at the server's ISN plus one: what a listener answers to a handshake it dropped. */
  bareRstFrame: number;
  /** How many such silences there were. */
  stalls: number;
  /** What was captured of it, as bits of labels/completeness.ts. tshark's `tcp.completeness`. */
  completeness: number;
  /** Operations of Multipath TCP seen on it so far, one bit for each subtype below 8. RFC 8684, section 3. */
  multipathOperations: number;
  /** Which Multipath TCP connection it is a subflow of, by number in MultipathGroups; 0 while unknown. */
  multipathGroup: number;
  historyMask: number;
  historyLength: number;
  history0: number;
  history1: number;
  history2: number;
  history3: number;
  history4: number;
  history5: number;
  history6: number;
  history7: number;
}

/** The lower address and port of the key are the client's. */
export const IS_CLIENT_LOWER = 0x01;
/** How the client was told from the server: exactly one of four. */
export const IS_KNOWN_BY_SYN = 0x02;
export const IS_KNOWN_BY_SYN_ACK = 0x04;
export const IS_KNOWN_BY_PORTS = 0x08;
export const IS_KNOWN_BY_DIRECTION = 0x10;
/** Both ends are one address and port: a socket connected to itself. */
export const IS_SELF_CONNECT = 0x20;
/** The first FIN or RST came from the server; with neither set nothing was closed. */
export const IS_CLOSED_BY_SERVER = 0x40;
export const IS_CLOSED_BY_CLIENT = 0x80;
/** What closed it first was a RST. */
export const IS_CLOSED_BY_RST = 0x100;
/** The client has acknowledged the server's SYN-ACK. */
export const HAS_HANDSHAKE_ACK = 0x200;
/** The server showed that it holds the connection; `progressNs` and `progressFrame` are valid. */
export const HAS_PROGRESS = 0x400;
/** The repeated SYN-ACK carried timestamps; `repeatTsecr` is valid. */
export const HAS_REPEAT_TIMESTAMPS = 0x800;
/** The client's first data carried timestamps; `firstDataTsval` is valid. */
export const HAS_FIRST_DATA_TIMESTAMPS = 0x1000;
/** Both sides sent a SYN without ACK (RFC 9293, section 3.5, simultaneous open). */
export const IS_SIMULTANEOUS_OPEN = 0x2000;
/** A SYN carried data (TCP Fast Open, RFC 7413). */
export const HAS_SYN_DATA = 0x4000;
/** Its tuple was taken over by a later connection. */
export const IS_REPLACED = 0x8000;
/** The server's first segment after its SYN-ACK that shows progress carried timestamps. */
export const HAS_PROGRESS_TIMESTAMPS = 0x10000;
/** A SYN without ACK was seen: `labelSynNs` is valid. */
export const HAS_LABEL_SYN = 0x20000;
/** It took its ports over from an earlier connection that the capture shows, by a SYN with another number. */
export const REUSES_PORTS = 0x40000;
/** What `progressFrame` says stands behind octets of the server that were not captured: it held the connection before. */
export const HAS_EARLIER_PROGRESS = 0x80000;
/** The server spoke first: its first octet came before any of the client's, captured or not. */
export const IS_GREETED = 0x100000;
/** It did, and has sent nothing new since the client's first data. */
export const AWAITS_ANSWER = 0x200000;

/** The last of these and the first of UINT32_FIELDS are used for every segment: they share cache lines (record.ts). */
const FLOAT64_FIELDS = [
  "longestStallNs",
  "closedNs",
  "progressNs",
  "handshakeAckNs",
  "greetedAnswerNs",
  "lastSynNs",
  "repeatNs",
  "firstDataRepeatNs",
  "firstDataLastRepeatNs",
  "firstDataInVainNs",
  "labelSynNs",
  "initialRttNs",
  "startNs",
  "endNs",
] as const satisfies readonly (keyof Flow)[];

const UINT32_FIELDS = [
  "key0",
  "key1",
  "key2",
  "key3",
  "key4",
  "key5",
  "key6",
  "key7",
  "key8",
  "key9",
  "otherKey9",
  "thirdKey9",
  "fourthKey9",
  "facts",
  "lastCaptureId",
  "lastFrame",
  "historyMask",
  "completeness",
  "multipathOperations",
  "multipathGroup",
  "captureId",
  "firstFrame",
  "handshakeAckFrame",
  "progressFrame",
  "repeatFrame",
  "repeatTsecr",
  "repeats",
  "firstDataRepeats",
  "firstDataRepeatFrame",
  "firstDataLastRepeatFrame",
  "firstDataTsval",
  "firstDataLastRepeatTsval",
  "progressTsval",
  "progressTsecr",
  "bareRstFrame",
  "stalls",
  "historyLength",
  "history0",
  "history1",
  "history2",
  "history3",
  "history4",
  "history5",
  "history6",
  "history7",
] as const satisfies readonly (keyof Flow)[];

/** A flow is three records one behind the other: its own fields, the client's, the server's. In float64 fields. */
const CLIENT_AT = recordLength(FLOAT64_FIELDS.length, UINT32_FIELDS.length);
const SERVER_AT = CLIENT_AT + recordLength(ENDPOINT_FLOAT64S, ENDPOINT_UINT32S);
/** Room for a flow in float64 fields; the fields that rules keep per flow begin here, counted from `at64`. */
export const FLOW_FLOAT64S = SERVER_AT + recordLength(ENDPOINT_FLOAT64S, ENDPOINT_UINT32S);
/** Index within `u32` fields of the key's first word; the key is compared without going through the accessors. */
export const KEY_32 = UINT32_FIELDS.indexOf("key0");
const FACTS_32 = UINT32_FIELDS.indexOf("facts");
/** Index within `u32` fields of the eight words that hold the history's letters. */
export const HISTORY_32 = UINT32_FIELDS.indexOf("history0");

class FlowCursor {
  f64 = new Float64Array(0);
  u32 = new Uint32Array(0);
  at64 = 0;
  at32 = 0;
  id = 0;
  readonly client = createEndpointCursor();
  readonly server = createEndpointCursor();
}
defineFields(FlowCursor.prototype, FLOAT64_FIELDS, UINT32_FIELDS);

export function createFlowCursor(): Flow {
  // defineFields gave the prototype every field that Flow names.
  return new FlowCursor() as unknown as Flow;
}

/** Records of flows with `extraFields` float64 fields behind them, which rules keep; those that are marked are replaced. */
export function flowLayout(extraFields: number): RecordLayout<Flow> {
  return { float64s: FLOW_FLOAT64S + extraFields, move: moveFlowCursor, mark: markReplaced };
}

function markReplaced(u32: Uint32Array, at64: number): void {
  u32[(at64 + FLOAT64_FIELDS.length) * 2 + FACTS_32]! |= IS_REPLACED;
}

/** Moves the cursor and its two endpoints to the flow whose room begins at `at64`. */
export function moveFlowCursor(
  flow: Flow,
  id: number,
  f64: Float64Array,
  u32: Uint32Array,
  at64: number,
): void {
  const { client, server } = flow;
  flow.id = id;
  // Mostly the chunk stays; storing six pointers costs more than comparing one.
  if (flow.f64 !== f64) {
    flow.f64 = client.f64 = server.f64 = f64;
    flow.u32 = client.u32 = server.u32 = u32;
  }
  flow.at64 = at64;
  flow.at32 = (at64 + FLOAT64_FIELDS.length) * 2;
  client.at64 = at64 + CLIENT_AT;
  client.at32 = (at64 + CLIENT_AT + ENDPOINT_FLOAT64S) * 2;
  server.at64 = at64 + SERVER_AT;
  server.at32 = (at64 + SERVER_AT + ENDPOINT_FLOAT64S) * 2;
}
