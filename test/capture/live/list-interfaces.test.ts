import { expect } from "chai";
import { listInterfaces } from "../../../src/capture/live/list-interfaces.js";
import { skipBecause } from "../../support/mounts.js";

describe("the list of interfaces", () => {
  it("has the loopback device with its address, as Ethernet", async function () {
    if (process.platform !== "linux") skipBecause(this, "/sys is Linux's");
    const loopback = (await listInterfaces()).find(({ name }) => name === "lo");
    expect(loopback).to.deep.include({ isUp: true, isLoopback: true, linkType: 1 });
    expect(loopback?.addresses).to.include("127.0.0.1");
  });
});
