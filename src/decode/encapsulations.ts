/**
 * Kinds of encapsulation. A kind with an id carries what is the same in both directions of a flow; labels, tunnel
 * end points and per-direction ids (MPLS, GTP TEID, PPTP call id) are left out on purpose.
 */
export const VLAN_ID = 1;
export const PROVIDER_BACKBONE_SERVICE = 2;
export const MPLS_PATH = 3;
export const PPPOE_SESSION = 4;
export const IPV4_IN_IPV4 = 5;
export const IPV6_IN_IPV4 = 6;
export const IPV4_IN_IPV6 = 7;
export const IPV6_IN_IPV6 = 8;
export const GRE_TUNNEL = 9;
export const GRE_KEY = 10;
export const NVGRE_SUBNET = 11;
export const PPTP_TUNNEL = 12;
export const ERSPAN_SESSION = 13;
export const VXLAN_NETWORK = 14;
export const GENEVE_NETWORK = 15;
export const GTP_TUNNEL = 16;
export const TEREDO_TUNNEL = 17;
export const L2TP_TUNNEL = 18;
export const AYIYA_TUNNEL = 19;
export const LISP_TUNNEL = 20;
export const TZSP_TUNNEL = 21;
export const CAPWAP_TUNNEL = 22;
export const ETHER_IP_TUNNEL = 23;
export const EOIP_TUNNEL = 24;

/** Names by kind; one that ends in a blank is followed by the id. */
const NAMES = [
  "",
  "vlan ",
  "pbb ",
  "mpls",
  "pppoe ",
  "ipip",
  "6in4",
  "4in6",
  "6in6",
  "gre",
  "gre key ",
  "nvgre ",
  "pptp",
  "erspan ",
  "vxlan ",
  "geneve ",
  "gtp-u",
  "teredo",
  "l2tp",
  "ayiya",
  "lisp",
  "tzsp",
  "capwap",
  "etherip",
  "eoip ",
];

/** Paths that do not fit any more share this index. */
const OVERFLOW = 0xffff;

/**
 * Paths of encapsulations as small integers: 0 is none, every other is a parent path plus one kind and id. Filled
 * as frames come; a path seen before costs one probe of a hash table and no memory.
 */
export class Encapsulations {
  /** Paths interned so far, "none" included: every index below it has a name. 1 to 65535. */
  size = 1;
  /** Times a path could not be told apart because 65534 others came first. */
  overflows = 0;
  #parents = new Uint16Array(64);
  #kinds = new Uint8Array(64);
  #ids = new Uint32Array(64);
  /** Open addressing, linear probing, at most half full; 0 is an empty slot. */
  #slots = new Uint16Array(128);

  /** Index of `parent` extended by one encapsulation; `id` is 0 to 2^32-1, 0 for kinds without one. */
  intern(parent: number, kind: number, id: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash(parent, kind, id) & mask;
    for (let index = this.#slots[slot]!; index !== 0; index = this.#slots[slot]!) {
      if (this.#ids[index] === id && this.#parents[index] === parent && this.#kinds[index] === kind)
        return index;
      slot = (slot + 1) & mask;
    }
    return this.#add(parent, kind, id);
  }

  /** `vlan 10, vxlan 42`: outermost first. Empty for 0 and `overflow` for the paths past the limit. */
  name(index: number): string {
    if (index === OVERFLOW) return "overflow";
    let text = "";
    // A parent is always older than its children, so this ends at 0.
    for (let at = index; at > 0 && at < this.size; at = this.#parents[at]!) {
      const name = NAMES[this.#kinds[at]!]!;
      const own = name.endsWith(" ") ? name + this.#ids[at] : name;
      text = text === "" ? own : `${own}, ${text}`;
      if (this.#parents[at] === OVERFLOW) return `overflow, ${text}`;
    }
    return text;
  }

  #add(parent: number, kind: number, id: number): number {
    if (this.size === OVERFLOW) {
      this.overflows++;
      return OVERFLOW;
    }
    if (this.size === this.#kinds.length) this.#grow();
    const index = this.size++;
    this.#parents[index] = parent;
    this.#kinds[index] = kind;
    this.#ids[index] = id;
    this.#place(index);
    return index;
  }

  #place(index: number): void {
    const mask = this.#slots.length - 1;
    let slot = hash(this.#parents[index]!, this.#kinds[index]!, this.#ids[index]!) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = index;
  }

  #grow(): void {
    const capacity = this.#kinds.length * 2;
    const parents = new Uint16Array(capacity);
    const kinds = new Uint8Array(capacity);
    const ids = new Uint32Array(capacity);
    parents.set(this.#parents);
    kinds.set(this.#kinds);
    ids.set(this.#ids);
    this.#parents = parents;
    this.#kinds = kinds;
    this.#ids = ids;
    this.#slots = new Uint16Array(capacity * 2);
    for (let index = 1; index < this.size; index++) this.#place(index);
  }
}

function hash(parent: number, kind: number, id: number): number {
  let mixed = Math.imul(id ^ Math.imul(parent * 32 + kind, 0x9e3779b1), 0x85ebca6b);
  mixed ^= mixed >>> 15;
  return Math.imul(mixed, 0xc2b2ae35) >>> 8;
}
