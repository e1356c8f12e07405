import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { formatEndpoint } from "../../tcp/address.js";
import type { SocketRow } from "../socket-row.js";
import { parseSockets } from "../sockets.js";

const LIMIT_MS = 5000;

/** A connection as this host names it; addresses are numeric. */
export interface SocketTuple {
  readonly localAddr: string;
  readonly localPort: number;
  readonly peerAddr: string;
  readonly peerPort: number;
}

/** The connection's socket with its TCP_INFO now; null when this host has none (any more), or no ss. */
export async function sampleSocket(tuple: SocketTuple): Promise<SocketRow | null> {
  const filter = [
    ...["src", formatEndpoint(tuple.localAddr, tuple.localPort)],
    ...["dst", formatEndpoint(tuple.peerAddr, tuple.peerPort)],
  ];
  try {
    // The filter goes to the kernel, which looks through its tables once and sends a single socket.
    const { stdout } = await promisify(execFile)("ss", ["-tanimoH", ...filter], { timeout: LIMIT_MS });
    const rows = parseSockets(stdout)?.samples.flatMap((sample) => sample.rows) ?? [];
    return rows.find((row) => row.kind === "socket") ?? null;
  } catch {
    return null;
  }
}
