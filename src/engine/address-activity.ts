import { type SpanOfTime, SpansOfTime } from "./spans-of-time.js";

/** Moments of a flow that lie closer are one span: within it the address was heard at least as often. */
const JOINED_NS = 1_000_000_000;
/**
 * What ended with an outage may seem to have gone on so much longer, for spans are joined and what was on its way arrives: ask
 * what went on from this long after its begin only.
 */
export const ACTIVITY_SLACK_NS = JOINED_NS;
/** Pairs of addresses, and spans of each, that are remembered: a scan has millions of the first. */
const MAX_PAIRS = 20_000;
const MAX_SPANS = 512;

/** An address that a host sent to. */
interface Peer {
  readonly address: string;
  /** In the order of appearance. */
  readonly place: number;
}

/** A span in which a peer was heard, or sent to. */
interface PeerSpan extends SpanOfTime {
  readonly peer: Peer;
}

/** When which address sent to which, in spans without a pause of 1 s or more. Bounded in memory. */
export class AddressActivity {
  readonly #spans = new Map<string, Map<string, number[]>>();
  #pairs = 0;
  /** Of hosts that were asked about, what `peersMeanwhile` finds; by direction and host. */
  readonly #peerSpans = new Map<string, SpansOfTime<PeerSpan>>();

  /** `from` sent to `to` at `startNs`, at `endNs`, and in between. */
  add(from: string, to: string, startNs: number, endNs: number): void {
    if (this.#peerSpans.size > 0) this.#peerSpans.clear();
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

  /** How many addresses `from` ever sent to. */
  countReceivers(from: string): number {
    return this.#spans.get(from)?.size ?? 0;
  }

  /** Whether `from` ever sent to `to`. */
  hasReceiver(from: string, to: string): boolean {
    return this.#spans.get(from)?.has(to) === true;
  }

  /**
   * Those that `host` ever sent to, and that sent to it after `startNs` and before `endNs`, or with `to` that it sent to; in order
   * of appearance.
   */
  peersMeanwhile(host: string, direction: "from" | "to", startNs: number, endNs: number): string[] {
    const key = `${direction} ${host}`;
    let spans = this.#peerSpans.get(key);
    if (spans === undefined) {
      const receivers = [...(this.#spans.get(host)?.keys() ?? [])];
      spans = new SpansOfTime(
        receivers.flatMap((address, place) => {
          const [from, to] = direction === "to" ? [host, address] : [address, host];
          return this.#spansOf(from, to, { address, place });
        }),
      );
      this.#peerSpans.set(key, spans);
    }
    const peers = new Set<Peer>();
    for (const { peer } of spans.touching(startNs, endNs)) peers.add(peer);
    return [...peers].sort((a, b) => a.place - b.place).map(({ address }) => address);
  }

  #spansOf(from: string, to: string, peer: Peer): PeerSpan[] {
    const spans = this.#spans.get(from)?.get(to) ?? [];
    return Array.from({ length: spans.length / 2 }, (_, at) => {
      return { peer, startNs: spans[at * 2]!, endNs: spans[at * 2 + 1]! };
    });
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
