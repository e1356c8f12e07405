/** What one packet's text tells. Numbers are as printed: relative or absolute is not yet decided. */
export interface TextPacket {
  /** Endpoints as printed, `host.port`. */
  readonly source: string;
  readonly destination: string;
  /** IP version that the line names; null when it names none (before tcpdump 3.9). */
  readonly ipVersion: 4 | 6 | null;
  /** Nine control bits as in the header. RFC 9293, section 3.1; AE of RFC 9768. */
  readonly flags: number;
  /** Null when not printed: tcpdump leaves it out where nothing takes a number. */
  readonly seq: number | null;
  readonly ack: number | null;
  /** Octets of payload, 0 to MAX_PAYLOAD_BYTES. */
  readonly lengthBytes: number;
  /** Window field, not scaled. */
  readonly window: number;
  readonly urgent: number;
  /** TCP options, a multiple of 4 octets; SACK edges as printed. */
  readonly options: Uint8Array;
  /** TTL or hop limit, and identification; 0 when not printed. */
  readonly ttl: number;
  readonly identification: number;
  /** Type of service or traffic class, 0 to 255. */
  readonly tos: number;
  readonly isDontFragment: boolean;
  /** TCP checksum; 0 when not printed. */
  readonly checksum: number;
  /** False when more may follow on a wrapped line. */
  readonly isWhole: boolean;
}

/** More than any segment holds, also with segmentation offload. */
export const MAX_PAYLOAD_BYTES = 0xfffff;

/** Control bits. */
export const FIN = 0x001;
export const SYN = 0x002;
export const ACK = 0x010;
const RST = 0x004;
const PSH = 0x008;
const URG = 0x020;
const ECE = 0x040;
const CWR = 0x080;
const AE = 0x100;

const LETTERS: Readonly<Record<string, number>> = {
  F: FIN,
  S: SYN,
  R: RST,
  P: PSH,
  ".": ACK,
  U: URG,
  E: ECE,
  W: CWR,
  e: AE,
  A: AE,
};

/** The bits of tcpdump's letters, also of `none`; null when one is unknown. */
export function readFlagLetters(text: string): number | null {
  if (text === "none") return 0;
  let flags = 0;
  for (const letter of text) {
    const bit = LETTERS[letter];
    if (bit === undefined) return null;
    flags |= bit;
  }
  return flags;
}
