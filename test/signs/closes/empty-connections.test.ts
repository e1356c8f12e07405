import { expect } from "chai";
import { Listeners } from "../../../src/engine/listeners.js";
import { readFlowIdentity } from "../../../src/flows/flow-identity.js";
import { EmptyConnections } from "../../../src/signs/closes/empty-connections.js";
import { parseScript } from "../../../src/tcp/notation.js";
import { compileScript } from "../../support/compile-script.js";
import { trackBytes } from "../../support/track-script.js";

const EMPTY = `
  0     -> S  0:0(0)
  +.001 <- S. 0:0(0) ack 1
  +.001 -> .  1:1(0) ack 1
  +.001 -> F. 1:1(0) ack 1`;

describe("empty connections", () => {
  it("are counted where they are not kept", async () => {
    const { pcap } = compileScript(parseScript(EMPTY), { ipVersion: 4, clientIsn: 1, serverIsn: 2 });
    const empty = new EmptyConnections(1e9);
    await trackBytes(pcap, 16, (flow) => {
      const identity = readFlowIdentity(flow);
      const listener = new Listeners().count(flow, identity, "SF", "");
      for (let times = 0; times < 100_003; times++) empty.add(flow, identity, listener);
    });
    const [pair] = [...empty.pairs()];
    expect([pair?.connections.length, pair?.leftOut]).to.deep.equal([100_000, 3]);
  });
});
