import { isIPv6 } from "node:net";
import { expect } from "chai";
import { FAULTS } from "./faults.js";
import { drawScenario } from "./scenario.js";

const SEEDS = Array.from({ length: 100 }, (_, index) => index + 1);
const shareOf = <Item>(items: readonly Item[], is: (item: Item) => boolean): number =>
  items.filter(is).length / items.length;

describe("scenarios of known faults", () => {
  const none = SEEDS.map((seed) => drawScenario(seed, FAULTS[0]!));

  it("follow from their seed", () => {
    for (const fault of FAULTS) expect(drawScenario(7, fault)).to.deep.equal(drawScenario(7, fault));
  });

  it("run over IPv6 in a third", () => {
    expect(shareOf(none, ({ addresses }) => isIPv6(addresses.server))).to.be.within(0.2, 0.45);
  });

  it("have clients that are greeted in a share", () => {
    const clients = none.flatMap((scenario) => scenario.clients);
    expect(shareOf(clients, ({ isGreeted }) => isGreeted)).to.be.within(0.2, 0.55);
  });

  for (const fault of FAULTS) {
    it(`end after what happens has: ${fault.name}`, () => {
      for (const { seconds, beginMs, lengthMs } of SEEDS.map((seed) => drawScenario(seed, fault)))
        expect(beginMs + lengthMs).to.be.at.most(seconds * 1000);
    });
  }

  it("last long in a share where an end may wait longer than most timers", () => {
    const outages = SEEDS.map((seed) => drawScenario(seed, FAULTS.find(({ name }) => name === "outage")!));
    expect(shareOf(outages, ({ lengthMs }) => lengthMs >= 20_000)).to.be.within(0.2, 0.45);
  });
});
