import { expect } from "chai";
import { BrailleCanvas } from "../../src/report/braille-canvas.js";

describe("a drawing in Braille patterns", () => {
  it("has eight dots in a character, the lowest row at the bottom (Unicode, U+2800 to U+28FF)", () => {
    const canvas = new BrailleCanvas(2, 1);
    canvas.dot(0, 0);
    canvas.dot(1, 3);
    canvas.dot(2, 1);
    expect(canvas.lines()).to.deep.equal(["\u2848\u2804"]);
  });

  it("draws lines straight across and straight up", () => {
    const canvas = new BrailleCanvas(2, 2);
    canvas.line(0, 0, 3, 0);
    canvas.line(3, 0, 3, 7);
    expect(canvas.lines()).to.deep.equal([" \u28b8", "\u28c0\u28f8"]);
  });

  it("puts letters over dots, and what lies outside at the edge", () => {
    const canvas = new BrailleCanvas(2, 1);
    canvas.dot(-5, 99);
    canvas.letter(99, 0, "R");
    expect(canvas.lines()).to.deep.equal(["\u2801R"]);
  });
});
