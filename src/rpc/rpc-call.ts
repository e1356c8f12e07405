/**
 * A call of ONC RPC and its reply. Frames are those in which tshark shows the message too: the frame that completes it,
 * or, when it was never complete, the one in which it begins. Times are nanoseconds since the capture's origin.
 */
export interface RpcCall {
  readonly flowId: number;
  /** The server of the connection called its client: NFSv4.1's callbacks do. */
  readonly isFromServer: boolean;
  readonly xid: number;
  readonly program: number;
  readonly version: number;
  readonly procedure: number;
  /** Of a compound; null for others, and where it is cut off or encrypted. */
  readonly minorVersion: number | null;
  /** Flavor of the credential; null when cut off. */
  readonly credential: string | null;
  readonly captureId: number;
  readonly frame: number;
  readonly timeNs: number;
  /** Octets of the record on the wire, record marks included; as many as the marks told of. */
  readonly bytes: number;
  /** All of it was sent. */
  readonly isComplete: boolean;
  /** Relative sequence number behind its last octet; the receiver has it all when that is acknowledged. */
  readonly endSeq: number;
  /** The same XID and procedure was sent before on this connection and had no reply yet. */
  readonly repeats: RpcCall | null;
  /** Which transmission on this connection, from 1. */
  readonly transmission: number;
  /** How many calls its sender made before on this connection. */
  readonly ordinal: number;
  reply: RpcReply | null;
  /** The capture lacks octets in which a reply may have been. */
  mayHaveReply: boolean;
}

export interface RpcReply {
  readonly captureId: number;
  readonly frame: number;
  readonly timeNs: number;
  readonly bytes: number;
  readonly isComplete: boolean;
  /** RFC 5531's accept_stat, reject_stat or auth_stat in words; null when cut off. */
  readonly status: string | null;
}

/** Nanoseconds from the whole call to the whole reply, tshark's `rpc.time`; null when either was never whole. */
export function latencyNs({ isComplete, timeNs, reply }: RpcCall): number | null {
  return isComplete && reply?.isComplete ? reply.timeNs - timeNs : null;
}
