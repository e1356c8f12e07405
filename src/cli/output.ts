import type { WriteStream } from "node:tty";

/** Text is gathered into pieces of this many characters: a write per line would be slow. */
const PIECE_LENGTH = 1 << 16;

/** Standard output went away in another way than by its reader's will: a full disk, for example. */
export class OutputError extends Error {}

/** Writes to standard output as fast as its reader takes it, and knows when the reader has gone (`| head`). */
export class Output {
  readonly #stream: NodeJS.WritableStream;
  #pending = "";
  #failure: Error | null = null;

  constructor(stream: NodeJS.WritableStream) {
    this.#stream = stream;
    stream.on("error", (error: Error) => {
      this.#failure = error;
    });
  }

  /** Writes the pieces in order; stops asking for more when nobody reads any longer. */
  async write(pieces: Iterable<string>): Promise<void> {
    for (const piece of pieces) {
      this.#pending += piece;
      if (this.#pending.length >= PIECE_LENGTH && !(await this.#flush())) return;
    }
    await this.#flush();
  }

  async #flush(): Promise<boolean> {
    const text = this.#pending;
    this.#pending = "";
    if (this.#failure === null && text !== "") {
      await new Promise<void>((resolve) => {
        this.#stream.write(text, (error) => {
          this.#failure ??= error ?? null;
          resolve();
        });
      });
    }
    return this.#isOpen();
  }

  #isOpen(): boolean {
    if (this.#failure === null) return true;
    const code = "code" in this.#failure ? String(this.#failure.code) : this.#failure.message;
    if (code === "EPIPE") return false;
    const reason = code === "ENOSPC" ? "the disk is full" : `the system reports ${code}`;
    throw new OutputError(`cannot write to standard output: ${reason}`, { cause: this.#failure });
  }
}

/** Lines with their ends. */
export function* withLineEnds(lines: Iterable<string>): IterableIterator<string> {
  for (const line of lines) yield `${line}\n`;
}

const DEFAULT_COLUMNS = 80;

/** Columns of the terminal that a stream writes to; undefined when it is none. */
export function terminalColumns(stream: WriteStream): number | undefined {
  // A terminal that does not tell its size reports 0.
  return stream.isTTY ? stream.columns || DEFAULT_COLUMNS : undefined;
}

/** Columns for text that is wrapped: 80, fewer on a narrower terminal, never so few that it cannot be read. */
export function textWidth(stream: WriteStream): number {
  return Math.max(40, Math.min(DEFAULT_COLUMNS, terminalColumns(stream) ?? DEFAULT_COLUMNS));
}
