import type { SocketRow } from "../kernel/socket-row.js";
import type { TcpInfo } from "../kernel/tcp-info.js";

/** Sockets that are remembered. */
const MOST_SOCKETS = 10_000;
/** What goes on by itself while nothing happens. */
const AGES: ReadonlySet<string> = new Set([
  "timerNs",
  "sinceSentNs",
  "sinceReceivedNs",
  "sinceAckNs",
  "atoNs",
  "busyNs",
  "windowLimitedNs",
  "sendBufferLimitedNs",
] satisfies (keyof SocketRow | keyof TcpInfo)[]);

/** Tells whether anything happened to a socket since it was looked at before, so that one that hangs is told once. */
export class NewSockets {
  readonly #told = new Map<string, string>();

  isNews(row: SocketRow): boolean {
    const key = `${row.localAddr} ${row.localPort} ${row.peerAddr} ${row.peerPort}`;
    const state = JSON.stringify(row, (name, value: unknown) => (AGES.has(name) ? undefined : value));
    if (this.#told.get(key) === state) return false;
    if (this.#told.size >= MOST_SOCKETS) this.#told.clear();
    this.#told.set(key, state);
    return true;
  }
}
