/**
 * Frames as they lie in the input: columns of offsets over one shared chunk of bytes, no copies.
 * A batch is borrowed: the reader fills the same one again when the next is asked for. It never spans two files.
 */
export class FrameBatch {
  /** Rows in use, 0 to `capacity`. */
  length = 0;
  /** The chunk that all offsets point into; may be a different array in the next batch. */
  bytes: Uint8Array = new Uint8Array(0);
  readonly capacity: number;
  /** 1-based number within the file, equal to Wireshark's frame.number. */
  readonly frame: Uint32Array;
  /** Offset in `bytes` of the frame's first octet. */
  readonly at: Uint32Array;
  /** Octets present in `bytes`, at most `wireLength` in a sane file (not guaranteed). */
  readonly capturedLength: Uint32Array;
  /** Octets that were on the wire; larger than `capturedLength` when a snaplen cut the frame. */
  readonly wireLength: Uint32Array;
  /** Nanoseconds since the capture's origin (`CaptureSource.originNs`); exact for 104 days, may be negative. */
  readonly timeNs: Float64Array;
  /** Index into `CaptureSource.interfaces`. */
  readonly interfaceIndex: Uint16Array;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.frame = new Uint32Array(capacity);
    this.at = new Uint32Array(capacity);
    this.capturedLength = new Uint32Array(capacity);
    this.wireLength = new Uint32Array(capacity);
    this.timeNs = new Float64Array(capacity);
    this.interfaceIndex = new Uint16Array(capacity);
  }
}
