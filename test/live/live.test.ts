import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { openDatabase } from "../../src/store/open-database.js";
import { NetworkNamespace } from "../support/network-namespace.js";
import { LiveProcess } from "./live-process.js";

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

const FETCH = "fetch(process.argv[1]).then((answer) => answer.text()).then(console.log)";

const whyNot = NetworkNamespace.whyNot();

describe(`live${whyNot === null ? "" : ` (skipped: ${whyNot})`}`, function () {
  this.timeout(60_000);
  let network: NetworkNamespace;
  let folder: string;
  const started: ChildProcess[] = [];

  before(function () {
    if (whyNot !== null) this.skip();
  });
  beforeEach(() => {
    network = NetworkNamespace.create();
    folder = mkdtempSync(join(tmpdir(), "live-test-"));
  });
  afterEach(() => {
    for (const child of started.splice(0)) child.kill("SIGKILL");
    network.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  function live(...args: string[]): LiveProcess {
    const capture = new LiveProcess(network, folder, ["--db", "live.db", ...args]);
    started.push(capture.child);
    return capture;
  }

  function run(script: string, ...args: number[]): ChildProcess {
    const child = spawn(
      "ip",
      ["netns", "exec", network.name, process.execPath, "-e", script, "--", ...args.map(String)],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    started.push(child);
    return child;
  }

  async function serve(port: number, backlog = 511): Promise<ChildProcess> {
    const server = run(SERVER, port, backlog);
    await once(server.stdout!, "data");
    return server;
  }

  it("reports an accept queue that overflows while it does, its listener named and certain", async () => {
    const server = await serve(8080, 2);
    const capture = live();
    await capture.until("status");
    // A stopped process accepts nothing; the kernel goes on for it until the queue is full.
    server.kill("SIGSTOP");
    run(WAITING_CLIENTS, 8080, 10);

    const { finding } = await capture.until("finding", ({ finding }) => finding.confidence === "certain");
    expect(finding.subject).to.equal("127.0.0.1:8080");
    expect(finding.message).to.match(/TcpExtListenOverflows grew|accept queue of 127.0.0.1:8080/);
    expect(await capture.stop()).to.equal(1);
    const database = openDatabase(join(folder, "live.db"));
    const rows = database.selectAll("SELECT subject FROM findings WHERE confidence = 'certain'");
    database.close();
    expect(rows).to.deep.include({ subject: "127.0.0.1:8080" });
  });

  it("reports a loop of connects while it goes on", async () => {
    await serve(8081);
    const capture = live();
    await capture.until("status");
    run(LOOPING_CLIENT, 8081, 200);

    const { finding } = await capture.until(
      "finding",
      ({ finding }) => finding.ruleId === "connect-teardown-loop",
    );
    expect(finding.subject).to.equal("127.0.0.1 -> 127.0.0.1:8081");
    await capture.stop();
  });

  it("gives Prometheus its figures, on loopback", async () => {
    const capture = live("--metrics", ":9464");
    await capture.until("status");
    const text = execFileSync(
      "ip",
      ["netns", "exec", network.name, process.execPath, "-e", FETCH, "http://127.0.0.1:9464/metrics"],
      { encoding: "utf8" },
    );
    expect(text).to.match(/^tcptrace_frames_total \d+$/m);
    expect(text).to.match(/^tcptrace_dropped_frames_total 0$/m);
    await capture.stop();
  });

  it("can be read while it writes", async () => {
    await serve(8082);
    const capture = live();
    await capture.until("status");
    run(LOOPING_CLIENT, 8082, 5);
    await capture.until("status", ({ segments }) => segments > 10);
    await capture.until("status", ({ elapsedMs, segments }) => segments > 10 && elapsedMs > 3500);

    const database = openDatabase(join(folder, "live.db"));
    const [count] = database.selectAll("SELECT count(*) AS flows FROM flows WHERE server_port = 8082");
    expect(count).to.deep.equal({ flows: 5 });
    expect(database.selectAll("PRAGMA foreign_key_check")).to.deep.equal([]);
    database.close();
    expect(await capture.stop()).to.equal(0);
  });

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    it(`ends with a whole database of one file on ${signal}`, async () => {
      await serve(8083);
      const capture = live();
      await capture.until("status");
      run(LOOPING_CLIENT, 8083, 3);
      await capture.until("status", ({ flows }) => flows === 3);
      expect(await capture.stop(signal)).to.equal(0);

      const { status } = await capture.until("summary");
      const database = openDatabase(join(folder, "live.db"));
      const [row] = database.selectAll("SELECT kind, frames FROM captures");
      expect(row).to.deep.equal({ kind: "live", frames: status.frames });
      expect(database.selectAll("PRAGMA integrity_check")).to.deep.equal([{ integrity_check: "ok" }]);
      expect(database.selectAll("PRAGMA journal_mode")).to.deep.equal([{ journal_mode: "delete" }]);
      database.close();
    });

  it("leaves a database that opens when it is killed", async () => {
    await serve(8084);
    const capture = live();
    await capture.until("status");
    run(LOOPING_CLIENT, 8084, 500);
    await capture.until("status", ({ segments, elapsedMs }) => segments > 20 && elapsedMs > 3000);
    await capture.stop("SIGKILL");

    const database = openDatabase(join(folder, "live.db"));
    expect(database.selectAll("PRAGMA integrity_check")).to.deep.equal([{ integrity_check: "ok" }]);
    expect(database.selectAll("PRAGMA foreign_key_check")).to.deep.equal([]);
    const [count] = database.selectAll("SELECT count(*) > 0 AS has_segments FROM segments");
    expect(count).to.deep.equal({ has_segments: 1 });
    database.close();
  });
});
