/**
 * TCP segments in columns: row i of every column is one segment. Reused, never reallocated; the columns up to
 * `interfaceIndex` are written by the decoder, those up to `isCopy` by the SegmentMarker, those after it by the flow table.
 */
export class SegmentBatch {
  length = 0;
  /** Id of the capture that all of it is from; set by whoever gives out the ids. */
  captureId = 0;
  /**
   * The frames' octets and, behind them, datagrams put together from fragments: `ipAt`, `tcpAt` and `payloadAt` point
   * into them, in no order.
   */
  bytes: Uint8Array = new Uint8Array(0);
  /** The columns of the SegmentMarker are filled. */
  isMarked = false;
  /** The first copy among these segments, in the same encapsulation where there is one. */
  firstCopy: FirstCopy | null = null;
  /** How many of its copies were recorded at another place, long after what they repeat. */
  distantCopies = 0;
  readonly capacity: number;

  /** Frame number in its file. */
  readonly frame: Uint32Array;
  /** Nanoseconds since the capture's origin. */
  readonly timeNs: Float64Array;
  /** Offset of the (innermost) IP header: its first nibble is the version, its destination the final one of a source route. */
  readonly ipAt: Uint32Array;
  readonly tcpAt: Uint32Array;
  readonly sourcePort: Uint16Array;
  readonly destinationPort: Uint16Array;
  /** Raw sequence and acknowledgment numbers. */
  readonly seq: Uint32Array;
  readonly ack: Uint32Array;
  /** Nine control bits, src/tcp/flags.ts. */
  readonly flags: Uint16Array;
  /** Window field as sent, not scaled. */
  readonly window: Uint16Array;
  /** Octets of payload on the wire, from the IP header (so right for frames cut by a snaplen). */
  readonly payloadLength: Uint32Array;
  readonly payloadAt: Uint32Array;
  /** Octets of payload present in `bytes` from `payloadAt` on, 0 to `payloadLength`. */
  readonly payloadCaptured: Uint32Array;
  /** Octets of payload within the frame's length on the wire; valid when `facts` has IS_BEYOND_FRAME. */
  readonly payloadInFrame: Uint32Array;
  /** Octets of TCP options present in `bytes` from `tcpAt + 20` on, 0 to 40. */
  readonly optionsLength: Uint8Array;
  /** Timestamps option (RFC 7323); valid when `facts` has HAS_TIMESTAMPS. */
  readonly tsval: Uint32Array;
  readonly tsecr: Uint32Array;
  /** Bit set of the HAS_… and IS_… constants below. */
  readonly facts: Uint16Array;
  /** IPv4 identification; 0 for IPv6. */
  readonly ipId: Uint16Array;
  /** TTL or hop limit. */
  readonly ttl: Uint8Array;
  /** Which encapsulation the segment came in: index into `Encapsulations`; 0 is none. Part of a flow's identity. */
  readonly encapsulation: Uint16Array;
  /** Index into CaptureSource.interfaces. */
  readonly interfaceIndex: Uint16Array;

  /** Hash of the segment's tuple, never 0. */
  readonly tupleHash: Uint32Array;
  /** The tuple, but for the encapsulation: flows/tuple-key.ts. Of IPv6 addresses the first words. */
  readonly lowerAddress: Uint32Array;
  readonly higherAddress: Uint32Array;
  readonly tuplePorts: Uint32Array;
  /** Which end sent the segment, SENDER_IS_… of flows/tuple-key.ts, with IS_VERSION_6 there. */
  readonly tupleOrder: Uint8Array;
  /**
   * SEEN_BEFORE of flows/copies.ts when the capture recorded this very packet before: left out of all judgement. Else 0,
   * or SEEN_ELSEWHERE until the flow is known.
   */
  readonly isCopy: Uint8Array;

  /** Id of the segment's flow. */
  readonly flow: Uint32Array;
  /** 1 when the server sent it. */
  readonly fromServer: Uint8Array;
  /** `seq` and `ack` as octets since the sender's and the receiver's ISN, unwrapped. */
  readonly relativeSeq: Float64Array;
  readonly relativeAck: Float64Array;
  /** What tshark 4.0 says in `tcp.analysis.flags`, as bits of flows/labels/label.ts. */
  readonly analysis: Uint32Array;
  /** Which duplicate ACK in a row this is, from 1; 0 when none. tshark's `tcp.analysis.duplicate_ack_num`. */
  readonly duplicateAckNumber: Uint32Array;
  /** Octets sent and not yet acknowledged after this segment; 0 when unknown. tshark's `tcp.analysis.bytes_in_flight`. */
  readonly bytesInFlight: Uint32Array;
  /** Nanoseconds since the segment that this one acknowledges; 0 when none. tshark's `tcp.analysis.ack_rtt`. */
  readonly ackRttNs: Float64Array;
  /** Nanoseconds from what a retransmission repeats, as tshark takes it; 0 when none. tshark's `tcp.analysis.rto`. */
  readonly rtoNs: Float64Array;
  /** Why the segment was sent again, index of flows/causes/cause.ts; 0 when it was not. */
  readonly cause: Uint8Array;

  /** `buffer`: where the columns lie, of `segmentBatchBytes(capacity)` octets; for sharing them between threads. */
  constructor(
    capacity: number,
    buffer: ArrayBuffer | SharedArrayBuffer = new ArrayBuffer(segmentBatchBytes(capacity)),
  ) {
    this.capacity = capacity;
    // Widest columns first: each begins at a multiple of its element's size.
    let at = 0;
    const place = (bytesPerRow: number): number => {
      const start = at;
      at += bytesPerRow * capacity;
      return start;
    };
    this.timeNs = new Float64Array(buffer, place(8), capacity);
    this.relativeSeq = new Float64Array(buffer, place(8), capacity);
    this.relativeAck = new Float64Array(buffer, place(8), capacity);
    this.ackRttNs = new Float64Array(buffer, place(8), capacity);
    this.rtoNs = new Float64Array(buffer, place(8), capacity);
    this.frame = new Uint32Array(buffer, place(4), capacity);
    this.ipAt = new Uint32Array(buffer, place(4), capacity);
    this.tcpAt = new Uint32Array(buffer, place(4), capacity);
    this.seq = new Uint32Array(buffer, place(4), capacity);
    this.ack = new Uint32Array(buffer, place(4), capacity);
    this.payloadLength = new Uint32Array(buffer, place(4), capacity);
    this.payloadAt = new Uint32Array(buffer, place(4), capacity);
    this.payloadCaptured = new Uint32Array(buffer, place(4), capacity);
    this.payloadInFrame = new Uint32Array(buffer, place(4), capacity);
    this.tsval = new Uint32Array(buffer, place(4), capacity);
    this.tsecr = new Uint32Array(buffer, place(4), capacity);
    this.tupleHash = new Uint32Array(buffer, place(4), capacity);
    this.lowerAddress = new Uint32Array(buffer, place(4), capacity);
    this.higherAddress = new Uint32Array(buffer, place(4), capacity);
    this.tuplePorts = new Uint32Array(buffer, place(4), capacity);
    this.flow = new Uint32Array(buffer, place(4), capacity);
    this.analysis = new Uint32Array(buffer, place(4), capacity);
    this.duplicateAckNumber = new Uint32Array(buffer, place(4), capacity);
    this.bytesInFlight = new Uint32Array(buffer, place(4), capacity);
    this.sourcePort = new Uint16Array(buffer, place(2), capacity);
    this.destinationPort = new Uint16Array(buffer, place(2), capacity);
    this.flags = new Uint16Array(buffer, place(2), capacity);
    this.window = new Uint16Array(buffer, place(2), capacity);
    this.facts = new Uint16Array(buffer, place(2), capacity);
    this.ipId = new Uint16Array(buffer, place(2), capacity);
    this.encapsulation = new Uint16Array(buffer, place(2), capacity);
    this.interfaceIndex = new Uint16Array(buffer, place(2), capacity);
    this.optionsLength = new Uint8Array(buffer, place(1), capacity);
    this.ttl = new Uint8Array(buffer, place(1), capacity);
    this.tupleOrder = new Uint8Array(buffer, place(1), capacity);
    this.isCopy = new Uint8Array(buffer, place(1), capacity);
    this.fromServer = new Uint8Array(buffer, place(1), capacity);
    this.cause = new Uint8Array(buffer, place(1), capacity);
  }
}

/** Octets that the columns of a batch take: 5 of 8 a row, 19 of 4, 8 of 2, 6 of 1. */
export function segmentBatchBytes(capacity: number): number {
  return capacity * (5 * 8 + 19 * 4 + 8 * 2 + 6);
}

/** A segment that repeats a frame of the capture, and what it repeats. */
export interface FirstCopy {
  readonly row: number;
  readonly originalNs: number;
  readonly originalFrame: number;
  /** Index into CaptureSource.interfaces. */
  readonly originalInterface: number;
  readonly originalTtl: number;
}

/** The timestamps option is present; `tsval` and `tsecr` are valid. */
export const HAS_TIMESTAMPS = 0x01;
/** A SACK option with at least one block is present (RFC 2018). */
export const HAS_SACK = 0x02;
/** Any option other than no-op, end of list, timestamps and SACK is present (MSS, window scale, …). */
export const HAS_OTHER_OPTIONS = 0x04;
/** The option list is malformed: a length below 2 or beyond the header. */
export const HAS_BAD_OPTIONS = 0x08;
/** Options of which the columns do not tell all. */
export const HAS_UNTOLD_OPTIONS = HAS_SACK | HAS_OTHER_OPTIONS | HAS_BAD_OPTIONS;
/** The snaplen cut the frame inside the TCP options. */
export const IS_CUT_IN_OPTIONS = 0x10;
/**
 * The first fragment of a datagram, which a snaplen cut, so that it was not put together with the others: the payload
 * goes on in fragments that give no segment.
 */
export const IS_FIRST_FRAGMENT = 0x20;
/** The IP length was 0 (segmentation offload); the length was taken from the frame. */
export const IS_LENGTH_FROM_FRAME = 0x40;
/**
 * The IP length reaches beyond the frame's length on the wire: a tool cut the frame and recorded the rest as all there
 * was. `payloadLength` is the IP header's; Wireshark takes the frame's, which is `payloadInFrame`.
 */
export const IS_BEYOND_FRAME = 0x80;
/** The snaplen cut the frame inside a SACK option: its first blocks may be there. HAS_SACK does not tell of it. */
export const IS_CUT_IN_SACK = 0x100;
/** With IS_BEYOND_FRAME: not even the TCP header ends within the frame's length on the wire. */
export const IS_HEADER_BEYOND_FRAME = 0x200;
/** Wireshark knows no length of such a segment, and does not analyse it. */
export const IS_UNMEASURED = IS_FIRST_FRAGMENT | IS_HEADER_BEYOND_FRAME;
