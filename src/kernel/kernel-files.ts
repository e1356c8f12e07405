import type { CounterFile } from "./counters.js";
import type { RouteChange } from "./routes.js";
import type { SampledFile } from "./sampled-file.js";
import type { ListenerRow, SocketRow } from "./socket-row.js";

/** A file as it was named, and what it holds. */
export interface Named<File> {
  readonly path: string;
  readonly file: File;
}

/** What a host's kernel said beside a capture. */
export interface KernelFiles {
  readonly counters: readonly Named<CounterFile>[];
  readonly sockets: readonly Named<SampledFile<SocketRow | ListenerRow>>[];
  readonly routes: readonly Named<SampledFile<RouteChange>>[];
  /** How far the host's clock is ahead of the capture's, nanoseconds. */
  readonly clockOffsetNs: bigint;
}
