/** A connection as this host names it; addresses are numeric. */
export interface SocketTuple {
  readonly localAddr: string;
  readonly localPort: number;
  readonly peerAddr: string;
  readonly peerPort: number;
}
