import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { ListenerRow } from "../socket-row.js";
import { parseSockets } from "../sockets.js";
import { listenRequest, parseListener } from "./diagnosed-listener.js";
import { AF_INET, AF_INET6 } from "./inet-diag.js";
import { openInetDiag } from "./inet-diag-socket.js";

const SS_LIMIT_MS = 5000;

/** Every TCP socket that listens in this network namespace, with its accept queue. Empty where nobody can tell. */
export async function sampleListeners(): Promise<readonly ListenerRow[]> {
  return (await askKernel()) ?? (await askSs());
}

async function askKernel(): Promise<readonly ListenerRow[] | null> {
  const ask = await openInetDiag();
  if (ask === null) return null;
  const rows: ListenerRow[] = [];
  for (const family of [AF_INET, AF_INET6]) {
    const answer = ask(listenRequest(family), (payload) => {
      const row = parseListener(payload);
      if (row !== null) rows.push(row);
    });
    if (answer === "refused") return null;
  }
  return rows;
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
