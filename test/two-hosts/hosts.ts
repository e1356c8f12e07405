import { isIPv6 } from "node:net";
import { join } from "node:path";
import { createNamespace, type Namespace } from "./namespace.js";
import { type Program, start, until } from "./programs.js";
import type { Undo } from "./undo.js";

/** The ends of the path, each with a capture of its own. */
export const ENDS = ["client", "server"] as const;
export type End = (typeof ENDS)[number];

export interface HostsPlan {
  /** What the namespaces' names begin with; nobody else's may. */
  readonly name: string;
  readonly addresses: Readonly<Record<End, string>>;
  /** Settings of faulty-path.c. */
  readonly path: Readonly<Record<string, number>>;
  /** Of both ends. */
  readonly sysctls: Readonly<Record<string, number | string>>;
}

/** Two hosts with a path between them, recorded at both ends. */
export interface Hosts {
  readonly client: Namespace;
  readonly server: Namespace;
  readonly captures: Readonly<Record<End, string>>;
  /** What faulty-path.c did to packets. */
  readonly pathLog: string;
  /** How far the captures' clock is ahead of the monotonic one. */
  readonly clockAheadNs: bigint;
  /** Ends the captures; throws FlawedRecording when something was missed. */
  readonly stopRecording: () => Promise<void>;
}

/** A recording that lacks something, and from which nothing can be said. */
export class FlawedRecording extends Error {}

/** Makes both, with files in `folder`; everything but the files goes by `undo`. `pathProgram` is faulty-path.c, compiled. */
export async function joinHosts(
  undo: Undo,
  { name, addresses, path: settings, sysctls }: HostsPlan,
  folder: string,
  pathProgram: string,
): Promise<Hosts> {
  const client = createNamespace(undo, `${name}-client`);
  const server = createNamespace(undo, `${name}-server`);
  const pathLog = join(folder, "path.log");
  const words = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
  const ends = [client.name, deviceOf("client"), server.name, deviceOf("server")];
  const path = start(undo, pathProgram, ...ends, pathLog, ...words);
  await until(path, ({ output }) => output().includes("\n"));
  configure(client, "client", addresses, sysctls);
  configure(server, "server", addresses, sysctls);
  const captures = { client: join(folder, "client.pcap"), server: join(folder, "server.pcap") };
  const recorders = [
    await record(client, "client", captures.client),
    await record(server, "server", captures.server),
  ];
  return {
    client,
    server,
    captures,
    pathLog,
    clockAheadNs: BigInt(path.output().split(/\s/)[1] ?? 0),
    stopRecording: async () => {
      for (const recorder of recorders) await stop(recorder);
    },
  };
}

function deviceOf(end: End): string {
  return `path-${end}`;
}

function configure(
  namespace: Namespace,
  end: End,
  addresses: HostsPlan["addresses"],
  sysctls: HostsPlan["sysctls"],
): void {
  for (const [key, value] of Object.entries(sysctls)) {
    try {
      namespace.run("sysctl", "-qw", `${key}=${value}`);
    } catch {
      // What a kernel does not have stays as it is: it is judged by what it does, not by what it was asked to do.
    }
  }
  const device = deviceOf(end);
  const address = addresses[end];
  // Nobody else has it, and an address of IPv6 about which others must be asked first cannot be used meanwhile.
  const words = isIPv6(address) ? [`${address}/64`, "nodad"] : [`${address}/24`];
  namespace.run("ip", "address", "add", ...words, "dev", device);
  // A queue that is longer than any window, so that only the path loses packets.
  namespace.run("ip", "link", "set", device, "txqueuelen", "5000", "up");
}

/** Only headers, but every packet at once: with a buffer in between, their order and times would be less sure. */
async function record(namespace: Namespace, end: End, file: string): Promise<Program> {
  const recorder = namespace.start(
    ...["tcpdump", "-Z", "root", "-i", deviceOf(end), "-w", file, "-U", "--immediate-mode"],
    ...["-B", "8192", "-s", "120", "--time-stamp-precision=nano"],
  );
  await until(recorder, ({ errors }) => errors().includes("listening on"));
  return recorder;
}

async function stop(recorder: Program): Promise<void> {
  recorder.kill("SIGINT");
  await recorder.ended;
  const [, dropped] = /(\d+) packets? dropped by kernel/.exec(recorder.errors()) ?? [];
  if (dropped !== "0")
    throw new FlawedRecording(`tcpdump missed ${dropped ?? "an unknown number of"} packets`);
}
