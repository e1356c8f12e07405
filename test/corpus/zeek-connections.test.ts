import { expect } from "chai";
import { compareWithZeek, ZEEK_SUFFIX } from "../differential/zeek.js";
import { corpusNames, describeCorpus } from "../support/corpus.js";

describeCorpus("flows and Zeek's connections", () => {
  for (const name of corpusNames(["tcp", "formats", "malformed"], ZEEK_SUFFIX)) {
    it(`have the same state, history, octets and packets in ${name}`, async () => {
      const agreement = await compareWithZeek(name);
      expect(agreement?.differences.filter(({ reason }) => reason === null)).to.deep.equal([]);
    });
  }
});
