import { SYN_SACK_PERMITTED, SYN_TIMESTAMPS, SYN_WINDOW_SCALE } from "../decode/syn-extensions.js";
import { CAUSE_FLOAT64_FIELDS, CAUSE_UINT32_FIELDS, type CauseState } from "./causes/cause-state.js";
import { LABEL_FLOAT64_FIELDS, LABEL_UINT32_FIELDS, type LabelState } from "./labels/label-state.js";
import { defineFields, type RecordCursor } from "./record.js";
import { VANTAGE_FLOAT64_FIELDS, VANTAGE_UINT32_FIELDS, type VantageState } from "./vantage/vantage-state.js";

/**
 * One side of a connection: what it has sent so far. Copies (frames recorded twice) count in `copies` and nowhere
 * else. Frame fields are 0 until seen; times are nanoseconds since the capture's origin.
 */
export interface Endpoint extends RecordCursor, LabelState, CauseState, VantageState {
  /** Highest relative sequence number sent plus one: where new data begins. */
  nextSeq: number;
  /** Highest relative acknowledgment number sent. */
  ackedTo: number;
  /** Relative number up to which everything sent was captured without a gap. */
  contiguousTo: number;
  payloadBytes: number;
  /** Octets of payload counted once each, as far as captured before the peer acknowledged them. */
  uniqueBytes: number;
  synNs: number;
  firstDataNs: number;
  finNs: number;
  rstNs: number;
  lastNs: number;

  /** Raw sequence number that is relative 0: the ISN, or one before the first octet seen. Valid with HAS_BASE. */
  base: number;
  /** Bit set of HAS_BASE, HAS_ISN, …, and what its first SYN asked for: SYN_EXTENSIONS of decode/syn-extensions.ts. */
  facts: number;
  segments: number;
  copies: number;
  /** Segments with data, SYN or FIN that advanced nothing: sent before, or overtaken. */
  retransmits: number;
  /** SYNs (of the server: SYN-ACKs) sent. */
  syns: number;
  /** Window field as last sent, not scaled. */
  window: number;
  /** IP identification of its latest segment; 0 in IPv6. */
  ipId: number;
  /** Shift offered in the SYN, 0 to 14. Valid with HAS_WINDOW_SCALE. RFC 7323, section 2.3. */
  windowScale: number;
  /** Octets; 0 when not offered. */
  mss: number;
  synFrame: number;
  firstDataFrame: number;
  firstDataLength: number;
  finFrame: number;
  rstFrame: number;
  /** TTL of its first segment. */
  ttl: number;
  /** The ISN that its SYN-ACK had before. Valid with HAS_CHANGED_ISN. */
  otherIsn: number;
  synTsval: number;
  /** Zeek's endpoint state now and before, connection-state.ts. */
  zeekState: number;
  zeekPreviousState: number;
  /** Raw numbers of its last SYN, end of FIN, and RST, for history.ts, and how often three letters' events came. */
  historySyn: number;
  historyFin: number;
  historyRst: number;
  historyRetransmits: number;
  historyZeroWindows: number;
  historyGaps: number;
  /** Zeek's last_seq, a relative number: also segments without data advance it. Valid with HAS_OWN_HISTORY_SEQ. */
  historySeq: number;
}

/** The last of these and the first of UINT32_FIELDS change with every segment: they share cache lines (record.ts). */
const FLOAT64_FIELDS = [
  ...CAUSE_FLOAT64_FIELDS,
  "synNs",
  "firstDataNs",
  "finNs",
  "rstNs",
  "historySeq",
  "lastNs",
  "payloadBytes",
  "uniqueBytes",
  ...LABEL_FLOAT64_FIELDS,
  ...VANTAGE_FLOAT64_FIELDS,
  "ackedTo",
  "contiguousTo",
  "nextSeq",
] as const satisfies readonly (keyof Endpoint)[];

const UINT32_FIELDS = [
  "base",
  "facts",
  "zeekState",
  "window",
  "ipId",
  "segments",
  ...LABEL_UINT32_FIELDS,
  ...VANTAGE_UINT32_FIELDS,
  "retransmits",
  "copies",
  "syns",
  "windowScale",
  "mss",
  "synFrame",
  "firstDataFrame",
  "firstDataLength",
  "finFrame",
  "rstFrame",
  "ttl",
  "otherIsn",
  "synTsval",
  "zeekPreviousState",
  "historySyn",
  "historyFin",
  "historyRst",
  "historyRetransmits",
  "historyZeroWindows",
  "historyGaps",
  ...CAUSE_UINT32_FIELDS,
] as const satisfies readonly (keyof Endpoint)[];

/** `base` is set: relative sequence numbers of this side exist. */
export const HAS_BASE = 0x01;
/** Its SYN was captured: `base` is the real ISN. */
export const HAS_ISN = 0x02;
export const HAS_WINDOW_SCALE = SYN_WINDOW_SCALE;
export const HAS_SACK_PERMITTED = SYN_SACK_PERMITTED;
/** Its SYN carried timestamps: `synTsval` is valid. */
export const HAS_SYN_TIMESTAMPS = SYN_TIMESTAMPS;
/** Octets beyond a gap were captured; their ranges stand in the flow table's list. */
export const HAS_RANGES_BEYOND_GAP = 0x20;
/** It sent fragmented segments: of their payload only what the first fragment holds is seen. */
export const HAS_FRAGMENTS = 0x40;
/** Its SYN-ACK came again with another ISN before the peer had accepted one. */
export const HAS_CHANGED_ISN = 0x80;
/** The first acknowledgment of its data reports the first octet as received twice (D-SACK, RFC 2883). */
export const HAS_FIRST_DATA_TWICE = 0x100;

/**
 * Its SYN (of a server: SYN-ACK) had the IP identification 0, as that of Linux has, which then counts the packets of each
 * connection by it (ip_select_ident_segs). Of no meaning in IPv6.
 */
export const HAS_SYN_WITHOUT_ID = 0x400;

/**
 * Its peer had said nothing for a second or longer, and then first reported what came again as received twice (D-SACK, RFC 2883): it
 * had been received meanwhile, and could not be answered.
 */
export const HAS_RECEIPT_AFTER_SILENCE = 0x2_0000;

/**
 * Among its first segments, of which the checksum is looked at, is one with data, SYN or FIN and a wrong one (decode/checksum.ts).
 */
export const HAS_WRONG_CHECKSUM = 0x4_0000;
/** Among them is one with data and a valid one: nothing has changed what it carries since. */
export const HAS_VALID_DATA_CHECKSUM = 0x8_0000;

/** Its first data, as captured, begins with the identification of SSH, whatever the port. RFC 4253, section 4.2. */
export const SPEAKS_SSH = 0x10_0000;

/** The highest number for its history is not `nextSeq` but `historySeq`. */
export const HAS_OWN_HISTORY_SEQ = 0x200;

/** Index of a field among the record's float64 or uint32 fields, for hot code that goes past the accessors. */
export function float64Index(name: (typeof FLOAT64_FIELDS)[number]): number {
  return FLOAT64_FIELDS.indexOf(name);
}
export function uint32Index(name: (typeof UINT32_FIELDS)[number]): number {
  return UINT32_FIELDS.indexOf(name);
}

/** Those that steady-segment.ts uses. */
export const NEXT_SEQ = FLOAT64_FIELDS.indexOf("nextSeq");
export const ACKED_TO = FLOAT64_FIELDS.indexOf("ackedTo");
export const CONTIGUOUS_TO = FLOAT64_FIELDS.indexOf("contiguousTo");
export const PAYLOAD_BYTES = FLOAT64_FIELDS.indexOf("payloadBytes");
export const UNIQUE_BYTES = FLOAT64_FIELDS.indexOf("uniqueBytes");
export const LAST_NS = FLOAT64_FIELDS.indexOf("lastNs");
export const ENDPOINT_FACTS = UINT32_FIELDS.indexOf("facts");
export const SEGMENTS = UINT32_FIELDS.indexOf("segments");
export const WINDOW = UINT32_FIELDS.indexOf("window");
export const IP_ID = UINT32_FIELDS.indexOf("ipId");
export const ZEEK_STATE = UINT32_FIELDS.indexOf("zeekState");

export const ENDPOINT_FLOAT64S = FLOAT64_FIELDS.length;
export const ENDPOINT_UINT32S = UINT32_FIELDS.length;

class EndpointCursor {
  f64 = new Float64Array(0);
  u32 = new Uint32Array(0);
  at64 = 0;
  at32 = 0;
}
defineFields(EndpointCursor.prototype, FLOAT64_FIELDS, UINT32_FIELDS);

export function createEndpointCursor(): Endpoint {
  // defineFields gave the prototype every field that Endpoint names.
  return new EndpointCursor() as unknown as Endpoint;
}
