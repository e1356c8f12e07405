/**
 * An ICMP (RFC 792) or ICMPv6 (RFC 4443) error that quotes the header of a TCP segment. Rare, so a plain object;
 * its quoted header belongs to the error, never to the flow's own segments.
 */
export interface IcmpError {
  /** Number of segments of the same batch that came before it: its place in capture order. */
  readonly row: number;
  readonly frame: number;
  readonly timeNs: number;
  readonly ipVersion: 4 | 6;
  readonly type: number;
  readonly code: number;
  /** Next-hop MTU of "fragmentation needed" and "packet too big" (0: an old router that does not tell), else null. */
  readonly mtu: number | null;
  /** Address of the host that sent the error, 4 or 16 octets, copied. */
  readonly reporter: Uint8Array;
  /** From the quoted IP and TCP headers: who sent the segment that drew the error, and to whom. */
  readonly quotedSource: Uint8Array;
  readonly quotedDestination: Uint8Array;
  readonly quotedSourcePort: number;
  readonly quotedDestinationPort: number;
  /** Raw sequence number; the first 8 octets of the TCP header are always quoted. */
  readonly quotedSeq: number;
  /** Index into `Encapsulations` of the quoted segment: that of the error itself. */
  readonly encapsulation: number;
}
