import { expect } from "chai";
import { Listeners } from "../../../src/engine/listeners.js";
import { readFlowIdentity } from "../../../src/flows/flow-identity.js";
import { densestBurst, HalfOpenFlows } from "../../../src/signs/accept-queue/half-open-flows.js";
import { parseScript } from "../../../src/tcp/notation.js";
import { compileScript } from "../../support/compile-script.js";
import { trackBytes } from "../../support/track-script.js";

const { pcap } = compileScript(parseScript("0 -> S 0:0(0)\n+.001 <- S. 0:0(0) ack 1"), {
  ipVersion: 4,
  clientIsn: 1,
  serverIsn: 2,
});

describe("HalfOpenFlows", () => {
  it("counts what it does not keep", async () => {
    const halfOpen = new HalfOpenFlows();
    await trackBytes(pcap, 16, (flow) => {
      const identity = readFlowIdentity(flow);
      const listener = new Listeners().count(flow, identity, "S1", "");
      for (let times = 0; times < 100_003; times++) halfOpen.add(flow, identity, listener);
    });
    const [atListener] = [...halfOpen.all(1e9)];
    expect([atListener?.flows.length, atListener?.moreNs.length]).to.deep.equal([100_000, 3]);
  });

  it("leaves out what may still be answered", async () => {
    const halfOpen = new HalfOpenFlows();
    await trackBytes(pcap, 16, (flow) => {
      const identity = readFlowIdentity(flow);
      halfOpen.add(flow, identity, new Listeners().count(flow, identity, "S1", ""));
    });
    expect([...halfOpen.all(0.999e9)]).to.deep.equal([]);
  });
});

describe("densestBurst", () => {
  it("is the window that holds most", () => {
    expect(densestBurst([0, 5, 20, 21, 22, 30, 31], 10)).to.deep.equal({ first: 2, count: 4 });
  });
});
