import { expect } from "chai";
import {
  Encapsulations,
  GRE_KEY,
  IPV4_IN_IPV4,
  VLAN_ID,
  VXLAN_NETWORK,
} from "../../src/decode/encapsulations.js";

describe("encapsulations", () => {
  it("give equal paths one number and different paths different ones", () => {
    const table = new Encapsulations();
    const vlan = table.intern(0, VLAN_ID, 10);
    const inner = table.intern(vlan, VXLAN_NETWORK, 42);
    const others = [
      table.intern(0, VLAN_ID, 11),
      table.intern(0, GRE_KEY, 10),
      table.intern(inner, VLAN_ID, 10),
    ];
    expect(new Set([0, vlan, inner, ...others]).size).to.equal(6);
    expect(table.intern(table.intern(0, VLAN_ID, 10), VXLAN_NETWORK, 42)).to.equal(inner);
    expect(table.size).to.equal(6);
  });

  it("are named from the outside in", () => {
    const table = new Encapsulations();
    const path = table.intern(
      table.intern(table.intern(0, VLAN_ID, 10), IPV4_IN_IPV4, 0),
      GRE_KEY,
      0xffffffff,
    );
    expect(table.name(path)).to.equal("vlan 10, ipip, gre key 4294967295");
    expect(table.name(0)).to.equal("");
  });

  it("keep their numbers and names while the table grows, then share one and are counted", () => {
    const table = new Encapsulations();
    for (let id = 1; id <= 65534; id++) expect(table.intern(0, GRE_KEY, id)).to.equal(id);
    for (let id = 1; id <= 65534; id++) expect(table.intern(0, GRE_KEY, id)).to.equal(id);
    expect(table.overflows).to.equal(0);
    expect(table.name(table.intern(0, GRE_KEY, 70000))).to.equal("overflow");
    expect(table.intern(0, GRE_KEY, 70001)).to.equal(65535);
    expect(table.overflows).to.equal(2);
    expect(table.intern(0, GRE_KEY, 65534)).to.equal(65534);
    expect(table.name(1)).to.equal("gre key 1");
    expect(table.intern(65535, VLAN_ID, 1)).to.equal(65535);
  });
});
