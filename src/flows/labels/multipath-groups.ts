import { createHash } from "node:crypto";
import { readUint32 } from "../../decode/octets.js";
import type { Flow } from "../flow.js";

// RFC 8684, sections 3.1 and 3.2.
const MP_CAPABLE = 0;
const MP_JOIN = 1;
/** Lengths of MP_CAPABLE with the sender's key: a SYN-ACK's or a SYN's; with both keys: an ACK's, and with data. */
const CAPABLE_ONE_KEY_LENGTH = 12;
const CAPABLE_TWO_KEYS_LENGTHS = [20, 22, 24];
const JOIN_SYN_LENGTH = 12;
const KEY_LENGTH = 8;
/** Wireshark keeps them in eight bits: MP_TCPRST, which is 8, is none. */
const OPERATIONS = 0xff;
/** Tokens remembered, two of a connection; the oldest are given up. */
const MAX_TOKENS = 1 << 17;
/** Connections whose operations are kept; beyond, the oldest share theirs with a new one. */
const MAX_GROUPS = 1 << 17;
const HASHES = ["sha1", "sha256"];

/**
 * Which flows are subflows of one Multipath TCP connection, and the operations seen on any of them: the same set for
 * all. A subflow joins by a token, the beginning of a hash of the key that the first one's end gave.
 */
export class MultipathGroups {
  readonly #byToken = new Map<number, number>();
  /** Operations of each group; group 0 is none. */
  readonly #operations = new Uint8Array(MAX_GROUPS + 1);
  #groups = 0;

  /** Operations seen on the flow or on its siblings, one bit for each subtype. */
  operations(flow: Flow): number {
    return flow.multipathGroup === 0 ? flow.multipathOperations : this.#operations[flow.multipathGroup]!;
  }

  /** Notes the option of `lengthBytes` octets at `option`, at least 3. */
  note(flow: Flow, bytes: Uint8Array, option: number, lengthBytes: number): void {
    const subtype = bytes[option + 2]! >>> 4;
    if (subtype === MP_CAPABLE) {
      const hasTwo = CAPABLE_TWO_KEYS_LENGTHS.includes(lengthBytes);
      if (hasTwo || lengthBytes === CAPABLE_ONE_KEY_LENGTH) this.#attach(flow, tokenOf(bytes, option, 0));
      if (hasTwo) this.#attach(flow, tokenOf(bytes, option, 1));
      // The SYN of a first subflow, which has no key yet, is no operation of anything.
      if (flow.multipathGroup === 0 && flow.multipathOperations === 0) return;
    } else if (subtype === MP_JOIN && lengthBytes === JOIN_SYN_LENGTH) {
      this.#attach(flow, readUint32(bytes, option + 4));
    }
    const operation = (1 << subtype) & OPERATIONS;
    flow.multipathOperations |= operation;
    const group = flow.multipathGroup;
    if (group !== 0) this.#operations[group] = this.#operations[group]! | operation;
  }

  #attach(flow: Flow, token: number): void {
    const known = this.#byToken.get(token);
    if (known !== undefined) {
      flow.multipathGroup = known;
      return;
    }
    if (flow.multipathGroup === 0) {
      flow.multipathGroup = 1 + (this.#groups++ % MAX_GROUPS);
      this.#operations[flow.multipathGroup] = flow.multipathOperations;
    }
    if (this.#byToken.size === MAX_TOKENS) {
      const [oldest] = this.#byToken.keys();
      this.#byToken.delete(oldest!);
    }
    this.#byToken.set(token, flow.multipathGroup);
  }
}

/** Token of one of the keys in MP_CAPABLE: RFC 6824 hashes with SHA-1, RFC 8684 with SHA-256. */
function tokenOf(bytes: Uint8Array, option: number, index: number): number {
  const hash = HASHES[bytes[option + 2]! & 0x0f];
  if (hash === undefined) return 0;
  const key = bytes.subarray(option + 4 + index * KEY_LENGTH, option + 4 + (index + 1) * KEY_LENGTH);
  return createHash(hash).update(key).digest().readUInt32BE(0);
}
