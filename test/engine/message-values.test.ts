import { expect } from "chai";
import {
  connections,
  duration,
  ipFamilyOption,
  limitNote,
  seconds,
  synCount,
} from "../../src/engine/message-values.js";

describe("values in messages", () => {
  it("count connections as people do", () => {
    expect([0, 1, 2].map(connections)).to.deep.equal(["0 connections", "1 connection", "2 connections"]);
  });

  it("count SYNs so, too", () => {
    expect([0, 1, 2].map(synCount)).to.deep.equal(["0 SYNs", "1 SYN", "2 SYNs"]);
  });

  it("say how many of something were left out", () => {
    expect(limitNote(5, "attempts", 0)).to.equal("");
    expect(limitNote(5, "attempts", 2)).to.equal(" Counted are the first 5 attempts, not the 2 after them.");
  });

  it("give times in seconds with one decimal", () => {
    expect([0, 49_000_000, 52_612_000_000].map(seconds)).to.deep.equal(["0.0", "0.0", "52.6"]);
  });

  it("give short times in milliseconds", () => {
    expect([400_000, 9_960_000, 12_400_000, 999_600_000, 4_100_000_000].map(duration)).to.deep.equal([
      "0.4 ms",
      "10 ms",
      "12 ms",
      "1.0 s",
      "4.1 s",
    ]);
  });

  it("tell ip the version of an address", () => {
    expect(["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"].map(ipFamilyOption)).to.deep.equal([
      "-4",
      "-6",
      "-6",
    ]);
  });
});
