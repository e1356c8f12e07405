import { expect } from "chai";
import { leftOut } from "../../../../src/report/html/page/left-out.js";

describe("what the page leaves out", () => {
  it("is in the database, if there is one", () => {
    expect(leftOut(1200, "finding", "tcptrace.db")).to.equal("1,200 more findings are in the database.");
    expect(leftOut(1, "server", "tcptrace.db")).to.equal("1 more server is in the database.");
    expect(leftOut(2, "event", null)).to.equal("2 more events are left out here.");
  });
});
