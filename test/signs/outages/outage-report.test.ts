import { expect } from "chai";
import { hasCoincidence } from "../../../src/signs/outages/outage-report.js";
import type { StalledConnection } from "../../../src/signs/outages/stalled-addresses.js";

/** Nothing but the address that did not answer is looked at. */
const stalled = (...silent: readonly string[]) =>
  silent.map((address) => ({ silent: address }) as StalledConnection);

describe("a coincidence of stalls", () => {
  it("is two connections to one address", () => {
    expect(hasCoincidence(stalled("192.0.2.1", "192.0.2.2", "192.0.2.1"))).to.equal(true);
    expect(hasCoincidence(stalled("192.0.2.1", "192.0.2.2"))).to.equal(false);
    expect(hasCoincidence(stalled("192.0.2.1"))).to.equal(false);
  });

  it("is looked for at once among as many addresses as are kept", () => {
    const addresses = Array.from({ length: 100_000 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
    const startMs = performance.now();
    expect(hasCoincidence(stalled(...addresses))).to.equal(false);
    // Compared with each other they took 30 s.
    expect(performance.now() - startMs).to.be.below(2000);
  });
});
