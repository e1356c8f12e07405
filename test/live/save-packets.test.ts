import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { tsharkVersion } from "../../src/compare/tshark-process.js";
import { openDatabase } from "../../src/store/open-database.js";
import { skipBecause } from "../support/mounts.js";
import { NetworkNamespace } from "../support/network-namespace.js";
import { LiveProcess } from "./live-process.js";

/** Clients on port 8081 that connect and close at once, one after the other, and one on 8082 that does so once. */
const LOOP = `
  const { connect, createServer } = require("node:net");
  const once = (port, then) => connect(port, "127.0.0.1", function () { this.end(); }).on("close", then).resume();
  const again = (left) => left > 0 && once(8081, () => setTimeout(again, 20, left - 1));
  for (const port of [8081, 8082])
    createServer((socket) => socket.on("error", () => {}).resume()).listen(port, "127.0.0.1", () =>
      port === 8081 ? console.log("ready") : once(port, () => again(600)));
  setTimeout(() => process.exit(), 20_000);`;

const whyNot = NetworkNamespace.whyNot();

describe(`live --save-packets${whyNot === null ? "" : ` (skipped: ${whyNot})`}`, function () {
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

  /** Server port or client port of each frame, whichever is below 10000, and its time. */
  function tshark(path: string): { ports: Set<number>; times: string[] } {
    const printed = execFileSync(
      "tshark",
      ["-r", join(folder, path), "-T", "fields", "-e", "tcp.port", "-e", "frame.time_epoch"],
      { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
    );
    const rows = printed
      .trimEnd()
      .split("\n")
      .map((line) => line.split("\t"));
    const ports = rows.flatMap(([pair]) => pair!.split(",").map(Number)).filter((port) => port < 10_000);
    return { ports: new Set(ports), times: rows.map(([, time]) => time!) };
  }

  it("writes what tshark reads as the packets of the finding's connections, when it is announced and at the end", async function () {
    if ((await tsharkVersion().catch(() => null)) === null) skipBecause(this, "tshark is not installed");
    const capture = new LiveProcess(network, folder, ["--db", "live.db", "--save-packets", "packets"]);
    started.push(capture.child);
    await capture.until("status");
    const loop = spawn("ip", ["netns", "exec", network.name, process.execPath, "-e", LOOP], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    started.push(loop);
    await once(loop.stdout!, "data");

    const isLoop = ({ finding }: { finding: { ruleId: string } }): boolean =>
      finding.ruleId === "connect-teardown-loop";
    const announced = await capture.until("finding", isLoop);
    expect(announced.packets?.path).to.match(
      /^packets\/connect-teardown-loop-127\.0\.0\.1_-_127\.0\.0\.1_8081-[0-9a-f]{8}\.pcapng$/,
    );
    const { ports } = tshark(announced.packets!.path);
    expect([...ports]).to.deep.equal([8081]);
    const { flows } = await capture.until("status");
    await capture.until("status", (status) => status.flows > flows + 20);

    await capture.stop();
    const { findings } = await capture.until("summary");
    const { id, packets } = findings.find(isLoop)!;
    expect(packets!.frames).to.be.above(announced.packets!.frames);
    const database = openDatabase(join(folder, "live.db"));
    const rows = database.selectAll(
      `SELECT printf('%d.%09d', (origin_ns + time_ns) / 1000000000, (origin_ns + time_ns) % 1000000000) AS time
       FROM segments JOIN captures ON captures.id = capture_id
       WHERE flow_id IN (SELECT flow_id FROM finding_flows WHERE finding_id = :id) ORDER BY time`,
      { id },
    );
    database.close();
    const { times } = tshark(packets!.path);
    expect(times.toSorted()).to.deep.equal(rows.map(({ time }) => time));
    expect(times).to.have.length(packets!.frames);
  });
});
