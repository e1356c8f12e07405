import type { FrameBatch } from "./frame-batch.js";

/** One interface of a capture. A pcap file has exactly one, a pcapng file one per description block. */
export interface CaptureInterface {
  /** LINKTYPE_ value, https://www.tcpdump.org/linktypes.html */
  readonly linkType: number;
  /** Name in the file (if_name), null when it has none. */
  readonly name: string | null;
  /** Octets kept of each frame; 0 means no limit was recorded. */
  readonly snaplen: number;
  /** Frames the capturing system saw and dropped there; null when the file does not tell. */
  dropped: number | null;
}

/** A capture file or pipe, whatever its format and compression: from here on all look the same. */
export interface CaptureSource {
  /** As the user named it; `-` for standard input. */
  readonly path: string;
  readonly format: "pcap" | "pcapng" | "snoop" | "erf" | "tcpdump-text" | "live";
  readonly compression: "gzip" | "zstd" | "xz" | "lz4" | null;
  /** Grows while reading: pcapng describes interfaces as it goes. */
  readonly interfaces: readonly CaptureInterface[];
  /**
   * Epoch nanoseconds of timeNs = 0: the first frame of the stream that has a time (those of simple packet
   * blocks have none and count as simultaneous with the frame before). Undefined until such a frame was read.
   */
  readonly originNs: bigint | undefined;
  /** Octets of the (compressed) input consumed so far, and in all; total is null for a pipe. */
  readonly bytesRead: number;
  readonly bytesTotal: number | null;
  /** Frames delivered so far. Their numbers may run ahead: Wireshark numbers some blocks that hold no frame. */
  readonly frames: number;
  /**
   * A sentence when the file is damaged or cut: reading stopped there, the frames before it were delivered.
   * null while all is well.
   */
  readonly damage: string | null;
  /** Blocks or records passed over because nothing in them is a frame, by name. */
  readonly skipped: ReadonlyMap<string, number>;
  /** What the input does not tell and a reader of findings must know, a sentence each; complete when all is read. */
  readonly notes: readonly string[];
  /** Frames in capture order. Each batch is valid until the next is asked for. May be iterated once. */
  batches(): AsyncIterable<FrameBatch>;
  /** Releases the file or the child process; safe to call twice and at any time. */
  close(): Promise<void>;
}
