import { expect } from "chai";
import type { Endpoint } from "../../../src/flows/endpoint.js";
import { createFlowCursor, type Flow, flowLayout } from "../../../src/flows/flow.js";
import type { FlowIdentity } from "../../../src/flows/flow-identity.js";
import { FlowStore } from "../../../src/flows/flow-store.js";
import { AddressPairs } from "../../../src/signs/addresses/address-pairs.js";
import { CarriedSizes } from "../../../src/signs/addresses/carried-sizes.js";

interface Sent {
  readonly bytes: number;
  readonly segments: number;
  readonly first: number;
  readonly atNs: number;
  readonly isRepeated?: boolean;
}

/** All that it sent was acknowledged. */
function send(
  sender: Endpoint,
  receiver: Endpoint,
  { bytes, segments, first, atNs, isRepeated }: Sent,
): void {
  sender.uniqueBytes = bytes;
  sender.segments = segments;
  sender.contiguousTo = receiver.ackedTo = bytes + 1;
  sender.firstDataLength = first;
  sender.firstDataNs = atNs;
  sender.retransmits = isRepeated ? 1 : 0;
}

function flowOf(client: Sent | null, server: Sent | null): Flow {
  const flow = createFlowCursor();
  new FlowStore(1, flowLayout(0)).create(flow);
  if (client !== null) send(flow.client, flow.server, client);
  if (server !== null) send(flow.server, flow.client, server);
  return flow;
}

function between(clientAddress: string, serverAddress: string): FlowIdentity {
  const rest = { clientPort: 1, serverPort: 2, encapsulation: 0, isLoopback: false };
  return { clientAddress, serverAddress, ...rest };
}

describe("what a way has carried", () => {
  const large: Sent = { bytes: 10_000, segments: 10, first: 1400, atNs: 5e9 };

  it("is the largest average of a connection's segments, of one direction", () => {
    const carried = new CarriedSizes();
    carried.add(flowOf(large, null), between("a", "b"));
    carried.add(flowOf({ ...large, segments: 20 }, null), between("a", "b"));
    const asked = [carried.has("a", "b", 1999), carried.has("a", "b", 2000), carried.has("b", "a", 1)];
    expect(asked).to.deep.equal([true, false, false]);
    carried.add(flowOf(null, large), between("c", "d"));
    expect([carried.has("c", "d", 1), carried.has("d", "c", 1999)]).to.deep.equal([false, true]);
  });

  it("is the first data that arrived at some time, if nothing had to be sent again", () => {
    const carried = new CarriedSizes();
    const had = (bytes: number, startNs: number, endNs: number): boolean =>
      carried.hadMeanwhile("a", "b", bytes, startNs, endNs);
    for (const atNs of [5e9, 9e9]) carried.add(flowOf({ ...large, atNs }, null), between("a", "b"));
    expect([had(1400, 4e9, 6e9), had(1400, 8e9, 10e9), had(1401, 4e9, 10e9)]).to.deep.equal([
      true,
      true,
      false,
    ]);
    expect([had(1400, 5e9, 9e9), had(1400, 6e9, 8e9)]).to.deep.equal([false, false]);
    expect(carried.hadMeanwhile("b", "a", 1, 0, 1e10)).to.equal(false);
    carried.add(flowOf({ ...large, atNs: 20e9, isRepeated: true }, null), between("a", "b"));
    carried.add(flowOf({ ...large, atNs: 20e9, first: 499 }, null), between("a", "b"));
    expect(had(1, 19e9, 21e9)).to.equal(false);
  });

  it("is nothing where only others have used the way", () => {
    const pairs = new AddressPairs();
    const carried = new CarriedSizes(pairs);
    pairs.add("a", "b");
    expect([carried.has("a", "b", 1), carried.hadMeanwhile("a", "b", 1, 0, 1e10)]).to.deep.equal([
      false,
      false,
    ]);
  });

  it("is remembered of moments half a second apart, and of larger ones between", () => {
    const carried = new CarriedSizes();
    const had = (bytes: number, atNs: number): boolean =>
      carried.hadMeanwhile("a", "b", bytes, atNs - 1, atNs + 1);
    for (const [atNs, first] of [
      [0, 1000],
      [0.4e9, 1000],
      [0.45e9, 1200],
      [0.9e9, 900],
      [0.95e9, 1200],
    ] as const)
      carried.add(flowOf({ ...large, atNs, first }, null), between("a", "b"));
    const known = [had(1000, 0), had(1, 0.4e9), had(1200, 0.45e9), had(1, 0.9e9), had(1200, 0.95e9)];
    expect(known).to.deep.equal([true, false, true, false, true]);
  });
});
