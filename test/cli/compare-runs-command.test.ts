import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { analyze } from "../../src/analyze.js";
import { readRunSummary } from "../../src/cli/read-run-summary.js";
import { openDatabase } from "../../src/store/open-database.js";
import { useScratchFolder } from "../store/scratch-folder.js";
import { runCli } from "../support/run-cli.js";
import { captureOf, HEALTHY, HUNG } from "../support/small-captures.js";

describe("compare with two databases", () => {
  const folder = useScratchFolder();
  const run = (...args: readonly string[]) => runCli(["compare", ...args], { folder: folder.path(".") });

  beforeEach(async () => {
    writeFileSync(folder.path("healthy.pcap"), HEALTHY);
    writeFileSync(folder.path("hung.pcap"), HUNG);
    for (const name of ["healthy", "hung"])
      await analyze({ paths: [folder.path(`${name}.pcap`)], database: folder.path(`${name}.db`) });
  });

  it("says what got worse, with exit code 1, and what got better, with 0; both as JSON too", async () => {
    const [worse, better, json] = await Promise.all([
      run("healthy.db", "hung.db"),
      run("hung.db", "healthy.db"),
      run("--json", "healthy.db", "hung.db"),
    ]);
    expect(worse).to.include({ exitCode: 1, stderr: "" });
    expect(worse.stdout).to.contain("0 better, 1 worse.\n").and.contain("new: syn-ack-after-data about");
    expect(better).to.include({ exitCode: 0, stderr: "" });
    expect(better.stdout).to.contain("1 better, 0 worse.\n").and.contain("gone: syn-ack-after-data about");
    const parsed = JSON.parse(json.stdout);
    expect(parsed).to.include({ comparisonVersion: 1, better: 0, worse: 1 });
    expect(parsed.findings[0]).to.include({ ruleId: "syn-ack-after-data", change: "new", before: null });
  });

  it("refuses a mix of databases and captures, and databases that are not two", async () => {
    const answers = await Promise.all([
      run("healthy.db", "hung.pcap"),
      run("healthy.db"),
      run("healthy.db", "missing.db"),
      run("--limit", "3", "healthy.db", "hung.db"),
    ]);
    const expected = [
      /hung\.pcap is no database of tcptrace-analyze: compare takes two databases .* or captures, not both/,
      /Two databases can be compared, not 1/,
      /there is no database missing\.db/,
      /--limit is about frames/,
    ];
    for (const [index, result] of answers.entries()) {
      expect(result).to.include({ exitCode: 2, stdout: "" });
      expect(result.stderr)
        .to.match(/^tcptrace-analyze: [^\n]+\.\n$/)
        .and.match(expected[index]!);
    }
  });

  it("measures each server as tshark does", async () => {
    const capture = fileURLToPath(new URL("../../captures/accept-queue-overflow.pcap", import.meta.url));
    await analyze({ paths: [capture], database: folder.path("overflow.db") });
    const database = openDatabase(folder.path("overflow.db"));
    try {
      const { servers } = readRunSummary(database);
      // tshark -Y "tcp.port == 8080": ten streams, all closed in order; 172 frames, 57 of them retransmissions; the fifth
      // and the sixth tcp.analysis.initial_rtt are 0.000153927 and 0.049181098; five streams have a tcp.analysis.rto of
      // a second or more.
      expect(servers.find(({ server }) => server === "127.0.0.1:8080")).to.deep.equal({
        server: "127.0.0.1:8080",
        flows: 10,
        established: 10,
        failed: 0,
        handshakeRttNs: Math.floor((153_927 + 49_181_098) / 2),
        handshakes: 10,
        segments: 172,
        retransmits: 57,
        stalled: 5,
      });
    } finally {
      database.close();
    }
  });

  it("counts connections whose SYN-ACKs never reached the client as failed", async () => {
    const capture = fileURLToPath(new URL("../../captures/syn-ack-lost.pcap", import.meta.url));
    await analyze({ paths: [capture], database: folder.path("lost.db") });
    const database = openDatabase(folder.path("lost.db"));
    try {
      const { servers } = readRunSummary(database);
      // By captures/make/syn-ack-lost.mjs, where packet filters dropped their SYN-ACKs for good, for a while, or not at all.
      expect(
        servers.map(({ server, established, failed }) => [server, established, failed]),
      ).to.have.deep.members([
        ["198.51.100.1:8080", 6, 0],
        ["198.51.100.1:8443", 0, 3],
        ["198.51.100.2:8080", 4, 0],
        ["198.51.100.3:8080", 0, 2],
      ]);
    } finally {
      database.close();
    }
  });

  it("counts connections as failed whose client resets one SYN-ACK after the other, and none that it acknowledged", async () => {
    const isReset = "<- S. 0:0(0) ack 1\n+0 -> R 1:1(0)";
    const to = (port: number) => `connection ${port} client 192.0.2.1:40000 server 192.0.2.2:${port}\n`;
    writeFileSync(
      folder.path("reset.pcap"),
      captureOf(`
        ${to(80)} 0 -> S 0:0(0)\n+0 ${isReset}\n+1 -> S 0:0(0)\n+0 ${isReset}
        ${to(81)} +1 ${isReset}\n+1 ${isReset}
        ${to(82)} +1 -> S 0:0(0)\n+0 ${isReset}
        ${to(83)} +1 -> S 0:0(0)\n+1 -> S 0:0(0)\n+0 <- S. 0:0(0) ack 1\n+0 -> . 1:1(0) ack 1\n+1 -> R 1:1(0)
        ${to(84)} +1 <- S. 0:0(0) ack 1\n+1 <- S. 0:0(0) ack 1`),
    );
    await analyze({ paths: [folder.path("reset.pcap")], database: folder.path("reset.db") });
    const database = openDatabase(folder.path("reset.db"));
    try {
      const { servers } = readRunSummary(database);
      expect(
        servers.map(({ server, established, failed }) => [server, established, failed]),
      ).to.have.deep.members([
        ["192.0.2.2:80", 0, 1],
        ["192.0.2.2:81", 0, 1],
        ["192.0.2.2:82", 1, 0],
        ["192.0.2.2:83", 1, 0],
        ["192.0.2.2:84", 0, 0],
      ]);
    } finally {
      database.close();
    }
  });
});
