import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { addressOctets, formatEndpoint } from "../../tcp/address.js";
import type { SocketRow } from "../socket-row.js";
import { parseSockets } from "../sockets.js";
import { parseSocket, socketRequest } from "./diagnosed-socket.js";
import { type AskInetDiag, openInetDiag } from "./inet-diag-socket.js";
import type { SocketTuple } from "./socket-tuple.js";

const SS_LIMIT_MS = 5000;

/**
 * Loads what only the first answer needs: by then, in a capture of hours, the program may have been replaced. Without koffi there
 * is nothing to load.
 */
export async function prepareSocketSamples(): Promise<void> {
  await import("./host-network.js").catch(() => undefined);
}

/** The connection's socket with its TCP_INFO now; null when this host has none (any more), or nobody can tell. */
export async function sampleSocket(tuple: SocketTuple): Promise<SocketRow | null> {
  const ask = await openInetDiag();
  const answer = ask === null ? "refused" : await askKernel(ask, tuple);
  return answer === "refused" ? askSs(tuple) : answer;
}

/** A lookup by hash, however many sockets are open. */
async function askKernel(ask: AskInetDiag, tuple: SocketTuple): Promise<SocketRow | null | "refused"> {
  const { deviceIndexes } = await import("./host-network.js");
  const localAddress = addressOctets(tuple.localAddr);
  const peerAddress = addressOctets(tuple.peerAddr);
  if (localAddress === null || peerAddress === null || localAddress.length !== peerAddress.length)
    return null;
  let row: SocketRow | null = null;
  const look = (interfaceIndex: number): ReturnType<AskInetDiag> =>
    ask(socketRequest({ ...tuple, localAddress, peerAddress, interfaceIndex }), (payload) => {
      row ??= parseSocket(payload, tuple);
    });
  if (look(0) === "refused") return "refused";
  if (row !== null) return row;
  // A socket that is bound to a device, as all with link-local addresses are, is only found with that device's number.
  for (const index of deviceIndexes()) {
    if (look(index) === "refused") return "refused";
    if (row !== null) break;
  }
  return row;
}

async function askSs(tuple: SocketTuple): Promise<SocketRow | null> {
  const filter = [
    ...["src", formatEndpoint(tuple.localAddr, tuple.localPort)],
    ...["dst", formatEndpoint(tuple.peerAddr, tuple.peerPort)],
  ];
  try {
    // The filter goes to the kernel, which looks through its tables once and sends a single socket.
    const { stdout } = await promisify(execFile)("ss", ["-tanimoH", ...filter], { timeout: SS_LIMIT_MS });
    const rows = parseSockets(stdout)?.samples.flatMap((sample) => sample.rows) ?? [];
    const row = rows.find((each) => each.kind === "socket");
    return row === undefined ? null : { ...row, localAddr: tuple.localAddr, peerAddr: tuple.peerAddr };
  } catch {
    return null;
  }
}
