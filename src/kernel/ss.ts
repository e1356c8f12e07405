import type { ListenerRow, SocketRow } from "./socket-row.js";
import { parseTcpInfo } from "./tcp-info.js";

const STATES =
  "ESTAB|SYN-SENT|SYN-RECV|FIN-WAIT-1|FIN-WAIT-2|TIME-WAIT|UNCONN|CLOSED?|CLOSE-WAIT|LAST-ACK|LISTEN|CLOSING|NEW-SYN-RECV|BOUND-INACTIVE";
const ROW = new RegExp(
  String.raw`^(?:tcp\s+)?(?:(${STATES})\s+)?(\d{1,10})\s+(\d{1,10})\s+(\S{1,128}):(\S{1,32})\s+(\S{1,128}):(\S{1,32})(?:\s+(.*))?$`,
);
const HEADING = /^(?:Netid\s+)?(?:State\s+)?Recv-Q\s+Send-Q\s+Local Address:Port/;
/** Rows of `ss -a` about sockets that are not TCP. */
const OTHER_NETWORKS = /^(nl|udp|u_\w+|raw|p_\w+|icmp6?|v_\w+|ti_\w+|tipc|xdp|sctp|dccp|mptcp|\?\?\?)\s/;

export function isSsHeading(line: string): boolean {
  return HEADING.test(line);
}

export function isOtherNetwork(line: string): boolean {
  return OTHER_NETWORKS.test(line);
}

/** A socket's line; what `details` holds is the rest of the line and of those below it. Null for any other line. */
export function parseSsRow(line: string): { withDetails(details: string): SocketRow | ListenerRow } | null {
  const match = ROW.exec(line);
  if (match === null) return null;
  const [, state = null, received, sent, localHost = "", local = "", peerHost = "", peer = "", rest = ""] =
    match;
  const localPort = portOf(local);
  if (localPort === null) return null;
  const localAddr = plainAddress(localHost);
  if (state === "LISTEN" || (state === null && peer === "*")) {
    return {
      withDetails: (details) => {
        const all = `${rest} ${details}`;
        const drops = /\bskmem:\([^)]*\bd(\d{1,10})\)/.exec(all);
        return {
          kind: "listener",
          addr: localAddr,
          port: localPort,
          acceptQueue: Number(received),
          backlog: Number(sent),
          process: processOf(all),
          drops: drops === null ? null : Number(drops[1]),
        };
      },
    };
  }
  const peerPort = portOf(peer);
  if (peerPort === null) return null;
  return {
    withDetails: (details) => {
      const all = `${rest} ${details}`;
      const timer = /\btimer:\((\w{1,16}),([\w.]{1,16}),(\d{1,6})\)/.exec(all);
      const words = all
        .replace(/\b(?:users|timer|skmem|bbr):\((?:\([^)]*\)|[^()])*\)/g, " ")
        .trim()
        .split(/\s+/);
      return {
        kind: "socket",
        state,
        localAddr,
        localPort,
        peerAddr: plainAddress(peerHost),
        peerPort,
        receiveQueueBytes: Number(received),
        sendQueueBytes: Number(sent),
        process: processOf(all),
        timer: timer?.[1] ?? null,
        timerNs: timer === null ? null : timerNs(timer[2]!),
        timeouts: timer === null ? null : Number(timer[3]),
        ...parseTcpInfo(words),
      };
    },
  };
}

/** 0 for `*`; null for a name, which `ss -n` would have left a number. */
function portOf(text: string): number | null {
  if (text === "*") return 0;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return port <= 65_535 ? port : null;
}

/** Without brackets and without the device that a socket is bound to: `[fe80::1]%eth0` is `fe80::1`. */
function plainAddress(text: string): string {
  return text.replace(/%.*$/, "").replace(/^\[(.*)\]$/, "$1");
}

/** `users:(("nginx",pid=17,fd=6),…)`: the first of them, as `nginx[17]`. */
function processOf(text: string): string | null {
  const match = /\busers:\(\("([^"]{1,64})",(?:pid=)?(\d{1,10})/.exec(text);
  return match === null ? null : `${match[1]}[${match[2]}]`;
}

/** `104ms`, `1.104ms` (a second and 104 ms), `44sec`, `1min29sec`; null for what is none. */
function timerNs(text: string): number | null {
  const match = /^(?:(\d{1,6})min)?(?:(\d{1,2})(?:sec|\.))?(?:(\d{1,3})ms)?$/.exec(text);
  if (match === null) return null;
  const [, minutes = "0", seconds = "0", milliseconds = "0"] = match;
  return (Number(minutes) * 60_000 + Number(seconds) * 1000 + Number(milliseconds)) * 1_000_000;
}
