import { commonPrefixBits } from "./address-prefix.js";

/** Moments of a flow that lie closer are one span: within it the address was heard at least as often. */
const JOINED_NS = 1_000_000_000;
/** Pairs of addresses, and spans of each, that are remembered: a scan has millions of the first. */
const MAX_PAIRS = 20_000;
const MAX_SPANS = 512;

/** When which address sent to which, in spans without a pause of 1 s or more. Bounded in memory. */
export class AddressActivity {
  readonly #spans = new Map<string, Map<string, number[]>>();
  #pairs = 0;

  /** `from` sent to `to` at `startNs`, at `endNs`, and in between. */
  add(from: string, to: string, startNs: number, endNs: number): void {
    let ofSender = this.#spans.get(from);
    if (ofSender === undefined) {
      if (this.#pairs >= MAX_PAIRS) return;
      ofSender = new Map();
      this.#spans.set(from, ofSender);
    }
    const spans = ofSender.get(to);
    if (spans === undefined) {
      if (this.#pairs++ < MAX_PAIRS) ofSender.set(to, [startNs, endNs]);
      return;
    }
    const last = spans.length - 1;
    if (startNs >= spans[last - 1]! && startNs <= spans[last]! + JOINED_NS)
      spans[last] = Math.max(spans[last]!, endNs);
    else if (spans.length < MAX_SPANS * 2) spans.push(startNs, endNs);
  }

  /** Whether `from` is known to have sent to `to` after `startNs` and before `endNs`. */
  hasSent(from: string, to: string, startNs: number, endNs: number): boolean {
    const spans = this.#spans.get(from)?.get(to) ?? [];
    for (let at = 0; at < spans.length; at += 2)
      if (spans[at]! < endNs && spans[at + 1]! > startNs) return true;
    return false;
  }

  /** Every address that `from` ever sent to, in order of appearance. */
  receiversOf(from: string): string[] {
    return [...(this.#spans.get(from)?.keys() ?? [])];
  }

  /**
   * The one address that every conversation has at one end, when it talks to several others: the capture was taken on
   * its host, or of it alone. Null otherwise.
   */
  hub(): string | null {
    for (const [from, receivers] of this.#spans) {
      if (receivers.size < 2) continue;
      for (const [other, theirs] of this.#spans)
        if (other !== from && (theirs.size > 1 || !theirs.has(from))) return null;
      return from;
    }
    return null;
  }
}

/** The one of `addresses` that shares most bits with `address`, and how many; null when none is of its IP version. */
export function nearestAddress(
  address: string,
  addresses: readonly string[],
): { readonly address: string; readonly bits: number } | null {
  let nearest: { address: string; bits: number } | null = null;
  for (const other of addresses) {
    const bits = commonPrefixBits(address, other);
    if (bits >= 0 && (nearest === null || bits > nearest.bits)) nearest = { address: other, bits };
  }
  return nearest;
}
