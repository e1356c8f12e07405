import { expect } from "chai";
import { CAPTURES, readAnswers } from "./answers.js";
import { compareWithTstat } from "./compare-tstat.js";

/**
 * Connections that consist of other segments than ours: Tstat leaves segments out that are like the one before within 2 ms, as
 * ACKs over loopback are, ends a connection at its last FIN or RST, and may begin another with a SYN that is sent again.
 */
const CONNECTIONS = 159;
const CUT_ELSEWHERE = 47;

describe("the statistics of captures/, beside what Tstat 3.1.1 said", () => {
  const answers = readAnswers();
  let cut = 0;

  for (const [capture, connections] of answers) {
    it(`${capture} has the same in every column`, async () => {
      const { cutElsewhere, differences } = await compareWithTstat(CAPTURES + capture, connections);
      cut += cutElsewhere.length;
      expect(differences).to.deep.equal([]);
    });
  }

  it(`are those of the same segments in all of ${CONNECTIONS} connections but ${CUT_ELSEWHERE}`, () => {
    const connections = [...answers.values()].flat();
    expect([connections.length, cut]).to.deep.equal([CONNECTIONS, CUT_ELSEWHERE]);
  });
});
