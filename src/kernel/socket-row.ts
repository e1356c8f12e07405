import type { TcpInfo } from "./tcp-info.js";

/** A connection's socket as it was read. Addresses are numeric; queues hold octets. */
export interface SocketRow {
  readonly kind: "socket";
  /** As ss calls it, such as `ESTAB`; null when ss was asked for one state and so leaves it out. */
  readonly state: string | null;
  readonly localAddr: string;
  readonly localPort: number;
  readonly peerAddr: string;
  readonly peerPort: number;
  /** Received and not yet read by the application. */
  readonly receiveQueueBytes: number;
  /** Written and not yet acknowledged; of a SYN-SENT socket the SYN. */
  readonly sendQueueBytes: number;
  /** `name[pid]`; null when not told. */
  readonly process: string | null;
  /** Which timer runs: `on` (retransmission), `keepalive`, `timewait`, `persist` or `unknown`; null when none. */
  readonly timer: string | null;
  /** Until it fires, nanoseconds. */
  readonly timerNs: number | null;
  /** Timeouts in a row. */
  readonly timeouts: number | null;
  readonly congestionControl: string | null;
  readonly tcpInfo: TcpInfo;
}

/** A listening socket as it was read. */
export interface ListenerRow {
  readonly kind: "listener";
  /** `0.0.0.0` for all of IPv4, `::` for all of IPv6, `*` for both. */
  readonly addr: string;
  readonly port: number;
  /** Connections that wait for accept(). */
  readonly acceptQueue: number;
  /** How many may wait; the queue is full with one more. Null when not told (/proc/net/tcp). */
  readonly backlog: number | null;
  readonly process: string | null;
  /** Segments the socket dropped, of whatever kind; null when not told. */
  readonly drops: number | null;
}
