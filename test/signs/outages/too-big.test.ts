import { expect } from "chai";
import { tooBigMessages } from "../../../src/signs/outages/too-big.js";
import { sampleIcmpError } from "../../support/sample-icmp-error.js";

describe("messages that a segment is too big", () => {
  it("are the first of each flow, and no other ICMP errors", () => {
    const needed = { code: 4, mtu: 1400 };
    const told = tooBigMessages([
      sampleIcmpError(null, { ...needed, frame: 5 }),
      sampleIcmpError(1, { frame: 6 }),
      sampleIcmpError(1, { ...needed, frame: 8 }),
      sampleIcmpError(1, { code: 4, mtu: 1280, frame: 9 }),
      sampleIcmpError(2, { code: 4, mtu: 0, frame: 10 }),
    ]);
    expect([...told]).to.deep.equal([
      [1, { mtu: 1400, reporter: "192.0.2.254", frame: 8 }],
      [2, { mtu: 0, reporter: "192.0.2.254", frame: 10 }],
    ]);
  });
});
