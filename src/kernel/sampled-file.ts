import type { SampleTime } from "./sample-time.js";

/** What was read at one moment. */
export interface Sample<Row> {
  /** Null when the file does not tell. */
  readonly at: SampleTime | null;
  readonly rows: readonly Row[];
}

/** A file of samples, as far as it could be understood. */
export interface SampledFile<Row> {
  /** What wrote it, such as `nstat`; several when it mixes them, in order of appearance. */
  readonly formats: readonly string[];
  /** In the order of the file. */
  readonly samples: readonly Sample<Row>[];
  /** Lines that are nothing known. */
  readonly unknownLines: number;
}

/** Lines beyond this length are not looked at. */
const LONGEST_LINE = 1 << 20;

/** The lines of a text, without their ends; overlong ones are empty. */
export function* linesOf(text: string): IterableIterator<string> {
  for (let start = 0; start < text.length; ) {
    let end = text.indexOf("\n", start);
    if (end < 0) end = text.length;
    yield end - start > LONGEST_LINE ? "" : text.slice(start, end).replace(/\r$/, "");
    start = end + 1;
  }
}

/** Gathers rows into samples: a time begins one, and so does whatever the caller says. */
export class SampleCollector<Row> {
  readonly #samples: { at: SampleTime | null; rows: Row[] }[] = [];
  readonly #formats = new Set<string>();
  /** A time was read, and nothing after it. */
  #pendingTime: SampleTime | null = null;
  #isOpen = false;
  unknownLines = 0;

  /** What follows was read at `at`. */
  time(at: SampleTime): void {
    this.#pendingTime = at;
    this.#isOpen = false;
  }

  /** What follows belongs to another sample than what was before. */
  close(): void {
    this.#isOpen = false;
  }

  add(row: Row, format: string): void {
    this.open(format);
    this.#samples.at(-1)!.rows.push(row);
  }

  /** Begins a sample that may stay empty: a list without entries is an answer, too. */
  open(format: string): void {
    this.#formats.add(format);
    if (this.#isOpen) return;
    this.#samples.push({ at: this.#pendingTime, rows: [] });
    this.#pendingTime = null;
    this.#isOpen = true;
  }

  /** Null when nothing was recognized. */
  finish(): SampledFile<Row> | null {
    if (this.#samples.length === 0) return null;
    return { formats: [...this.#formats], samples: this.#samples, unknownLines: this.unknownLines };
  }
}
