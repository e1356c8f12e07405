import { readFileSync } from "node:fs";
import type { RouteChange } from "../routes.js";
import { netlinkMessages } from "./netlink-message.js";
import type { NetlinkSocket } from "./netlink-socket.js";
import { parseRouteMessage } from "./route-message.js";

const NETLINK_ROUTE = 0;
/** RTMGRP_IPV4_ROUTE and RTMGRP_IPV6_ROUTE. */
const GROUPS = 0x40 | 0x400;
/** The kernel gives these messages no time: it is that of the look, so they are looked for often. */
const LOOK_EVERY_MS = 50;
/** Datagrams taken in one look, so that a storm of changes holds up nobody. */
const MOST_DATAGRAMS = 256;

/** A change and when it was noticed, nanoseconds since 1970: at most some 50 ms after it was made. */
export interface TimedRouteChange {
  readonly epochNs: bigint;
  readonly change: RouteChange;
}

/** Tells of every change of the routes of this network namespace. */
export class RouteWatcher {
  readonly #socket: NetlinkSocket;
  readonly #timer: NodeJS.Timeout;
  readonly #onChange: (change: TimedRouteChange) => void;

  /** How often the kernel has thrown changes away that nobody fetched in time. */
  overflows = 0;

  private constructor(socket: NetlinkSocket, onChange: (change: TimedRouteChange) => void) {
    this.#socket = socket;
    this.#onChange = onChange;
    this.#timer = setInterval(() => this.look(), LOOK_EVERY_MS).unref();
  }

  /** Null where the kernel or this machine has no netlink. */
  static async start(onChange: (change: TimedRouteChange) => void): Promise<RouteWatcher | null> {
    try {
      const netlink = await import("./netlink-socket.js");
      return new RouteWatcher(new netlink.NetlinkSocket(NETLINK_ROUTE, GROUPS), onChange);
    } catch {
      return null;
    }
  }

  /** Tells what has come since the last look; happens by itself, too. */
  look(): void {
    const names = new Map<number, string>();
    for (let count = 0; count < MOST_DATAGRAMS; count++) {
      const datagram = this.#socket.receive();
      if (datagram === null) return;
      if (datagram === "overflow") {
        this.overflows++;
        continue;
      }
      if (names.size === 0) readDeviceNames(names);
      const epochNs = BigInt(Date.now()) * 1_000_000n;
      for (const message of netlinkMessages(datagram)) {
        const change = parseRouteMessage(message, (index) => names.get(index) ?? null);
        if (change !== null) this.#onChange({ epochNs, change });
      }
    }
  }

  close(): void {
    clearInterval(this.#timer);
    this.#socket.close();
  }
}

/** Of /proc/self/net/dev_mcast and igmp the latter lists every device that has an address: `2	eth0 : 1 V3`. */
function readDeviceNames(names: Map<number, string>): void {
  for (const file of ["/proc/self/net/igmp", "/proc/self/net/dev_mcast", "/proc/self/net/if_inet6"]) {
    let text = "";
    try {
      text = readFileSync(file, "latin1");
    } catch {
      continue;
    }
    for (const line of text.split("\n")) {
      const inet6 = /^[0-9a-f]{32} ([0-9a-f]+) \S+ \S+ \S+ +(\S+)$/.exec(line);
      const other = /^(\d+)\s+(\S+)/.exec(line);
      if (inet6 !== null) names.set(Number.parseInt(inet6[1]!, 16), inet6[2]!);
      else if (other !== null) names.set(Number(other[1]), other[2]!);
    }
  }
}
