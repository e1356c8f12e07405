import type { Endpoint } from "../flows/endpoint.js";
import type { Flow } from "../flows/flow.js";
import type { FlowIdentity } from "../flows/flow-identity.js";

/** Ways that are remembered: a scan has millions. */
const MAX_WAYS = 20_000;
/** Moments that are remembered, in all and of one way, and how far apart at least unless the later one had more octets. */
const MAX_MOMENTS = 20_000;
const MAX_MOMENTS_OF_WAY = 4096;
const MOMENT_NS = 500_000_000;
/** Shorter segments pass any path (RFC 791: 576 octets of IP). */
const LEAST_BYTES = 500;

/** A segment that arrived as it was sent. */
interface Moment {
  readonly timeNs: number;
  readonly bytes: number;
}

/** How large segments must have been that arrived from one address at another, by what was acknowledged. */
export class CarriedSizes {
  readonly #largest = new Map<string, number>();
  readonly #moments = new Map<string, Moment[]>();
  #count = 0;

  add(flow: Flow, identity: FlowIdentity): void {
    this.#note(identity, false, flow.client, flow.server);
    this.#note(identity, true, flow.server, flow.client);
  }

  /** Segments so large have arrived on that way: on average those of a connection had more than half of `bytes`. */
  has(way: string, bytes: number): boolean {
    return (this.#largest.get(way) ?? 0) * 2 > bytes;
  }

  /** A connection's first data of `bytes` or more was sent on that way between the two, and arrived at once. */
  hadMeanwhile(way: string, bytes: number, startNs: number, endNs: number): boolean {
    const moments = this.#moments.get(way) ?? [];
    return moments.some((each) => each.bytes >= bytes && each.timeNs > startNs && each.timeNs < endNs);
  }

  #note(identity: FlowIdentity, isFromServer: boolean, sender: Endpoint, receiver: Endpoint): void {
    const averageBytes = Math.min(receiver.ackedTo - 1, sender.uniqueBytes) / sender.segments;
    const firstBytes = arrivedFirstBytes(sender, receiver);
    // Not a number where nothing was sent.
    if (!(averageBytes > LEAST_BYTES / 2) && firstBytes < LEAST_BYTES) return;
    const way = wayOf(identity, isFromServer);
    if (averageBytes > LEAST_BYTES / 2) this.#noteAverage(way, averageBytes);
    if (firstBytes >= LEAST_BYTES) this.#noteMoment(way, { timeNs: sender.firstDataNs, bytes: firstBytes });
  }

  #noteAverage(way: string, bytes: number): void {
    const known = this.#largest.get(way);
    if (known === undefined && this.#largest.size >= MAX_WAYS) return;
    if (known === undefined || bytes > known) this.#largest.set(way, bytes);
  }

  #noteMoment(way: string, moment: Moment): void {
    if (this.#count >= MAX_MOMENTS) return;
    const moments = this.#moments.get(way);
    if (moments === undefined) {
      this.#moments.set(way, [moment]);
      this.#count++;
      return;
    }
    const last = moments[moments.length - 1]!;
    if (moment.bytes <= last.bytes && Math.abs(moment.timeNs - last.timeNs) < MOMENT_NS) return;
    if (moments.length >= MAX_MOMENTS_OF_WAY) return;
    moments.push(moment);
    this.#count++;
  }
}

/** Octets of its first segment with data, if that was acknowledged though nothing was ever sent again; else 0. */
function arrivedFirstBytes(sender: Endpoint, receiver: Endpoint): number {
  const { firstDataLength, retransmits, contiguousTo } = sender;
  if (retransmits > 0) return 0;
  return Math.min(contiguousTo, receiver.ackedTo) > firstDataLength ? firstDataLength : 0;
}

/** From one end's address to the other's. */
export function wayOf({ clientAddress, serverAddress }: FlowIdentity, isFromServer: boolean): string {
  return isFromServer ? directionOf(serverAddress, clientAddress) : directionOf(clientAddress, serverAddress);
}

/** The same by the addresses. */
export function directionOf(from: string, to: string): string {
  return `${from} ${to}`;
}
