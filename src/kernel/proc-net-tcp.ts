import { formatIpv4, formatIpv6 } from "../tcp/address.js";
import type { ListenerRow, SocketRow } from "./socket-row.js";
import { tcpInfo } from "./tcp-info.js";
import { LISTEN, TCP_STATES, TCP_TIMERS } from "./tcp-states.js";

/** /proc counts time in hundredths of a second (USER_HZ). */
const NS_PER_TICK = 10_000_000;

const HEADING = /^\s*sl\s+local_address\s+(rem_address|remote_address)\s/;
const HOST = "([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})";
const ROW = new RegExp(
  String.raw`^\s*\d+: ${HOST} ${HOST} ([0-9A-F]{2}) ([0-9A-F]{8}):([0-9A-F]{8}) ([0-9A-F]{2}):([0-9A-F]{8}) ([0-9A-F]{8})\s+(\d+)\s+(\d+)\s+(\d+)(?: \d+ \S+(?: (\d+) (\d+) \d+ (\d+) (-?\d+))?)?`,
  "i",
);

/** Which of the two files a heading is of; null when it is none. */
export function procTcpHeading(line: string): "/proc/net/tcp" | "/proc/net/tcp6" | null {
  const match = HEADING.exec(line);
  if (match === null) return null;
  return match[1] === "rem_address" ? "/proc/net/tcp" : "/proc/net/tcp6";
}

/** A line of /proc/net/tcp or tcp6; null for any other. */
export function parseProcTcpRow(line: string): SocketRow | ListenerRow | null {
  const match = ROW.exec(line);
  if (match === null) return null;
  const [, localHost = "", local = "", peerHost = "", peer = "", stateCode = "", sent = "", received = ""] =
    match;
  const [timerCode = "", timerTicks = "", timeouts = ""] = match.slice(8, 11);
  const [rto, ato, cwnd, ssthresh] = match.slice(14, 18);
  const hex = (text: string): number => Number.parseInt(text, 16);
  const state = TCP_STATES[hex(stateCode)];
  if (state === undefined || state === "") return null;
  if (hex(stateCode) === LISTEN) {
    return {
      kind: "listener",
      addr: addressOf(localHost),
      port: hex(local),
      acceptQueue: hex(received),
      backlog: null,
      process: null,
      drops: null,
    };
  }
  const timer = TCP_TIMERS[hex(timerCode)] ?? null;
  return {
    kind: "socket",
    state,
    localAddr: addressOf(localHost),
    localPort: hex(local),
    peerAddr: addressOf(peerHost),
    peerPort: hex(peer),
    receiveQueueBytes: hex(received),
    sendQueueBytes: hex(sent),
    process: null,
    timer,
    timerNs: timer === null ? null : hex(timerTicks) * NS_PER_TICK,
    timeouts: timer === null ? null : hex(timeouts),
    congestionControl: null,
    tcpInfo: tcpInfo({
      rtoNs: ticksToNs(rto),
      atoNs: ticksToNs(ato),
      cwndSegments: cwnd === undefined ? null : Number(cwnd),
      // -1 means that slow start has not ended yet.
      ssthreshSegments: ssthresh === undefined || Number(ssthresh) < 0 ? null : Number(ssthresh),
    }),
  };
}

function ticksToNs(text: string | undefined): number | null {
  const ticks = Number(text ?? Number.NaN);
  return Number.isSafeInteger(ticks * NS_PER_TICK) && ticks > 0 ? ticks * NS_PER_TICK : null;
}

/** Addresses stand there as 32-bit numbers of the host's byte order, which is little-endian wherever Linux is common. */
function addressOf(hex: string): string {
  const words: number[] = [];
  for (let at = 0; at < hex.length; at += 8) {
    const word = Number.parseInt(hex.slice(at, at + 8), 16);
    words.push(((word >>> 24) | ((word >>> 8) & 0xff00) | ((word & 0xff00) << 8) | (word << 24)) >>> 0);
  }
  return words.length === 1 ? formatIpv4(words[0]!) : formatIpv6(words[0]!, words[1]!, words[2]!, words[3]!);
}
