import type { ByteWindow } from "./byte-window.js";
import type { CaptureInterface } from "./capture-source.js";
import type { FrameBatch } from "./frame-batch.js";

/** What one file format knows: where the frames lie in a window of octets. Holds no file, waits for nothing. */
export interface FrameParser {
  readonly format: "pcap" | "pcapng" | "snoop" | "erf" | "tcpdump-text";
  readonly interfaces: readonly CaptureInterface[];
  readonly skipped: ReadonlyMap<string, number>;
  /** What the input does not tell and a reader of findings must know, a sentence each without its full stop. */
  readonly notes?: readonly string[];
  readonly originNs: bigint | undefined;
  readonly frames: number;
  /** Why parsing stopped; null while all is well. */
  readonly damage: string | null;
  /**
   * Appends the window's frames to the batch and moves `window.start` behind them. Returns how many octets from
   * `window.start` on it needs to go on; 0 when the batch is full or `damage` is set.
   */
  parse(window: ByteWindow, batch: FrameBatch): number;
  /** Called when the input ended although octets were needed: decides whether that is a good end. */
  finish(window: ByteWindow): void;
}

/** What is said of a frame longer than any real one. */
export function impossibleFrame(frame: number, lengthBytes: number): string {
  return `frame ${frame} claims ${lengthBytes} octets; the file is damaged there`;
}
