import { growthTestimony } from "../../engine/accept-queue.js";
import type { CaptureObservation } from "../../engine/capture-observation.js";
import type { TimeWindow } from "../../engine/time-window.js";

/** What the server's counters say of SYN queues in a window; each of the first two is a clause. Linux net/ipv4/tcp_input.c, tcp_conn_request. */
export interface SynQueueTestimony {
  /** SYN cookies were sent. */
  readonly cookies: readonly string[];
  /** SYNs were dropped for a full SYN queue. */
  readonly drops: readonly string[];
  /** It was counted, and no SYN was dropped. */
  readonly isDenied: boolean;
}

export function synQueueTestimony(
  kernel: CaptureObservation["kernel"],
  window: TimeWindow,
): SynQueueTestimony {
  if (kernel === null) return { cookies: [], drops: [], isDenied: false };
  const growth = (name: string) => growthTestimony(kernel.counters, name, window);
  const told = (name: string, what: string): string[] => {
    const { verdict, delta } = growth(name);
    return verdict === "grown" ? [`${what} (${name} grew by ${delta})`] : [];
  };
  const drops = growth("TcpExtListenDrops");
  return {
    cookies: told(
      "TcpExtTCPReqQFullDoCookies",
      "SYN cookies were sent, as when the SYN queue is full or net.ipv4.tcp_syncookies is 2",
    ),
    drops: [
      ...told("TcpExtTCPReqQFullDrop", "SYNs found the SYN queue full and were dropped"),
      // Without cookies the last quarter of net.ipv4.tcp_max_syn_backlog is kept for known clients; others count as drops only.
      ...(drops.verdict === "grown" && growth("TcpExtListenOverflows").verdict === "still"
        ? [
            `SYNs were dropped though no accept queue was full (TcpExtListenDrops grew by ${drops.delta}, TcpExtListenOverflows did not)`,
          ]
        : []),
    ],
    isDenied: drops.verdict === "still",
  };
}

/** The clauses as a sentence behind a message; empty without any. */
export function confirmationOf(told: readonly string[]): string {
  return told.length === 0 ? "" : ` The kernel confirms it: ${told.join("; ")}.`;
}
