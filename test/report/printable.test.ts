import { expect } from "chai";
import fc from "fast-check";
import { escapeJson, printable, printableJson } from "../../src/report/printable.js";

describe("printable", () => {
  it("replaces what a terminal would act on", () => {
    expect(printable("\u001b[2Jx")).to.equal("?[2Jx");
    expect(printable("\u009b31m")).to.equal("?31m");
    expect(printable("a\u0007\u007fb")).to.equal("a??b");
    expect(printable("txt.\u202egnp.exe\u2066")).to.equal("txt.?gnp.exe?");
  });

  it("keeps text on one line", () => {
    expect(printable("a\r\nb\tc\u2028d")).to.equal("a  b c?d");
  });

  it("leaves letters of any script alone", () => {
    expect(printable("/tmp/größe/捕获.pcap — µs")).to.equal("/tmp/größe/捕获.pcap — µs");
  });
});

describe("printableJson", () => {
  it("loses nothing, and has nothing in it that a terminal would act on", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const json = printableJson({ text }, 2);
        expect(JSON.parse(json)).to.deep.equal({ text });
        expect(printable(json.replaceAll("\n", ""))).to.equal(json.replaceAll("\n", ""));
      }),
    );
    expect(printableJson("\u009b\u202e")).to.equal('"\\u009b\\u202e"');
  });

  it("keeps the line breaks between members", () => {
    expect(escapeJson('{\n"a": 1\n}')).to.equal('{\n"a": 1\n}');
  });
});
