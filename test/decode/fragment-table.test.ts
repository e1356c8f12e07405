import { expect } from "chai";
import { FragmentTable } from "../../src/decode/fragment-table.js";

const MIB = 1024 * 1024;

describe("the table of fragments", () => {
  it("holds no more than 4 MiB, giving up the oldest datagrams first", () => {
    const table = new FragmentTable();
    const payload = new Uint8Array(1000);
    for (let id = 0; id < 20_000; id++) {
      table.add(`datagram ${id}`, 0, payload, false, 0);
      expect(table.heldBytes).to.be.at.most(4 * MIB);
    }
    expect(table.heldBytes).to.be.above(2 * MIB);
    expect(table.add("datagram 19999", 1000, payload, true, 0)?.lengthBytes).to.equal(2000);
    expect(table.add("datagram 0", 1000, payload, true, 0)).to.equal(undefined);
  });

  it("counts more than the octets of tiny fragments", () => {
    const table = new FragmentTable();
    for (let index = 0; index < 100_000; index++) table.add("one", 16, new Uint8Array(1), false, 0);
    expect(table.heldBytes).to.be.at.most(4 * MIB);
    expect(table.heldBytes).to.be.below(100_000 * 100);
  });

  it("forgets a datagram that is whole", () => {
    const table = new FragmentTable();
    table.add("a", 8, new Uint8Array(8), true, 0);
    const whole = table.add("a", 0, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), false, 0);
    const target = new Uint8Array(18);
    whole!.copyTo(target, 1);
    expect([...target]).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(table.heldBytes).to.equal(0);
  });
});
