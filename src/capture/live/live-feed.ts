import type { LiveBackend, LiveDrops } from "./live-source.js";

/** Records of one interface in a round: whole pcap records, from octet `start` to `end` of its bytes. */
export interface FeedRun {
  /** Index into the feed's interfaces. */
  readonly interfaceIndex: number;
  readonly start: number;
  readonly end: number;
}

/** What several interfaces gave since the round before. */
export interface FeedRound {
  readonly bytes: Uint8Array;
  readonly runs: readonly FeedRun[];
}

/** An interface that a feed has opened. */
export interface FeedInterface {
  readonly name: string;
  /** The pcap file header that its records go with. */
  readonly header: Uint8Array;
  /** Octets kept of each frame. */
  readonly snaplenBytes: number;
}

/** What a backend does: pcap records in rounds, whoever captured them. */
export interface LiveFeed {
  readonly backend: LiveBackend;
  readonly timestamps: "kernel" | "arrival";
  readonly interfaces: readonly FeedInterface[];
  /** Why it ended before it was stopped, a sentence without its full stop; null while all is well. */
  readonly damage: string | null;
  /** What happened on the way, a sentence each. */
  readonly notes: readonly string[];
  drops(): LiveDrops;
  /** The next round, null at the end. What the round before lay in is used again. */
  next(): Promise<FeedRound | null>;
  /** See LiveSource. */
  stop(): void;
  close(): Promise<void>;
}
