import { NumberTable } from "../../engine/number-table.js";

/** Pairs that are remembered: a scan has millions. */
const MAX_PAIRS = 40_000;
/** Slots of the hash table at first; it doubles when it is half full. */
const FIRST_SLOTS = 1024;
/** Columns of a pair: who sends to whom, by number, and the next pair of the same sender. */
const FROM = 0;
const TO = 1;
const NEXT = 2;
/** Columns of an address: its first and latest pair as the sender, and how many there are. */
const FIRST_PAIR = 0;
const LAST_PAIR = 1;
const PAIRS = 2;

interface FoundPair {
  from: string;
  to: string;
  pair: number;
}

/**
 * Pairs of addresses, one direction each, numbered from 1 on in order of appearance: what is kept of them can stand in tables
 * of numbers, without an object for each address.
 */
export class AddressPairs {
  readonly #most: number;
  readonly #numbers = new Map<string, number>();
  /** By number; of number 0 there is none. */
  readonly #names: string[] = [""];
  readonly #addresses = new NumberTable(3);
  readonly #pairs = new NumberTable(3);
  /** Numbers of pairs by hash, 0 where a slot is free. */
  #slots = new Int32Array(FIRST_SLOTS);
  #count = 0;
  /** Both directions are mostly asked for in turn, of the same texts: the pair found last, and the one before. */
  #last: FoundPair = { from: "", to: "", pair: 0 };
  #before: FoundPair = { from: "", to: "", pair: 0 };

  /** `most`: pairs that are remembered, below 2^20. */
  constructor(most = MAX_PAIRS) {
    this.#most = most;
  }

  /** Number of the pair; 0 when it was not added. */
  find(from: string, to: string): number {
    const before = this.#before;
    if (before.from === from && before.to === to) return before.pair;
    const last = this.#last;
    if (last.from === from && last.to === to) return last.pair;
    const sender = this.#numbers.get(from);
    const receiver = sender === undefined ? undefined : this.#numbers.get(to);
    const pair = receiver === undefined ? 0 : this.#slots[this.#slotOf(sender!, receiver)]!;
    if (pair !== 0) this.#remember(from, to, pair);
    return pair;
  }

  /** The same, of a pair that is added if need be; 0 when there are too many. */
  add(from: string, to: string): number {
    const known = this.find(from, to);
    if (known !== 0 || this.#count >= this.#most) return known;
    const pair = this.#enter(from, to);
    this.#remember(from, to, pair);
    return pair;
  }

  #remember(from: string, to: string, pair: number): void {
    const found = this.#before;
    found.from = from;
    found.to = to;
    found.pair = pair;
    this.#before = this.#last;
    this.#last = found;
  }

  #enter(from: string, to: string): number {
    if (++this.#count * 2 > this.#slots.length) this.#grow();
    const sender = this.#numberOf(from);
    const receiver = this.#numberOf(to);
    const pair = this.#pairs.add();
    this.#pairs.set(pair, FROM, sender);
    this.#pairs.set(pair, TO, receiver);
    this.#slots[this.#slotOf(sender, receiver)] = pair;
    const last = this.#addresses.at(sender, LAST_PAIR);
    if (last === 0) this.#addresses.set(sender, FIRST_PAIR, pair);
    else this.#pairs.set(last, NEXT, pair);
    this.#addresses.set(sender, LAST_PAIR, pair);
    this.#addresses.set(sender, PAIRS, this.#addresses.at(sender, PAIRS) + 1);
    return pair;
  }

  /** How many addresses `from` is paired with. */
  countReceivers(from: string): number {
    return this.#addresses.at(this.#numbers.get(from) ?? 0, PAIRS);
  }

  /** Those, in order of appearance. */
  receiversOf(from: string): string[] {
    const receivers: string[] = [];
    let pair = this.#addresses.at(this.#numbers.get(from) ?? 0, FIRST_PAIR);
    for (; pair !== 0; pair = this.#pairs.at(pair, NEXT))
      receivers.push(this.#names[this.#pairs.at(pair, TO)]!);
    return receivers;
  }

  /** All that are paired as senders. */
  senders(): string[] {
    return this.#names.filter((_, address) => this.#addresses.at(address, PAIRS) > 0);
  }

  #numberOf(address: string): number {
    const known = this.#numbers.get(address);
    if (known !== undefined) return known;
    const number = this.#addresses.add();
    this.#numbers.set(address, number);
    this.#names[number] = address;
    return number;
  }

  /** Where the pair stands, or would. */
  #slotOf(sender: number, receiver: number): number {
    const mask = this.#slots.length - 1;
    const mixed = Math.imul(sender, 0x9e3779b1) ^ Math.imul(receiver, 0x85ebca6b);
    let slot = (mixed ^ (mixed >>> 15)) & mask;
    for (let pair = this.#slots[slot]!; pair !== 0; pair = this.#slots[slot]!) {
      if (this.#pairs.at(pair, FROM) === sender && this.#pairs.at(pair, TO) === receiver) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #grow(): void {
    const pairs = this.#slots.filter((pair) => pair !== 0);
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (const pair of pairs)
      this.#slots[this.#slotOf(this.#pairs.at(pair, FROM), this.#pairs.at(pair, TO))] = pair;
  }
}
