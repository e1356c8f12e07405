import { expect } from "chai";
import { SendLog } from "../../../src/flows/causes/send-log.js";
import { segmentsOf } from "../../support/script-segments.js";

/** A direction that sent `count` segments of one octet. */
function sentOctets(sent: SendLog, count: number): number {
  const batch = segmentsOf("0 -> . 1:2(1) ack 1");
  let newest = 0;
  for (let first = 1; first <= count; first++) {
    batch.relativeSeq[0] = first;
    newest = sent.add(newest, false, batch, 0, 1, 1);
  }
  return newest;
}

describe("the search for what was sent before", () => {
  it("finds an octet thousands of segments back, as often as real captures ask", () => {
    const sent = new SendLog();
    const newest = sentOctets(sent, 4000);
    for (let time = 0; time < 1000; time++) sent.find(newest, 1, 2);
    expect(sent.original).to.equal(0);
  });

  it("becomes short when a capture holds little but long searches, and goes on with what is near", () => {
    const sent = new SendLog();
    const newest = sentOctets(sent, 4000);
    for (let time = 0; time < 2000; time++) sent.find(newest, 1, 2);
    expect([sent.original, sent.isWhole]).to.deep.equal([-1, false]);
    sent.find(newest, 3990, 3991);
    expect(sent.original).to.equal(3989);
  });

  it("recovers when other segments come", () => {
    const sent = new SendLog();
    let newest = sentOctets(sent, 4000);
    for (let time = 0; time < 2000; time++) sent.find(newest, 1, 2);
    newest = sentOctets(sent, 20_000);
    sent.find(newest, 19_000, 19_001);
    expect(sent.original).to.equal(4000 + 18_999);
  });
});
