import type { CaptureSource } from "../capture-source.js";

/** What reads the interface. */
export type LiveBackend = "libpcap" | "tcpdump" | "cap";

/** How to capture. What is left out has the default. */
export interface LiveOptions {
  /** Names of interfaces, at least one; `any` stands for all of the network namespace. */
  readonly interfaces: readonly string[];
  /** In libpcap's language (pcap-filter(7)); default: every frame. */
  readonly filter?: string | undefined;
  /** Octets kept of each frame, 1 to 262 144; default 262 144. */
  readonly snaplenBytes?: number | undefined;
  /** The kernel's buffer of each interface, 64 KiB to 1 GiB; default 32 MiB. */
  readonly bufferBytes?: number | undefined;
  /** Also frames for other hosts; default false. */
  readonly isPromiscuous?: boolean | undefined;
  /** Default `auto`: libpcap, else tcpdump; `cap` is only taken when it is named. */
  readonly backend?: LiveBackend | "auto" | undefined;
  /** The user that a tcpdump started by root switches to as soon as it captures; default: tcpdump's own choice. */
  readonly user?: string | undefined;
  /** Rows of a batch, at least 1; default 4096. */
  readonly batchFrames?: number | undefined;
  /** Epoch nanoseconds of timeNs = 0; default: the moment of opening, so that what the kernel says before the first frame has a time. */
  readonly originNs?: bigint | undefined;
  /**
   * How long frames may wait before they are handed on, milliseconds, 1 to 10 000; default 100. With tcpdump up to a
   * second, whatever is said here.
   */
  readonly flushIntervalMs?: number | undefined;
}

/** Cumulative since the beginning; null where the backend cannot know. */
export interface LiveDrops {
  /** Frames that passed the filter, dropped ones included. */
  readonly received: number | null;
  /** Frames that the kernel dropped because its buffer was full. */
  readonly droppedByKernel: number | null;
  /** Frames that the interface or its driver dropped. */
  readonly droppedByInterface: number | null;
}

/** An interface being captured. `path` holds the names of the interfaces, `bytesTotal` is null. */
export interface LiveSource extends CaptureSource {
  readonly format: "live";
  readonly compression: null;
  /** Known from the beginning. */
  readonly originNs: bigint;
  readonly backend: LiveBackend;
  /**
   * kernel: times are the kernel's, in nanoseconds. arrival: those of the moment at which a frame reached this program,
   * which can be much later and tells nothing of distances under some hundred milliseconds.
   */
  readonly timestamps: "kernel" | "arrival";
  /** As known now, of all interfaces together; final when `batches` has ended. */
  drops(): LiveDrops;
  /** Accepts no more frames: what is buffered is still delivered, then `batches` ends. Safe to call twice. */
  stop(): void;
}
