import { type ChildProcess, execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { openDatabase } from "../../src/store/open-database.js";
import { skipBecause } from "../support/mounts.js";
import { NetworkNamespace } from "../support/network-namespace.js";
import { LiveProcess } from "./live-process.js";

const USER = "nobody";
const CONNECT = `
  const server = require("node:net").createServer((socket) => socket.end()).listen(8084, "127.0.0.1", () =>
    require("node:net").connect(8084, "127.0.0.1").on("close", () => server.close()).resume());`;

const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

function idOf(what: string): number {
  return Number(execFileSync("id", [what, USER], { encoding: "utf8" }));
}

function mayRead(uid: number, gid: number): boolean {
  const result = spawnSync("setpriv", [
    `--reuid=${uid}`,
    `--regid=${gid}`,
    "--clear-groups",
    "test",
    "-r",
    MAIN,
  ]);
  return result.status === 0;
}

const whyNot = NetworkNamespace.whyNot();

describe(`live --user${whyNot === null ? "" : ` (skipped: ${whyNot})`}`, function () {
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

  it("captures as that user in every thread, who writes the database and cannot come back", async function () {
    const [uid, gid] = [idOf("-u"), idOf("-g")];
    if (!mayRead(uid, gid))
      skipBecause(this, `${USER} may not read the program, or setpriv is not installed`);
    chownSync(folder, uid, gid);
    const capture = live("--user", USER, "--save-packets", "packets");
    await capture.until("status");
    const tasks = readdirSync(`/proc/${capture.child.pid}/task`);
    for (const task of tasks) {
      const status = readFileSync(`/proc/${capture.child.pid}/task/${task}/status`, "utf8");
      expect(status).to.match(new RegExp(`^Uid:(\t${uid}){4}$`, "m"));
      expect(status).to.match(new RegExp(`^Gid:(\t${gid}){4}$`, "m"));
      expect(status).to.match(new RegExp(`^Groups:\t${gid} ?$`, "m"));
      expect(status).to.match(/^CapPrm:\t0+$/m);
      expect(status).to.match(/^CapEff:\t0+$/m);
    }
    expect(tasks.length).to.be.above(2);
    await network.run(process.execPath, "-e", CONNECT);
    await capture.until("status", ({ flows }) => flows === 1);
    expect(await capture.stop()).to.equal(0);
    expect(statSync(join(folder, "live.db")).uid).to.equal(uid);
    const database = openDatabase(join(folder, "live.db"));
    expect(database.selectAll("SELECT server_port FROM flows")).to.deep.equal([{ server_port: 8084 }]);
    database.close();
  });

  it("lets tcpdump become that user, too, and can still end it", async function () {
    if (spawnSync("tcpdump", ["--version"]).error !== undefined)
      skipBecause(this, "tcpdump is not installed");
    const [uid, gid] = [idOf("-u"), idOf("-g")];
    if (!mayRead(uid, gid))
      skipBecause(this, `${USER} may not read the program, or setpriv is not installed`);
    chownSync(folder, uid, gid);
    const capture = live("--user", USER, "--backend", "tcpdump");
    await capture.until("status");
    const { pid } = capture.child;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
    const captors = children.filter((child) => readFileSync(`/proc/${child}/comm`, "utf8") === "tcpdump\n");
    expect(captors).to.have.length(1);
    expect(readFileSync(`/proc/${captors[0]}/status`, "utf8")).to.match(
      new RegExp(`^Uid:(\t${uid}){4}$`, "m"),
    );
    await network.run(process.execPath, "-e", CONNECT);
    await capture.until("status", ({ flows }) => flows === 1);
    expect(await capture.stop()).to.equal(0);
    expect(existsSync(`/proc/${captors[0]}`)).to.equal(false);
    expect(await capture.until("summary")).to.include({ backend: "tcpdump", damage: null });
  });

  for (const [user, sentence] of [
    ["no-such-user", /there is no user "no-such-user"/],
    ["root", /is root/],
  ] as const)
    it(`refuses ${user} with a sentence, and writes nothing`, async () => {
      const capture = live("--user", user);
      expect(await capture.exited).to.equal(2);
      expect(capture.stderr).to.match(sentence);
      expect(capture.stderr.trim().split("\n")).to.have.length(1);
      expect(readdirSync(folder)).to.deep.equal([]);
    });

  it("says that the user cannot write the database", async () => {
    chmodSync(folder, 0o755);
    const capture = live("--user", USER);
    expect(await capture.exited).to.equal(2);
    expect(capture.stderr).to.match(/cannot write the database .*: permission denied/);
  });
});
