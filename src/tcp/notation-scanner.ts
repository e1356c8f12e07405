/** Reads one line of the notation from left to right; whatever does not fit becomes a SyntaxError that says where. */
export class NotationScanner {
  readonly text: string;
  /** 1-based line number in the script. */
  readonly lineNumber: number;
  #at = 0;

  constructor(text: string, lineNumber: number) {
    this.text = text;
    this.lineNumber = lineNumber;
  }

  /** Passes over blanks, then over what the sticky `pattern` matches; null, and nothing read, when it does not. */
  match(pattern: RegExp): RegExpExecArray | null {
    while (this.text[this.#at] === " " || this.text[this.#at] === "\t") this.#at++;
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text);
    if (found !== null) this.#at = pattern.lastIndex;
    return found;
  }

  /** As `match`; refuses the line when the pattern does not match. */
  expect(pattern: RegExp, expected: string): RegExpExecArray {
    return this.match(pattern) ?? this.fail(expected);
  }

  /** Reads a whole number from `low` to `high`; both are safe integers. */
  integer(what: string, low: number, high: number): number {
    return this.within(this.expect(INTEGER, what)[0], what, low, high);
  }

  /** The number that `digits`, just read, stand for; refuses the line when it is out of range. */
  within(digits: string, what: string, low: number, high: number): number {
    // Adding 0 makes "-0" an ordinary zero.
    const value = Number(digits) + 0;
    if (!Number.isSafeInteger(value) || value < low || value > high) {
      return this.refuse(`${what} is from ${low} to ${high}, not ${digits}`);
    }
    return value;
  }

  /** Refuses what stands at the present place. */
  fail(expected: string): never {
    const rest = this.text.slice(this.#at).trim();
    return this.refuse(`expected ${expected}, found ${rest === "" ? "the end of the line" : `"${rest}"`}`);
  }

  /** Refuses the line as a whole. */
  refuse(reason: string): never {
    throw new SyntaxError(`packet notation, line ${this.lineNumber}: ${reason}, in "${this.text.trim()}"`);
  }
}

const INTEGER = /-?\d+(?![\w.])/y;
