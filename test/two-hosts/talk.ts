import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { End, Hosts } from "./hosts.js";
import { type Program, until } from "./programs.js";
import type { Client } from "./traffic.js";

export const SERVER_PORT = 8080;
/** On the second the server speaks first, as those of SMTP, SSH and MySQL do. */
const PORTS = { port: SERVER_PORT, greetingPort: 8025 };

export interface Talk {
  /** In which clients begin new connections. */
  readonly seconds: number;
  readonly clients: readonly Client[];
  /** Of the server's listen(); undefined: more than it will need. */
  readonly backlog?: number;
  readonly slowReader?: SlowReader | null;
}

/** A program that waits so long before each time it reads on. */
export interface SlowReader {
  readonly end: End;
  readonly beginMs: number;
  readonly lengthMs: number;
  readonly pauseMs: number;
}

const TRAFFIC = fileURLToPath(new URL("./traffic.mjs", import.meta.url));

/** Starts the server (traffic.mjs) and waits until it listens. */
export async function startServer({ server }: Hosts, talk: Talk): Promise<Program> {
  const { backlog } = talk;
  const settings = { ...PORTS, backlog, slowReading: slowReadingAt("server", talk) };
  const serving = server.start(process.execPath, TRAFFIC, "serve", JSON.stringify(settings));
  await until(serving, ({ output }) => output().includes("listening"));
  return serving;
}

/** Starts the clients, which end by themselves. `host` is the server's address. */
export function startClients({ client }: Hosts, host: string, talk: Talk, folder: string): Program {
  const { seconds, clients } = talk;
  const settings = { host, ...PORTS, seconds, clients, slowReading: slowReadingAt("client", talk) };
  const plan = join(folder, "traffic.json");
  writeFileSync(plan, JSON.stringify(settings));
  return client.start(process.execPath, TRAFFIC, "talk", plan);
}

function slowReadingAt(end: End, { slowReader }: Talk): SlowReader | null {
  return slowReader?.end === end ? slowReader : null;
}
