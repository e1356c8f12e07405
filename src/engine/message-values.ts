import type { Listener } from "./listeners.js";

/** The listener that a finding is about, as texts name it: "12 of 500 connections to 10.0.0.2:80". */
export function listenerValues({ name, flows }: Listener, port: number) {
  return {
    listener: name,
    port,
    listenerFlows: flows,
    connections: flows === 1 ? "connection" : "connections",
  };
}

/** Nanoseconds as seconds with one decimal: `52.6`. */
export function seconds(timeNs: number): string {
  return (timeNs / 1e9).toFixed(1);
}

/** Nanoseconds as a reader takes them in: `0.4 ms`, `12 ms`, `1.0 s`. */
export function duration(timeNs: number): string {
  const timeMs = timeNs / 1e6;
  if (timeMs >= 999.5) return `${seconds(timeNs)} s`;
  return `${timeMs.toFixed(timeMs < 9.95 ? 1 : 0)} ms`;
}

export function connections(count: number): string {
  return count === 1 ? "1 connection" : `${count} connections`;
}

/** `1 SYN`, `3 SYNs`. */
export function synCount(count: number): string {
  return count === 1 ? "1 SYN" : `${count} SYNs`;
}

/** A sentence behind a message that counts the first `kept` of `what` only; empty when it counts all. */
export function limitNote(kept: number, what: string, leftOut: number): string {
  return leftOut === 0 ? "" : ` Counted are the first ${kept} ${what}, not the ${leftOut} after them.`;
}

/** What `ip` is told of the address's IP version: commands in remedies have it. */
export function ipFamilyOption(address: string): "-4" | "-6" {
  return address.includes(":") ? "-6" : "-4";
}
