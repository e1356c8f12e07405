import { expect } from "chai";
import { DecodeCounts } from "../../src/decode/decode-counts.js";

describe("decode counts", () => {
  it("list what was counted, most frequent first, then by name", () => {
    const counts = new DecodeCounts();
    counts.incrementNumbered("ethertype", 0x88cc);
    counts.increment("udp");
    counts.increment("udp");
    counts.increment("arp");
    counts.incrementNumbered("ipProtocol", 132);
    counts.incrementNumbered("linkType", 189);
    expect(counts.entries()).to.deep.equal([
      { name: "udp", frames: 2 },
      { name: "arp", frames: 1 },
      { name: "ethertype 0x88cc", frames: 1 },
      { name: "ip protocol 132", frames: 1 },
      { name: "link type 189 not supported", frames: 1 },
    ]);
    expect(counts.total).to.equal(6);
  });

  it("keep a bounded number of names and lose no frame", () => {
    const counts = new DecodeCounts();
    for (let type = 0; type < 65536; type++) counts.incrementNumbered("ethertype", type);
    expect(counts.entries()).to.have.length(1025);
    expect(counts.entries()[0]).to.deep.equal({ name: "other protocols", frames: 65536 - 1024 });
    expect(counts.total).to.equal(65536);
  });
});
