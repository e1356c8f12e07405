/** One packet as the notation tells it (see notation.ts). Plain data; every number is relative, nothing is raw. */
export interface PacketLine {
  /** Nanoseconds since the script's zero; a safe integer, negative when a clock stepped back. */
  readonly timeNs: number;
  /** `->` client to server, `<-` server to client. */
  readonly direction: "->" | "<-";
  /** Control bits, flags.ts. */
  readonly flags: number;
  /** Octets since the sender's ISN: a SYN has 0, the first octet of data 1. */
  readonly first: number;
  /** `first` plus the octets of payload; SYN and FIN are not counted, as in tcpdump. */
  readonly last: number;
  /** Octets since the receiver's ISN; null exactly when the ACK flag is off. */
  readonly ack: number | null;
  /** Window field as sent, not scaled, 0 to 65535; null when the line does not tell. */
  readonly window: number | null;
  /** TCP options in header order, at most 40 octets in all. */
  readonly options: readonly PacketOption[];
  /** IPv4 time to live or IPv6 hop limit, 0 to 255; null when the line does not tell. */
  readonly ttl: number | null;
  /** IPv4 identification, 0 to 65535; null when the line does not tell. */
  readonly ipId: number | null;
  /** True when the capture recorded an earlier packet once more; `ipId` is then null. */
  readonly isCopy: boolean;
  /** Name of the packet: letters, digits, `_` and `-`. */
  readonly label: string | null;
  /** Remark after `//`: one line, trimmed, not empty. */
  readonly comment: string | null;
}

/** Octets of the stream that a SACK option acknowledges: `first` up to, not including, `last`. RFC 2018, section 3. */
export interface SackBlock {
  /** Octets since the ISN of the data's sender, as in `ack`. */
  readonly first: number;
  readonly last: number;
}

/** A TCP option; `name` is its word in the notation. */
export type PacketOption =
  /** End of option list, kind 0, and no-operation, kind 1. RFC 9293, section 3.1. */
  | { readonly name: "eol" | "nop" }
  /** Maximum segment size in octets, 0 to 65535, kind 2. RFC 9293, section 3.7.1. */
  | { readonly name: "mss"; readonly mss: number }
  /** Window scale, shift 0 to 255 (above 14 is illegal but can be sent), kind 3. RFC 7323, section 2. */
  | { readonly name: "wscale"; readonly shift: number }
  /** SACK permitted, kind 4. RFC 2018, section 2. */
  | { readonly name: "sackOK" }
  /** SACK, kind 5: one to four blocks. RFC 2018, section 3. */
  | { readonly name: "sack"; readonly blocks: readonly SackBlock[] }
  /** Timestamps, kind 8: two numbers of 32 bits. RFC 7323, section 3. */
  | { readonly name: "TS"; readonly tsval: number; readonly tsecr: number }
  /** Fast Open, kind 34: lower-case hexadecimal cookie, empty in a request for one. RFC 7413, section 4.1.1. */
  | { readonly name: "fastopen"; readonly cookie: string }
  /** Any option by its kind, 2 to 255, and the lower-case hexadecimal octets after its length. */
  | { readonly name: "unknown"; readonly kind: number; readonly data: string };

/** The header's data offset has room for this many octets of options. RFC 9293, section 3.1. */
export const MAX_OPTIONS_BYTES = 40;

/** Octets that an option takes in the header. */
export function optionLengthBytes(option: PacketOption): number {
  switch (option.name) {
    case "eol":
    case "nop":
      return 1;
    case "mss":
      return 4;
    case "wscale":
      return 3;
    case "sackOK":
      return 2;
    case "sack":
      return 2 + 8 * option.blocks.length;
    case "TS":
      return 10;
    case "fastopen":
      return 2 + option.cookie.length / 2;
    case "unknown":
      return 2 + option.data.length / 2;
  }
}
