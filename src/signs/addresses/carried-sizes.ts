import { NumberTable } from "../../engine/number-table.js";
import type { Endpoint } from "../../flows/endpoint.js";
import type { Flow } from "../../flows/flow.js";
import type { FlowIdentity } from "../../flows/flow-identity.js";
import { AddressPairs } from "./address-pairs.js";
import { NumbersOfPairs } from "./numbers-of-pairs.js";

/** Moments that are remembered, in all and of one way, and how far apart at least unless the later one had more octets. */
const MAX_MOMENTS = 20_000;
const MAX_MOMENTS_OF_WAY = 4096;
const MOMENT_NS = 500_000_000;
/** Shorter segments pass any path (RFC 791: 576 octets of IP). */
const LEAST_BYTES = 500;

/** Columns of a way: the largest average of its connections in octets, its latest moment, and how many it has. */
const LARGEST = 0;
const LATEST = 1;
const MOMENTS = 2;
/** Columns of a moment, when a segment arrived as it was sent; the third is the way's moment before. */
const TIME_NS = 0;
const BYTES = 1;
const BEFORE = 2;

/** How large segments must have been that arrived from one address at another, by what was acknowledged. */
export class CarriedSizes {
  readonly #pairs: AddressPairs;
  readonly #ways = new NumbersOfPairs(3);
  readonly #moments = new NumberTable(3);
  #count = 0;

  /** `pairs`: those that have sent; they may be others' as well. */
  constructor(pairs = new AddressPairs()) {
    this.#pairs = pairs;
  }

  add(flow: Flow, { clientAddress, serverAddress }: FlowIdentity): void {
    this.#note(clientAddress, serverAddress, flow.client, flow.server);
    this.#note(serverAddress, clientAddress, flow.server, flow.client);
  }

  /** Segments so large have arrived on that way: on average those of a connection had more than half of `bytes`. */
  has(from: string, to: string, bytes: number): boolean {
    return this.#ways.at(this.#pairs.find(from, to), LARGEST) * 2 > bytes;
  }

  /** A connection's first data of `bytes` or more was sent on that way between the two, and arrived at once. */
  hadMeanwhile(from: string, to: string, bytes: number, startNs: number, endNs: number): boolean {
    const moments = this.#moments;
    let moment = this.#ways.at(this.#pairs.find(from, to), LATEST);
    for (; moment !== 0; moment = moments.at(moment, BEFORE)) {
      const timeNs = moments.at(moment, TIME_NS);
      if (moments.at(moment, BYTES) >= bytes && timeNs > startNs && timeNs < endNs) return true;
    }
    return false;
  }

  #note(from: string, to: string, sender: Endpoint, receiver: Endpoint): void {
    const averageBytes = Math.min(receiver.ackedTo - 1, sender.uniqueBytes) / sender.segments;
    const firstBytes = arrivedFirstBytes(sender, receiver);
    // Not a number where nothing was sent.
    if (!(averageBytes > LEAST_BYTES / 2) && firstBytes < LEAST_BYTES) return;
    const way = this.#pairs.add(from, to);
    if (way === 0) return;
    if (averageBytes > LEAST_BYTES / 2 && averageBytes > this.#ways.at(way, LARGEST))
      this.#ways.set(way, LARGEST, averageBytes);
    if (firstBytes >= LEAST_BYTES) this.#noteMoment(way, sender.firstDataNs, firstBytes);
  }

  #noteMoment(way: number, timeNs: number, bytes: number): void {
    if (this.#count >= MAX_MOMENTS || this.#ways.at(way, MOMENTS) >= MAX_MOMENTS_OF_WAY) return;
    const moments = this.#moments;
    const latest = this.#ways.at(way, LATEST);
    const isSoon = latest !== 0 && Math.abs(timeNs - moments.at(latest, TIME_NS)) < MOMENT_NS;
    if (isSoon && bytes <= moments.at(latest, BYTES)) return;
    const moment = moments.add();
    moments.set(moment, TIME_NS, timeNs);
    moments.set(moment, BYTES, bytes);
    moments.set(moment, BEFORE, latest);
    this.#ways.set(way, LATEST, moment);
    this.#ways.set(way, MOMENTS, this.#ways.at(way, MOMENTS) + 1);
    this.#count++;
  }
}

/** Octets of its first segment with data, if that was acknowledged though nothing was ever sent again; else 0. */
function arrivedFirstBytes(sender: Endpoint, receiver: Endpoint): number {
  const { firstDataLength, retransmits, contiguousTo } = sender;
  if (retransmits > 0) return 0;
  return Math.min(contiguousTo, receiver.ackedTo) > firstDataLength ? firstDataLength : 0;
}
