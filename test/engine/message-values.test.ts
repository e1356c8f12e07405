import { expect } from "chai";
import { connections, ipFamilyOption, seconds } from "../../src/engine/message-values.js";

describe("values in messages", () => {
  it("count connections as people do", () => {
    expect([0, 1, 2].map(connections)).to.deep.equal(["0 connections", "1 connection", "2 connections"]);
  });

  it("give times in seconds with one decimal", () => {
    expect([0, 49_000_000, 52_612_000_000].map(seconds)).to.deep.equal(["0.0", "0.0", "52.6"]);
  });

  it("tell ip the version of an address", () => {
    expect(["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"].map(ipFamilyOption)).to.deep.equal([
      "-4",
      "-6",
      "-6",
    ]);
  });
});
