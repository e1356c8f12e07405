import { expect } from "chai";
import { FlowKinds, IS_RPC, NOT_RPC, UNDECIDED } from "../../src/rpc/flow-kinds.js";

describe("what flows carry", () => {
  it("is undecided until it is told, for each flow on its own", () => {
    const kinds = new FlowKinds();
    kinds.extend(5000);
    kinds.set(4999, IS_RPC);
    kinds.set(4998, NOT_RPC);
    kinds.extend(9000);
    expect([4997, 4998, 4999, 8999].map((index) => kinds.of(index))).to.deep.equal([
      UNDECIDED,
      NOT_RPC,
      IS_RPC,
      UNDECIDED,
    ]);
  });

  it("takes memory for the flows that are left, however many there were", () => {
    const kinds = new FlowKinds();
    for (let index = 0; index < 100_000; index++) {
      kinds.extend(index + 1);
      kinds.set(index, IS_RPC);
      if (index >= 10) kinds.forget(index - 10);
    }
    expect(kinds.heldBytes).to.be.at.most(2 * 4096);
    expect(kinds.of(99_999)).to.equal(IS_RPC);
  });
});
