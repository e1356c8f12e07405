import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { type AnalyzeOptions, analyze } from "../../src/analyze.js";
import { openDatabase } from "../../src/store/open-database.js";
import { useScratchFolder } from "../store/scratch-folder.js";

const folder = fileURLToPath(new URL("../../captures/", import.meta.url));
type Kind = "counters" | "sockets" | "routes";

function optionsOf(name: string, kinds: readonly Kind[], ending = "pcap"): AnalyzeOptions {
  const files = kinds.map((kind) => [kind, [`${folder}${name}.${kind}.txt`]]);
  return { paths: [`${folder}${name}.${ending}`], database: ":memory:", ...Object.fromEntries(files) };
}

describe("captures with the kernel's word beside them", () => {
  const scratch = useScratchFolder();
  const cases = [
    { name: "accept-queue-watched", rule: "syn-ack-after-data" },
    { name: "syncookies-watched", rule: "syncookie-ack-dropped" },
  ];
  for (const { name, rule } of cases) {
    it(`${name}: is strong without, certain with it`, async () => {
      const confidence = async (kinds: readonly Kind[]): Promise<string[]> => {
        const { findings } = await analyze(optionsOf(name, kinds));
        return findings
          .filter(({ severity }) => severity === "error")
          .map((each) => `${each.ruleId} ${each.confidence}`);
      };
      expect(await confidence([])).to.deep.equal([`${rule} strong`]);
      expect(await confidence(["routes"])).to.deep.equal([`${rule} strong`]);
      expect(await confidence(["counters"])).to.deep.equal([`${rule} certain`]);
      expect(await confidence(["sockets"])).to.deep.equal([`${rule} certain`]);
      expect(await confidence(["counters", "sockets"])).to.deep.equal([`${rule} certain`]);
    });

    it(`${name}: another hour's is not believed`, async () => {
      const options = { ...optionsOf(name, ["counters", "sockets"]), clockOffsetSeconds: 3600 };
      const { findings, kernel } = await analyze(options);
      expect(findings.find(({ severity }) => severity === "error")).to.include({
        ruleId: rule,
        confidence: "strong",
      });
      expect(kernel!.files.every(({ doubt }) => doubt?.startsWith("lies outside"))).to.equal(true);
    });
  }

  it("nfs-teardown-loop: the call is lost with the route, and the loop follows", async () => {
    const { findings } = await analyze(optionsOf("nfs-teardown-loop", ["counters", "sockets", "routes"]));
    expect(findings.map(({ ruleId, confidence }) => `${ruleId} ${confidence}`)).to.deep.equal([
      "route-blackhole-local certain",
      "connect-teardown-loop strong",
    ]);
    // tshark -Y 'rpc.xid == 0x5eed0015 || (tcp.flags.fin == 1 && tcp.dstport == 1001)'
    expect(findings[1]!.message).to.match(
      /nfs v3 GETATTR with XID 0x5eed0015 in frame \d+ had no reply when the server closed its connection in frame \d+, and was never sent again/,
    );
  });

  it("syn-flood: the counters say that the SYN queue was full", async () => {
    const [finding, ...others] = (await analyze(optionsOf("syn-flood", ["counters", "sockets"]))).findings;
    expect(others).to.deep.equal([]);
    expect(finding).to.include({ ruleId: "syn-flood-suspect", confidence: "certain" });
    // nstat at the end, on the capture's page.
    expect(finding!.message).to.contain("TcpExtTCPReqQFullDoCookies grew by 191");
  });

  it("syn-queue-full: strong without, certain with the counters, and no accept queue was full", async () => {
    const said = async (kinds: readonly Kind[]) =>
      (await analyze(optionsOf("syn-queue-full", kinds))).findings.map(
        ({ ruleId, confidence }) => `${ruleId} ${confidence}`,
      );
    expect(await said([])).to.deep.equal(["syn-queue-full strong"]);
    expect(await said(["sockets"])).to.deep.equal(["syn-queue-full strong"]);
    expect(await said(["counters", "sockets"])).to.deep.equal(["syn-queue-full certain"]);
  });

  it("time-wait-overflow: only the counters tell, and the sockets whose kernel it is", async () => {
    const flowsOf = async (kinds: readonly Kind[]): Promise<string[]> => {
      const { findings } = await analyze(optionsOf("time-wait-overflow", kinds, "pcap.gz"));
      return findings.map(
        ({ ruleId, confidence, message }) => `${ruleId} ${confidence}: ${message.match(/\d+ connections/g)}`,
      );
    };
    expect(await flowsOf(["sockets"])).to.deep.equal([]);
    expect(await flowsOf(["counters"])).to.deep.equal([
      "time-wait-overflow certain: 88 connections,200 connections",
    ]);
    // The first FIN is the server's in 138 streams of tshark's: 50 in TIME-WAIT and 88 without room.
    expect(await flowsOf(["counters", "sockets"])).to.deep.equal([
      "time-wait-overflow certain: 88 connections,138 connections",
    ]);
  });

  it("is named in the report and lies in the database on the capture's clock", async () => {
    const database = scratch.path("run.db");
    const { kernel } = await analyze({
      ...optionsOf("accept-queue-watched", ["counters", "sockets", "routes"]),
      database,
    });
    expect(kernel!.files.map(({ kind, doubt, unknownLines }) => [kind, doubt, unknownLines])).to.deep.equal([
      ["counters", null, 0],
      ["sockets", null, 0],
      ["routes", null, 0],
    ]);
    expect(kernel!.fullListeners).to.have.length(1);
    expect(kernel!.fullListeners[0]).to.include({ listener: "10.77.0.2:8080", acceptQueue: 5, backlog: 4 });
    const open = openDatabase(database);
    const ask = (sql: string): unknown => open.selectAll(sql)[0];
    expect(
      ask("SELECT min(time_ns) < 1e9 AND max(time_ns) BETWEEN 9e9 AND 20e9 AS fits FROM kernel_counters"),
    ).to.deep.equal({ fits: 1 });
    expect(
      ask("SELECT max(accept_queue) AS most, min(capture_id) AS capture FROM listeners WHERE port = 8080"),
    ).to.deep.equal({ most: 5, capture: 1 });
    // The route was added after the queue had filled, and deleted just before accept() went on.
    expect(
      open.selectAll(
        "SELECT operation, route_type FROM route_events WHERE prefix = '192.0.2.0/24' ORDER BY time_ns",
      ),
    ).to.deep.equal([
      { operation: "add", route_type: "unreachable" },
      { operation: "delete", route_type: "unreachable" },
    ]);
    // Whoever waits in the accept queue has its data in the receive queue, and is a flow of the capture.
    expect(
      ask(
        `SELECT count(DISTINCT flows.id) AS flows FROM sockets JOIN flows
         ON local_port = server_port AND peer_addr = client_addr AND peer_port = client_port
         WHERE receive_queue_bytes = 5 AND rtt_ns > 0`,
      ),
    ).to.deep.equal({ flows: 5 });
    open.close();
  });

  const routed = [
    { name: "unreachable-host", without: ["unreachable-host certain"], with: ["unreachable-host certain"] },
    {
      name: "route-blackhole-local",
      without: ["route-blackhole-local strong"],
      with: ["route-blackhole-local certain"],
    },
    {
      name: "sticky-unreachable-route",
      without: ["route-blackhole-local strong"],
      with: ["sticky-unreachable-route certain"],
    },
    { name: "route-flap-gap", without: [], with: ["route-flap-gap strong"] },
  ];
  for (const each of routed) {
    it(`${each.name}: the log of routes names the cause`, async () => {
      const verdicts = async (kinds: readonly Kind[]): Promise<string[]> => {
        const { findings } = await analyze(optionsOf(each.name, kinds));
        return findings
          .filter(({ severity }) => severity !== "note")
          .map(({ ruleId, confidence }) => `${ruleId} ${confidence}`);
      };
      expect(await verdicts([])).to.deep.equal(each.without);
      expect(await verdicts(["routes"])).to.deep.equal(each.with);
      expect(await verdicts(["counters", "sockets", "routes"])).to.deep.equal(each.with);
    });
  }
});
