import { appendTo } from "../../engine/append-to.js";
import type { CaptureObservation } from "../../engine/capture-observation.js";
import type { Flow } from "../../flows/flow.js";
import type { FlowIdentity } from "../../flows/flow-identity.js";

/** Packets are captured before and behind one router, and no captures of two hosts were merged. */
export function isOnRouter({ evidence: { copies, distantCopies, firstCopy } }: CaptureObservation): boolean {
  if (firstCopy === null || distantCopies * 2 > copies) return false;
  return firstCopy.ttls[0] - firstCopy.ttls[1] === 1;
}

/** Addresses that packets were captured twice on their way to: what a router sends there the capture shows behind it. */
export class SeenBehind {
  readonly #addresses = new Set<string>();

  add({ client, server }: Flow, { clientAddress, serverAddress }: FlowIdentity): void {
    if (client.copies > 0) this.#addresses.add(serverAddress);
    if (server.copies > 0) this.#addresses.add(clientAddress);
  }

  has(address: string): boolean {
    return this.#addresses.has(address);
  }
}

/** Connections kept of a capture; a flood has millions. */
const MAX_REPEATED = 100_000;
/** A router hands on a SYN within this time. */
const SAME_SYN_NS = 1_000_000_000;

/**
 * First sequence numbers of connections whose SYN was sent again, and when that began. A router that translates addresses (NAT) sends a
 * SYN on as that of another connection, with the same number.
 */
export class RepeatedIsns {
  readonly #times = new Map<number, number[]>();
  #kept = 0;

  add({ client }: Flow): void {
    if (client.syns < 2 || this.#kept === MAX_REPEATED) return;
    this.#kept++;
    appendTo(this.#times, client.base, client.synNs);
  }

  /** Another connection, of other addresses or ports, has the same as that whose first SYN came at `synNs`. */
  isShared(isn: number, synNs: number): boolean {
    const near = this.#times.get(isn)?.filter((timeNs) => Math.abs(timeNs - synNs) < SAME_SYN_NS) ?? [];
    return near.length > 1;
  }
}

/** A router hands on the SYN of a connection that it translates within this time, unless a queue holds it. */
const TRANSLATED_NS = 2_000_000;

/**
 * From which clients to which servers SYNs were captured before a router and, right behind, as those of another connection: with another
 * address or port (NAT), the same number, and a TTL that is lower by one. Flows are added in order of appearance.
 */
export class Translations {
  readonly #pairs = new Set<string>();
  readonly #before = { isn: 0, synNs: 0, ttl: 0, clientAddress: "", serverAddress: "" };

  add({ client }: Flow, { clientAddress, serverAddress }: FlowIdentity): void {
    if (client.synFrame === 0) return;
    const before = this.#before;
    const isSame = client.base === before.isn && client.ttl === before.ttl - 1;
    if (isSame && client.synNs - before.synNs <= TRANSLATED_NS)
      this.#pairs.add(pairTo(before.clientAddress, before.serverAddress));
    before.isn = client.base;
    before.synNs = client.synNs;
    before.ttl = client.ttl;
    before.clientAddress = clientAddress;
    before.serverAddress = serverAddress;
  }

  has(clientAddress: string, serverAddress: string): boolean {
    return this.#pairs.has(pairTo(clientAddress, serverAddress));
  }
}

function pairTo(clientAddress: string, serverAddress: string): string {
  return `${clientAddress} ${serverAddress}`;
}
