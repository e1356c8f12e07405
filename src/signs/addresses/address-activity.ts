import { NumberTable } from "../../engine/number-table.js";
import { AddressPairs } from "./address-pairs.js";
import { NumbersOfPairs } from "./numbers-of-pairs.js";
import { type SpanOfTime, SpansOfTime } from "./spans-of-time.js";

/** Moments of a flow that lie closer are one span: within it the address was heard at least as often. */
const JOINED_NS = 1_000_000_000;
/**
 * What ended with an outage may seem to have gone on so much longer, for spans are joined and what was on its way arrives: ask
 * what went on from this long after its begin only.
 */
export const ACTIVITY_SLACK_NS = JOINED_NS;
/** Spans of each pair of addresses that are remembered. */
const MAX_SPANS = 512;

/** Columns of a pair: its latest span, and how many it has. */
const LATEST = 0;
const SPANS = 1;
/** Columns of a span; the third is the pair's span before. */
const START_NS = 0;
const END_NS = 1;
const BEFORE = 2;

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
  readonly #pairs: AddressPairs;
  readonly #spansOfPairs = new NumbersOfPairs(2);
  readonly #spans = new NumberTable(3);
  /** Of hosts that were asked about, what `peersMeanwhile` finds; by direction and host. */
  readonly #peerSpans = new Map<string, SpansOfTime<PeerSpan>>();

  /** `pairs`: those that have sent; they may be others' as well. */
  constructor(pairs = new AddressPairs()) {
    this.#pairs = pairs;
  }

  /** `from` sent to `to` at `startNs`, at `endNs`, and in between. */
  add(from: string, to: string, startNs: number, endNs: number): void {
    if (this.#peerSpans.size > 0) this.#peerSpans.clear();
    const pair = this.#pairs.add(from, to);
    if (pair === 0) return;
    const spans = this.#spans;
    const last = this.#spansOfPairs.at(pair, LATEST);
    if (last !== 0 && startNs >= spans.at(last, START_NS) && startNs <= spans.at(last, END_NS) + JOINED_NS) {
      if (endNs > spans.at(last, END_NS)) spans.set(last, END_NS, endNs);
      return;
    }
    if (this.#spansOfPairs.at(pair, SPANS) < MAX_SPANS) this.#append(pair, last, startNs, endNs);
  }

  #append(pair: number, last: number, startNs: number, endNs: number): void {
    const span = this.#spans.add();
    if (span === 0) return;
    this.#spans.set(span, START_NS, startNs);
    this.#spans.set(span, END_NS, endNs);
    this.#spans.set(span, BEFORE, last);
    this.#spansOfPairs.set(pair, LATEST, span);
    this.#spansOfPairs.set(pair, SPANS, this.#spansOfPairs.at(pair, SPANS) + 1);
  }

  /** Whether `from` is known to have sent to `to` after `startNs` and before `endNs`. */
  hasSent(from: string, to: string, startNs: number, endNs: number): boolean {
    const spans = this.#spans;
    let span = this.#latestOf(from, to);
    for (; span !== 0; span = spans.at(span, BEFORE))
      if (spans.at(span, START_NS) < endNs && spans.at(span, END_NS) > startNs) return true;
    return false;
  }

  /** How many addresses `from` ever sent to. */
  countReceivers(from: string): number {
    return this.#pairs.countReceivers(from);
  }

  /** Whether `from` ever sent to `to`. */
  hasReceiver(from: string, to: string): boolean {
    return this.#pairs.find(from, to) !== 0;
  }

  /**
   * Those that `host` ever sent to, and that sent to it after `startNs` and before `endNs`, or with `to` that it sent to; in order
   * of appearance.
   */
  peersMeanwhile(host: string, direction: "from" | "to", startNs: number, endNs: number): string[] {
    const key = `${direction} ${host}`;
    let spans = this.#peerSpans.get(key);
    if (spans === undefined) {
      spans = new SpansOfTime(
        this.#pairs.receiversOf(host).flatMap((address, place) => {
          const [from, to] = direction === "to" ? [host, address] : [address, host];
          const peer = { address, place };
          return this.#spansOf(from, to).map((span) => ({ ...span, peer }));
        }),
      );
      this.#peerSpans.set(key, spans);
    }
    const peers = new Set<Peer>();
    for (const { peer } of spans.touching(startNs, endNs)) peers.add(peer);
    return [...peers].sort((a, b) => a.place - b.place).map(({ address }) => address);
  }

  #spansOf(from: string, to: string): SpanOfTime[] {
    const found: SpanOfTime[] = [];
    const spans = this.#spans;
    for (let span = this.#latestOf(from, to); span !== 0; span = spans.at(span, BEFORE))
      found.push({ startNs: spans.at(span, START_NS), endNs: spans.at(span, END_NS) });
    return found;
  }

  #latestOf(from: string, to: string): number {
    return this.#spansOfPairs.at(this.#pairs.find(from, to), LATEST);
  }

  /**
   * The one address that every conversation has at one end, when it talks to several others: the capture was taken on
   * its host, or of it alone. Null otherwise.
   */
  hub(): string | null {
    const senders = this.#pairs.senders();
    const candidate = senders.find((address) => this.#pairs.countReceivers(address) > 1);
    if (candidate === undefined) return null;
    const talksToItAlone = (address: string): boolean =>
      this.#pairs.countReceivers(address) === 1 && this.hasReceiver(address, candidate);
    return senders.every((address) => address === candidate || talksToItAlone(address)) ? candidate : null;
  }
}
