import { expect } from "chai";
import { isNoSource } from "../../../src/signs/addresses/no-source.js";

describe("isNoSource", () => {
  it("knows the blocks that nobody sends from", () => {
    const none = ["0.1.2.3", "127.0.0.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"];
    expect([...none, "ff02::1"].filter((address) => !isNoSource(address))).to.deep.equal([]);
  });

  it("leaves the addresses beside them", () => {
    const some = ["1.0.0.0", "126.255.255.255", "128.0.0.1", "223.255.255.255", "10.0.0.1", "fe80::1"];
    expect(some.filter(isNoSource)).to.deep.equal([]);
  });
});
