import { expect } from "chai";
import fc from "fast-check";
import { wrap } from "../../src/report/wrap.js";

describe("wrap", () => {
  it("breaks at blanks and indents", () => {
    expect(wrap("one two three", 10, "- ", "  ")).to.deep.equal(["- one two", "  three"]);
  });

  it("fills a line to its last column", () => {
    expect(wrap("aaaa bbbbb", 10)).to.deep.equal(["aaaa bbbbb"]);
    expect(wrap("aaaa bbbbbb", 10)).to.deep.equal(["aaaa", "bbbbbb"]);
  });

  it("keeps a command together, with the comma behind it", () => {
    expect(wrap("run now `ss -ltn`, then", 14)).to.deep.equal(["run now", "`ss -ltn`,", "then"]);
  });

  it("breaks a command that no line can hold", () => {
    expect(wrap("`nstat -az TcpExtA`", 12)).to.deep.equal(["`nstat -az", "TcpExtA`"]);
  });

  it("lets a word overhang that is longer than a line", () => {
    expect(wrap("in /a/very/long/path here", 8)).to.deep.equal(["in", "/a/very/long/path", "here"]);
  });

  it("gives a line for no text", () => {
    expect(wrap("", 10, "Why   ")).to.deep.equal(["Why"]);
  });

  it("loses and adds no word", () => {
    const word = fc.stringMatching(/^[a-z]{1,12}$/);
    fc.assert(
      fc.property(fc.array(word), fc.integer({ min: 1, max: 30 }), (words, width) => {
        const lines = wrap(words.join(" "), width);
        expect(lines.join(" ")).to.equal(words.join(" "));
        for (const line of lines) expect(line.length <= width || !line.includes(" ")).to.equal(true);
      }),
    );
  });
});
