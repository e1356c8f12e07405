import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { ListenerRow } from "../socket-row.js";
import { parseSockets } from "../sockets.js";
import { AF_INET, AF_INET6, listenRequest, parseListener, SOCK_DIAG_BY_FAMILY } from "./inet-diag.js";
import { NLMSG_DONE, NLMSG_ERROR, netlinkMessages } from "./netlink-message.js";
import type { NetlinkSocket } from "./netlink-socket.js";

const NETLINK_SOCK_DIAG = 4;
const SS_LIMIT_MS = 5000;
/** Datagrams of one answer; each holds some hundred listeners. */
const MOST_DATAGRAMS = 10_000;

/** Every TCP socket that listens in this network namespace, with its accept queue. Empty where nobody can tell. */
export async function sampleListeners(): Promise<readonly ListenerRow[]> {
  return (await askKernel()) ?? (await askSs());
}

async function askKernel(): Promise<readonly ListenerRow[] | null> {
  let socket: NetlinkSocket;
  try {
    const netlink = await import("./netlink-socket.js");
    socket = new netlink.NetlinkSocket(NETLINK_SOCK_DIAG);
  } catch {
    // No koffi for this machine, or no inet_diag in this kernel.
    return null;
  }
  try {
    const rows: ListenerRow[] = [];
    for (const family of [AF_INET, AF_INET6]) if (!dump(socket, family, rows)) return null;
    return rows;
  } finally {
    socket.close();
  }
}

/** A dump is answered while it is asked for and goes on with each receiving: nothing is ever waited for. */
function dump(socket: NetlinkSocket, family: number, rows: ListenerRow[]): boolean {
  if (!socket.send(listenRequest(family))) return false;
  for (let count = 0; count < MOST_DATAGRAMS; count++) {
    const datagram = socket.receive();
    if (datagram === null) return false;
    for (const { type, payload } of netlinkMessages(datagram)) {
      if (type === NLMSG_DONE) return true;
      if (type === NLMSG_ERROR) return false;
      const row = type === SOCK_DIAG_BY_FAMILY ? parseListener(payload) : null;
      if (row !== null) rows.push(row);
    }
  }
  return false;
}

async function askSs(): Promise<readonly ListenerRow[]> {
  try {
    const { stdout } = await promisify(execFile)("ss", ["-ltnmH"], { timeout: SS_LIMIT_MS });
    const rows = parseSockets(stdout)?.samples.flatMap((sample) => sample.rows) ?? [];
    return rows.filter((row) => row.kind === "listener");
  } catch {
    return [];
  }
}
