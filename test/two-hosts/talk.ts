import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Hosts } from "./hosts.js";
import { type Program, until } from "./programs.js";
import type { Client } from "./traffic.js";

export const SERVER_PORT = 8080;

export interface Talk {
  /** In which clients begin new connections. */
  readonly seconds: number;
  readonly clients: readonly Client[];
  /** Of the server's listen(); undefined: more than it will need. */
  readonly backlog?: number;
}

const TRAFFIC = fileURLToPath(new URL("./traffic.mjs", import.meta.url));

/** Starts the server (traffic.mjs) and waits until it listens. */
export async function startServer({ server }: Hosts, { backlog }: Talk): Promise<Program> {
  const words = ["serve", String(SERVER_PORT), ...(backlog === undefined ? [] : [String(backlog)])];
  const serving = server.start(process.execPath, TRAFFIC, ...words);
  await until(serving, ({ output }) => output().includes("listening"));
  return serving;
}

/** Starts the clients, which end by themselves. `host` is the server's address. */
export function startClients({ client }: Hosts, host: string, talk: Talk, folder: string): Program {
  const { seconds, clients } = talk;
  const plan = join(folder, "traffic.json");
  writeFileSync(plan, JSON.stringify({ host, port: SERVER_PORT, seconds, clients }));
  return client.start(process.execPath, TRAFFIC, "talk", plan);
}
