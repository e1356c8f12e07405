import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../../src/store/open-database.js";
import { skipBecause } from "../support/mounts.js";
import { NetworkNamespace } from "../support/network-namespace.js";
import { type Launch, LiveProcess } from "./live-process.js";

/** A server that prints a line when it listens. Behind `--` come port and backlog. */
const SERVER = `
  const [port, backlog] = process.argv.slice(1).map(Number);
  require("node:net").createServer((socket) => socket.on("error", () => {}).resume())
    .listen({ port, host: "127.0.0.1", backlog }, () => console.log("ready"));`;
/** Clients that connect together, send an octet each and wait. */
const WAITING_CLIENTS = `
  const [port, count] = process.argv.slice(1).map(Number);
  for (let at = 0; at < count; at++)
    require("node:net").connect(port, "127.0.0.1").on("error", () => {}).write("x");
  setTimeout(() => process.exit(), 20_000);`;
/** A client that connects and closes at once, over and over. */
const LOOPING_CLIENT = `
  const [port, count] = process.argv.slice(1).map(Number);
  const again = (left) => left > 0 &&
    require("node:net").connect(port, "127.0.0.1", function () { this.end(); })
      .on("close", () => setTimeout(again, 20, left - 1)).resume();
  again(count);`;

/** A network and a folder for one test of `live`, and the processes it starts there. */
export class LiveScene {
  readonly network = NetworkNamespace.create();
  readonly folder = mkdtempSync(join(tmpdir(), "live-test-"));
  readonly #started: ChildProcess[] = [];

  /** The database that `live` writes. */
  get database(): string {
    return join(this.folder, "live.db");
  }

  live(...args: string[]): LiveProcess {
    return this.liveBy((...command) => command, ...args);
  }

  /** `launch` makes of a command the one that runs it. */
  liveBy(launch: Launch, ...args: string[]): LiveProcess {
    const capture = new LiveProcess(this.network, this.folder, ["--db", "live.db", ...args], launch);
    this.#started.push(capture.child);
    return capture;
  }

  start(command: string, ...args: string[]): ChildProcess {
    const child = spawn("ip", ["netns", "exec", this.network.name, command, ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#started.push(child);
    return child;
  }

  async serve(port: number, backlog = 511): Promise<ChildProcess> {
    const server = this.#node(SERVER, port, backlog);
    await once(server.stdout!, "data");
    return server;
  }

  connectAndWait(port: number, count: number): void {
    this.#node(WAITING_CLIENTS, port, count);
  }

  connectInALoop(port: number, count: number): void {
    this.#node(LOOPING_CLIENT, port, count);
  }

  /** Rows of the database that `live` writes. */
  select(sql: string): readonly unknown[] {
    const database = openDatabase(this.database);
    try {
      return database.selectAll(sql);
    } finally {
      database.close();
    }
  }

  remove(): void {
    for (const child of this.#started.splice(0)) child.kill("SIGKILL");
    this.network.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #node(script: string, ...args: number[]): ChildProcess {
    return this.start(process.execPath, "-e", script, "--", ...args.map(String));
  }
}

/** A scene of its own for each test of the suite, which is skipped where there can be none. */
export function useLiveScene(): () => LiveScene {
  let scene: LiveScene;
  before(function () {
    const reason = NetworkNamespace.whyNot();
    if (reason !== null) skipBecause(this, reason);
  });
  beforeEach(() => {
    scene = new LiveScene();
  });
  afterEach(() => scene.remove());
  return () => scene;
}
