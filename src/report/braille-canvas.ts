/** Dots of a cell from the top down, left column then right. Unicode, Braille Patterns: U+2800 plus a bit each. */
const DOTS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;
const BLANK = 0x2800;
const DOTS_ACROSS = 2;
const DOTS_DOWN = 4;

/** A drawing in characters: dots, eight to a character, and letters that stand over them. Row 0 is at the bottom. */
export class BrailleCanvas {
  /** In dots. */
  readonly width: number;
  readonly height: number;
  readonly #columns: number;
  readonly #cells: Uint8Array;
  readonly #letters = new Map<number, string>();

  constructor(columns: number, rows: number) {
    this.#columns = columns;
    this.width = columns * DOTS_ACROSS;
    this.height = rows * DOTS_DOWN;
    this.#cells = new Uint8Array(columns * rows);
  }

  /** A dot; what lies outside is drawn at the edge. */
  dot(x: number, y: number): void {
    const across = clamp(x, this.width);
    const down = this.height - 1 - clamp(y, this.height);
    const at = this.#cellAt(across, down);
    this.#cells[at] = this.#cells[at]! | DOTS[across % DOTS_ACROSS]![down % DOTS_DOWN]!;
  }

  /** Dots from one to the other, straight across or straight up. */
  line(fromX: number, fromY: number, toX: number, toY: number): void {
    const steps = Math.max(
      Math.abs(clamp(toX, this.width) - clamp(fromX, this.width)),
      Math.abs(toY - fromY),
      1,
    );
    const most = Math.min(steps, this.width + this.height);
    for (let step = 0; step <= most; step++)
      this.dot(fromX + ((toX - fromX) * step) / most, fromY + ((toY - fromY) * step) / most);
  }

  /** A letter in the place of the dot's cell. */
  letter(x: number, y: number, letter: string): void {
    const down = this.height - 1 - clamp(y, this.height);
    this.#letters.set(this.#cellAt(clamp(x, this.width), down), letter);
  }

  /** From the top down. */
  lines(): string[] {
    const lines: string[] = [];
    for (let at = 0; at < this.#cells.length; at += this.#columns) {
      let line = "";
      for (let column = 0; column < this.#columns; column++) {
        const cell = this.#cells[at + column]!;
        line += this.#letters.get(at + column) ?? (cell === 0 ? " " : String.fromCodePoint(BLANK + cell));
      }
      lines.push(line.trimEnd());
    }
    return lines;
  }

  #cellAt(across: number, down: number): number {
    return Math.floor(down / DOTS_DOWN) * this.#columns + Math.floor(across / DOTS_ACROSS);
  }
}

function clamp(value: number, size: number): number {
  return Math.min(size - 1, Math.max(0, Math.floor(value)));
}
