/**
 * Captures on interfaces while connections over loopback exchange octets, and prints as JSON what was captured and what
 * the kernel counted meanwhile. Run in a network namespace of its own, by NetworkNamespace.runScript.
 */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { setTimeout } from "node:timers/promises";
import type { LiveOptions } from "../../../src/capture/live/live-source.js";
import { AnalyzeError } from "../../../src/errors.js";

export interface ExchangeOptions {
  readonly live: LiveOptions;
  readonly connections: number;
  /** What each server sends. */
  readonly lengthBytes: number;
  /** Nothing is read before the exchange is over. */
  readonly isReaderLate?: boolean;
  /** Give up rights first. */
  readonly isUnprivileged?: boolean;
  /** A folder in which programs are looked for first. */
  readonly programs?: string;
  /** Lists of `ip` parameters, executed one after the other once capturing, each followed by a pause. */
  readonly changes?: readonly (readonly string[])[];
}

export interface ExchangeResult {
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly backend: string;
  readonly timestamps: string;
  readonly frames: number;
  readonly framesPerInterface: readonly number[];
  readonly linkTypes: readonly number[];
  /** Frames whose time is outside that of the exchange, on the wall clock. */
  readonly untimely: number;
  readonly longestFrameBytes: number;
  readonly longestWireBytes: number;
  readonly segmentsOfKernel: number;
  readonly drops: { readonly received: number | null; readonly droppedByKernel: number | null };
  readonly damage: string | null;
  readonly notes: readonly string[];
}

type OpenLive = typeof import("../../../src/capture/live/open-live.js").openLive;

/** A thread runs built code only. */
async function importBuilt(): Promise<OpenLive> {
  const url = new URL("../../../dist/capture/live/open-live.js", import.meta.url).href;
  const built: { openLive: OpenLive } = await import(url);
  return built.openLive;
}

const CHANGE_EVERY_MS = 700;
const nowMs = (): number => performance.timeOrigin + performance.now();

/** Tcp: InSegs of /proc/net/snmp. */
function segmentsReceived(): number {
  const [names = "", values = ""] = readFileSync("/proc/self/net/snmp", "utf8").match(/^Tcp: .*$/gm) ?? [];
  return Number(values.split(" ")[names.split(" ").indexOf("InSegs")]);
}

async function exchange({ connections, lengthBytes }: ExchangeOptions): Promise<void> {
  const server = createServer((socket) => socket.end(Buffer.alloc(lengthBytes, 120)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  for (let count = 0; count < connections; count++) {
    const socket = connect(address.port, "127.0.0.1");
    socket.resume();
    await once(socket, "close");
  }
  server.close();
  await once(server, "close");
}

async function main(options: ExchangeOptions): Promise<ExchangeResult> {
  const openLive = await importBuilt();
  if (options.programs !== undefined) process.env["PATH"] = `${options.programs}:${process.env["PATH"]}`;
  if (options.isUnprivileged) process.setuid?.(65_534);
  const before = segmentsReceived();
  const source = await openLive(options.live);
  const beganMs = nowMs();
  const finished = (async () => {
    await exchange(options);
    for (const parameters of options.changes ?? []) {
      execFileSync("ip", [...parameters]);
      await setTimeout(CHANGE_EVERY_MS);
    }
    if ((options.changes ?? []).length > 0) await exchange(options);
    source.stop();
  })();
  if (options.isReaderLate) await finished;
  const framesPerInterface = source.interfaces.map(() => 0);
  let untimely = 0;
  let longestFrameBytes = 0;
  let longestWireBytes = 0;
  for await (const batch of source.batches()) {
    for (let row = 0; row < batch.length; row++) {
      framesPerInterface[batch.interfaceIndex[row]!]!++;
      const atMs = Number(source.originNs / 1000n) / 1000 + batch.timeNs[row]! / 1e6;
      // A frame's time is the kernel's clock, ours may be rounded.
      if (atMs < beganMs - 5 || atMs > nowMs() + 5) untimely++;
      longestFrameBytes = Math.max(longestFrameBytes, batch.capturedLength[row]!);
      longestWireBytes = Math.max(longestWireBytes, batch.wireLength[row]!);
    }
  }
  await finished;
  return {
    error: null,
    backend: source.backend,
    timestamps: source.timestamps,
    frames: source.frames,
    framesPerInterface,
    linkTypes: source.interfaces.map(({ linkType }) => linkType),
    untimely,
    longestFrameBytes,
    longestWireBytes,
    segmentsOfKernel: segmentsReceived() - before,
    drops: source.drops(),
    damage: source.damage,
    notes: source.notes,
  };
}

try {
  console.log(JSON.stringify(await main(JSON.parse(process.argv[2] ?? "{}"))));
} catch (error) {
  // The built class is another than the one from source.
  if (!(error instanceof Error) || error.name !== AnalyzeError.name || !("code" in error)) throw error;
  console.log(JSON.stringify({ error: { code: error.code, message: error.message } }));
}
