import { expect } from "chai";
import { bucketEndOf, rateOf, stableSubject } from "../../src/gate/rated-finding.js";

const rated = (flows: number, serverFlows: number) =>
  rateOf({ ruleId: "some-rule", subject: "10.0.0.2:80", severity: "error", flows, serverFlows });

describe("what the gate knows a finding by", () => {
  it("is free of ports that Linux and IANA give to clients", () => {
    expect(stableSubject("10.0.0.1 -> 10.0.0.2:80")).to.equal("10.0.0.1 -> 10.0.0.2:80");
    expect(stableSubject("10.0.0.1:32767")).to.equal("10.0.0.1:32767");
    expect(stableSubject("10.0.0.1:32768 -> [::1]:65535 (vlan 10)")).to.equal(
      "10.0.0.1:ephemeral -> [::1]:ephemeral (vlan 10)",
    );
  });

  it("keeps IPv6 addresses as they are", () => {
    expect(stableSubject("2001:db8::9999 -> [2001:db8::8888]:443")).to.equal(
      "2001:db8::9999 -> [2001:db8::8888]:443",
    );
  });
});

describe("the rate of a finding", () => {
  it("is the share of its servers' connections", () => {
    expect(rated(3, 10)).to.equal(0.3);
    expect(rated(10, 10)).to.equal(1);
    // The capture has flows whose server is not known as one.
    expect(rated(3, 0)).to.equal(1);
  });

  it("falls into the bucket that ends at or above it", () => {
    const ends = [0.0001, 0.001, 0.0011, 0.02, 0.3, 0.31, 1].map(bucketEndOf);
    expect(ends).to.deep.equal([0.001, 0.001, 0.003, 0.03, 0.3, 1, 1]);
  });
});
