import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { skipBecause } from "../../support/mounts.js";
import { NetworkNamespace } from "../../support/network-namespace.js";
import { withoutKoffi } from "../../support/without-koffi.js";

const MAIN = fileURLToPath(new URL("../../../dist/main.js", import.meta.url));
const LIST = [process.execPath, MAIN, "live", "--list", "--format", "jsonl"] as const;
const ETHERNET = 1;

describe("the list of interfaces", function () {
  this.timeout(30_000);
  let network: NetworkNamespace;

  before(function () {
    const reason = NetworkNamespace.whyNot();
    if (reason !== null) skipBecause(this, reason);
  });
  beforeEach(() => {
    network = NetworkNamespace.create();
    network.ip("link", "add", "left", "type", "veth", "peer", "name", "right");
    network.ip("address", "add", "10.9.0.1/24", "dev", "left");
    network.ip("link", "set", "left", "addrgenmode", "none", "up");
    network.ip("link", "set", "right", "addrgenmode", "none");
  });
  afterEach(() => network.remove());

  function linesOf(printed: string): unknown[] {
    return printed
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
  }

  it("has those of this network namespace, even where /sys is another's", () => {
    // Unlike ip netns exec, nsenter leaves /sys as it was.
    const printed = execFileSync("nsenter", [`--net=/run/netns/${network.name}`, ...LIST], {
      encoding: "utf8",
    });
    expect(linesOf(printed)).to.deep.equal([
      { name: "left", addresses: ["10.9.0.1"], isUp: true, isLoopback: false, linkType: ETHERNET },
      { name: "lo", addresses: ["127.0.0.1", "::1"], isUp: true, isLoopback: true, linkType: ETHERNET },
      { name: "right", addresses: [], isUp: false, isLoopback: false, linkType: ETHERNET },
    ]);
  });

  it("does not claim to know what it cannot ask without koffi", async () => {
    network.ip("link", "set", "right", "up");
    expect(linesOf(await network.run(...withoutKoffi(...LIST)))).to.deep.equal([
      { name: "left", addresses: ["10.9.0.1"], isUp: true, isLoopback: false, linkType: null },
      { name: "lo", addresses: ["127.0.0.1", "::1"], isUp: true, isLoopback: true, linkType: null },
      { name: "right", addresses: [], isUp: null, isLoopback: false, linkType: null },
    ]);
  });
});
