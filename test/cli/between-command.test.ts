import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect } from "chai";
import { useScratchFolder } from "../store/scratch-folder.js";
import { runCli } from "../support/run-cli.js";
import { HEALTHY } from "../support/small-captures.js";

const CAPTURES = resolve("captures");
const CLIENT = `${CAPTURES}/both-ends-client.pcap`;
const SERVER = `${CAPTURES}/both-ends-server.pcap`;

/** How often each of the rules of the router between the two hosts was applied, by its own counters. */
function routerCounts(): { toServer: number; toClient: number; refused: number } {
  const page = readFileSync(`${CAPTURES}/both-ends-client.md`, "utf8");
  const count = (rule: string): number => {
    const match = new RegExp(`${rule} .*counter packets (\\d+) `).exec(page);
    return Number(match![1]);
  };
  return {
    toServer: count("dport 8080"),
    toClient: count("sport 8080"),
    refused: count("dport 8081"),
  };
}

describe("the command between", () => {
  const folder = useScratchFolder();
  const run = (...args: readonly string[]) => runCli(["between", ...args], { folder: folder.path(".") });

  it("finds lost what the router between the hosts counted as dropped", async () => {
    const { exitCode, stdout, stderr } = await run("--json", CLIENT, SERVER);
    expect([exitCode, stderr]).to.deep.equal([1, ""]);
    const { captures, directions, connections, clocks } = JSON.parse(stdout);
    const { toServer, toClient, refused } = routerCounts();
    expect(captures).to.deep.equal(["both-ends-client.pcap", "both-ends-server.pcap"]);
    // What is refused does not arrive, either.
    expect(directions[0].lost).to.have.length(toServer + refused);
    expect(directions[1].lost).to.have.length(toClient);
    expect(directions[1].foreign.map(({ flags }: { flags: string }) => flags)).to.deep.equal(["R"]);
    expect(directions[0].foreign).to.deep.equal([]);
    const [, { needed, needless }] = directions;
    expect([needed, needless]).to.deep.equal([toClient, 0]);
    expect(connections).to.have.length(4);
    for (const { ends, changes } of connections) {
      expect(ends[0]).to.match(/^192\.0\.2\.5:/);
      expect(ends[1]).to.match(/^203\.0\.113\.254:/);
      expect(changes.map(({ arrived }: { arrived: string }) => arrived.slice(0, 8))).to.deep.equal([
        "mss 1300",
        "mss 1300",
      ]);
    }
    // Both clocks are one machine's.
    expect(Math.abs(clocks.startNs)).to.be.below(100_000);
    expect(clocks.wayNs).to.be.within(0, 1_000_000);
  });

  it("says the same of the captures in the other order", async () => {
    const { directions, clocks } = JSON.parse((await run("--json", CLIENT, SERVER)).stdout);
    const turned = JSON.parse((await run("--json", SERVER, CLIENT)).stdout);
    const lostOf = (lists: readonly { lost: readonly { frame: number }[] }[]) =>
      lists.map(({ lost }) => lost.map(({ frame }) => frame));
    expect(lostOf(turned.directions)).to.deep.equal(lostOf(directions).reverse());
    expect(turned.clocks.startNs).to.be.closeTo(-clocks.startNs, 1000);
  });

  it("prints it within 80 columns, but for packets, and no more of these than asked for", async () => {
    const { stdout } = await run("--limit", "2", CLIENT, SERVER);
    expect(stdout).to.contain("hold the same 4 connections.\n");
    expect(stdout).to.contain("arrived that nobody had sent there, RST only: something");
    expect(stdout).to.contain("The client's SYN was sent with mss 1460,");
    const { toServer, toClient, refused } = routerCounts();
    expect(stdout).to.contain(`\n  and ${toServer + toClient + refused - 2} more: --limit shows them\n`);
    const prose = stdout.slice(0, stdout.indexOf("Lost segments by connection"));
    for (const line of prose.split("\n")) expect(line.length, line).to.be.at.most(80);
  });

  it("takes databases for captures, and exits with 0 where nothing is missing", async () => {
    const one = folder.path("client.db");
    await runCli(["--db", one, `${CAPTURES}/vantage-client.pcap`], { folder: folder.path(".") });
    const { exitCode, stdout } = await run(one, `${CAPTURES}/vantage-server.pcap`);
    expect(exitCode).to.equal(0);
    expect(stdout).to.match(/^client\.db and vantage-server\.pcap hold the same 4 connections\.\n/);
  });

  const refusals: [string, () => Promise<readonly string[]>, string][] = [
    [
      "captures that have nothing in common",
      async () => {
        writeFileSync(folder.path("healthy.pcap"), HEALTHY);
        return [CLIENT, "healthy.pcap"];
      },
      "both-ends-client.pcap and healthy.pcap hold no connection in common.",
    ],
    [
      "a database without packets",
      async () => {
        await runCli(["--db", "none.db", "--timeline", "none", CLIENT], { folder: folder.path(".") });
        return ["none.db", SERVER];
      },
      "none.db lacks packets: it was not written with --timeline all.",
    ],
    [
      "a limit that is no number",
      async () => ["--limit", "many", CLIENT, SERVER],
      '--limit takes a number of rows, such as 100, not "many".',
    ],
    [
      "standard input",
      async () => ["-", SERVER],
      "between reads two files: standard input is not one of them.",
    ],
    [
      "one file twice",
      async () => [CLIENT, CLIENT],
      `${CLIENT} and ${CLIENT} are one file: between needs two captures.`,
    ],
    ["a file that is missing", async () => [CLIENT, "missing.pcap"], "missing.pcap does not exist."],
  ];
  for (const [what, prepare, sentence] of refusals) {
    it(`refuses ${what} in a sentence`, async () => {
      const { exitCode, stdout, stderr } = await run(...(await prepare()));
      expect([exitCode, stdout, stderr]).to.deep.equal([2, "", `tcptrace-analyze: ${sentence}\n`]);
    });
  }
});
