import { expect } from "chai";
import type { Finding } from "../../src/engine/finding.js";
import { activateRules } from "../../src/engine/rule-settings.js";
import { strengthenFindings } from "../../src/engine/strengthen.js";
import type { CounterReading, KernelObservations, ListenerReading } from "../../src/kernel/observations.js";
import { rules } from "../../src/rules/index.js";
import { sampleFinding } from "../support/sample-report.js";

const SECOND_NS = 1e9;
const OVERFLOWS = "TcpExtListenOverflows";

/** Hung from 10 s to 20 s at 10.0.0.2:80. */
function hung(changes: Partial<Finding> = {}): Finding {
  const { id, source, endpoints, ...finding } = sampleFinding();
  return {
    ...finding,
    ruleId: "syn-ack-after-data",
    severity: "warning",
    confidence: "weak",
    alternatives: ["It was lost on the way."],
    startNs: 10 * SECOND_NS,
    endNs: 20 * SECOND_NS,
    evidence: [],
    ...changes,
  };
}

function listener(
  atSeconds: number,
  acceptQueue: number,
  changes: Partial<ListenerReading> = {},
): ListenerReading {
  return {
    kind: "listener",
    addr: "10.0.0.2",
    port: 80,
    acceptQueue,
    backlog: 4,
    process: null,
    drops: null,
    timeNs: atSeconds * SECOND_NS,
    isTimed: true,
    ...changes,
  };
}

function grown(fromSeconds: number, toSeconds: number, delta: number, name = OVERFLOWS): CounterReading {
  return {
    name,
    value: 100 + delta,
    delta,
    sinceNs: fromSeconds * SECOND_NS,
    timeNs: toSeconds * SECOND_NS,
    isTimed: true,
  };
}

function strengthened(said: Partial<KernelObservations>, finding = hung()): Finding {
  const nothing = { counters: [], socketSamples: [], listeners: [], sockets: [], routes: [], files: [] };
  return strengthenFindings([finding], activateRules(rules), { ...nothing, ...said })[0]!;
}

/** Nothing but alternatives may have changed. */
function expectUnchanged(finding: Finding, objection?: RegExp): void {
  const { alternatives, ...rest } = finding;
  const { alternatives: before, ...unchanged } = hung();
  expect(rest).to.deep.equal(unchanged);
  expect(alternatives.slice(0, before.length)).to.deep.equal(before);
  if (objection === undefined) expect(alternatives).to.have.length(before.length);
  else expect(alternatives.slice(before.length).join(" ")).to.match(objection);
}

describe("a finding that blames the accept queue", () => {
  it("is certain, and an error again, when its listener was full and the overflow was counted", () => {
    const finding = strengthened({
      listeners: [listener(12, 5, { process: "nginx[7]" }), listener(13, 0)],
      counters: [grown(9, 21, 30)],
    });
    expect(finding).to.include({ confidence: "certain", severity: "error" });
    expect(finding.alternatives).to.deep.equal([]);
    expect(finding.message).to.equal(
      "It happened. The kernel confirms it: the accept queue of 10.0.0.2:80 (nginx[7]) was full in 1 of 2 samples, with 5 waiting at a backlog of 4, and TcpExtListenOverflows grew by 30 within 12.0 s.",
    );
    expect(finding.data).to.include({
      acceptQueue: 5,
      backlog: 4,
      samples: 2,
      fullSamples: 1,
      [OVERFLOWS]: 30,
    });
  });

  it("is certain by the queue alone, or by the counter alone, and says what that leaves open", () => {
    const byQueue = strengthened({ listeners: [listener(12, 5)] });
    expect(byQueue.confidence).to.equal("certain");
    expect(byQueue.alternatives.join()).to.match(/Record `nstat -az TcpExtListenOverflows`/);
    const byCounter = strengthened({ counters: [grown(11, 12, 3)] });
    expect(byCounter.confidence).to.equal("certain");
    expect(byCounter.alternatives.join()).to.match(/Another listener's queue overflowed.*Record `ss -ltn`/);
  });

  it("is as before when the queue held no more than it may", () => {
    expectUnchanged(
      strengthened({ listeners: [listener(12, 4)] }),
      /10\.0\.0\.2:80 full \(4 waiting at most, backlog 4\)/,
    );
  });

  it("is as before when both were given and only one says so", () => {
    const full = [listener(12, 5)];
    expectUnchanged(
      strengthened({ listeners: full, counters: [grown(9, 21, 0)] }),
      /did not grow meanwhile, although the queue was full/,
    );
    expectUnchanged(
      strengthened({ listeners: [listener(12, 0)], counters: [grown(9, 21, 9)] }),
      /though TcpExtListenOverflows grew by 9/,
    );
    const other = [listener(12, 5, { port: 81 })];
    expectUnchanged(
      strengthened({ listeners: other, counters: [grown(9, 21, 9)] }),
      /no listener for 10\.0\.0\.2:80/,
    );
  });

  it("is as before when the kernel speaks of another time, address or counter", () => {
    expectUnchanged(strengthened({ listeners: [listener(30, 5)] }));
    expectUnchanged(strengthened({ counters: [grown(21, 22, 9), grown(0, 9, 9)] }));
    expectUnchanged(strengthened({ counters: [grown(-3600, 12, 9)] }));
    expectUnchanged(strengthened({ counters: [grown(9, 21, 9, "TcpExtListenDrops")] }));
    expectUnchanged(strengthened({ listeners: [listener(12, 5, { backlog: null })] }));
    expectUnchanged(strengthened({ listeners: [listener(12, 5, { addr: "10.0.0.3" })] }), /no listener for/);
  });

  it("is certain by a listener of all addresses, unless one of its own address stands beside it", () => {
    for (const addr of ["0.0.0.0", "*", "::", "::ffff:10.0.0.2"])
      expect(strengthened({ listeners: [listener(12, 5, { addr })] }).confidence, addr).to.equal("certain");
    expectUnchanged(
      strengthened({ listeners: [listener(12, 5, { addr: "*" }), listener(12, 0)] }),
      /10\.0\.0\.2:80 full/,
    );
    const overIpv6 = hung({ subject: "[2001:db8::2]:80" });
    expect(strengthened({ listeners: [listener(12, 5, { addr: "0.0.0.0" })] }, overIpv6).confidence).to.equal(
      "weak",
    );
    expect(
      strengthened({ listeners: [listener(12, 5, { addr: "2001:db8::2" })] }, overIpv6).confidence,
    ).to.equal("certain");
  });

  it("counts from its first packet, which lies before its beginning", () => {
    const synack = { role: "synack", flowId: 1, frame: 1, timeNs: 5 * SECOND_NS };
    expect(strengthened({ counters: [grown(5, 6, 1)] }, hung({ evidence: [synack] })).confidence).to.equal(
      "certain",
    );
  });

  it("by a cookie needs SyncookiesRecv, too, where it is known", () => {
    const cookie = hung({ ruleId: "syncookie-ack-dropped" });
    const received = (delta: number): CounterReading => grown(9, 21, delta, "TcpExtSyncookiesRecv");
    const certain = strengthened(
      { counters: [grown(9, 21, 9), received(12)], listeners: [listener(12, 5)] },
      cookie,
    );
    expect(certain).to.deep.include({ confidence: "certain", alternatives: [] });
    const still = strengthened({ counters: [grown(9, 21, 9), received(0)] }, cookie);
    expect(still.confidence).to.equal("weak");
    expect(still.alternatives.join()).to.match(/TcpExtSyncookiesRecv did not grow/);
    const unknown = strengthened({ counters: [grown(9, 21, 9)], listeners: [listener(12, 5)] }, cookie);
    expect(unknown.confidence).to.equal("certain");
    expect(unknown.alternatives.join()).to.match(/not by cookies/);
  });

  it("names files whose time is only taken for the capture's", () => {
    const untimed = listener(20, 5, { isTimed: false });
    const file = {
      path: "ss.txt",
      kind: "sockets",
      formats: ["ss"],
      samples: 1,
      unknownLines: 0,
      firstNs: null,
      lastNs: null,
    } as const;
    const doubt = "has no times and is taken to have been made during the capture";
    const finding = strengthened({
      listeners: [untimed],
      files: [{ ...file, doubt, overlapsCapture: true }],
    });
    expect(finding.confidence).to.equal("certain");
    expect(finding.alternatives.join()).to.match(/belongs to another time: ss\.txt has no times/);
  });
});

describe("a finding of any other rule", () => {
  it("is none of the accept queue's", () => {
    const other = hung({ ruleId: "connect-teardown-loop" });
    const said = { listeners: [listener(12, 5)], counters: [grown(9, 21, 30)] };
    expect(strengthened(said, other)).to.deep.equal(other);
  });
});
