import { deviceIndexes, deviceName, realTimeNs } from "./host-network.js";
import { netlinkMessages } from "./netlink-message.js";
import { NetlinkSocket } from "./netlink-socket.js";
import { parseRouteMessage } from "./route-message.js";
import type { RouteNews } from "./route-news.js";

const NETLINK_ROUTE = 0;
/** RTMGRP_IPV4_ROUTE and RTMGRP_IPV6_ROUTE. */
const GROUPS = 0x40 | 0x400;
/** Names of devices that are gone, for the routes that go with them. */
const MOST_NAMES = 4096;

/** Reads the kernel's announcements of changed routes, from its making on. */
export class RouteReader {
  readonly #socket = new NetlinkSocket(NETLINK_ROUTE, GROUPS);
  readonly #names = new Map<number, string>();

  /** Throws an Error when the kernel refuses. */
  constructor() {
    for (const index of deviceIndexes()) this.#nameOf(index);
  }

  /** Holds the thread up until there is something to read, at most so long. */
  wait(timeoutMs: number): void {
    this.#socket.wait(timeoutMs);
  }

  /** Tells all that has come. */
  read(tell: (news: RouteNews) => void): void {
    for (;;) {
      const datagram = this.#socket.receive();
      if (datagram === null) return;
      const epochNs = realTimeNs();
      if (datagram === "overflow") {
        tell({ kind: "lost", epochNs });
        continue;
      }
      for (const message of netlinkMessages(datagram)) {
        const change = parseRouteMessage(message, (index) => this.#nameOf(index));
        if (change !== null) tell({ kind: "change", epochNs, change });
      }
    }
  }

  close(): void {
    this.#socket.close();
  }

  #nameOf(index: number): string | null {
    const name = deviceName(index);
    if (name === null) return this.#names.get(index) ?? null;
    if (this.#names.size < MOST_NAMES || this.#names.has(index)) this.#names.set(index, name);
    return name;
  }
}
