import { expect } from "chai";
import { formatInterfaces } from "../../src/live/format-interfaces.js";

describe("the list of interfaces as text", () => {
  it("says of each whether it is up and which addresses it has, and that any is all of them", () => {
    expect(
      formatInterfaces([
        { name: "eth0", addresses: ["10.0.0.2", "fe80::1"], isUp: true, isLoopback: false, linkType: 1 },
        { name: "wg0", addresses: [], isUp: false, isLoopback: false, linkType: 101 },
      ]),
    ).to.equal("eth0  up    10.0.0.2, fe80::1\nwg0   down\nany         all of them\n");
  });

  it("shows no control characters, which the kernel allows in names", () => {
    const name = "a\u001b[2Jb";
    expect(
      formatInterfaces([{ name, addresses: [], isUp: true, isLoopback: false, linkType: null }]),
    ).to.match(/^a\?\[2Jb {2}up\n/);
  });
});
