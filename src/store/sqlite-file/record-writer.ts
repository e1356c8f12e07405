import { EMPTY_TEXT_TYPE, NULL_TYPE, putInteger } from "./record-values.js";
import { putVarint, varintLength } from "./varint.js";

const encoder = new TextEncoder();

/**
 * Writes one record column by column into memory that exists already. The header is laid out for one octet per serial
 * type; the rare longer one moves what was written of the body.
 * https://www.sqlite.org/fileformat2.html section 2.1
 */
export class RecordWriter {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #recordAt = 0;
  #typeAt = 0;
  #bodyAt = 0;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Begins a record of `columns` values (at most 100) at `at`. */
  begin(at: number, columns: number): void {
    this.#recordAt = at;
    this.#typeAt = at + 1;
    this.#bodyAt = at + 1 + columns;
    this.#at = this.#bodyAt;
  }

  /** Ends the record and returns the offset behind it. */
  end(): number {
    this.#bytes[this.#recordAt] = this.#bodyAt - this.#recordAt;
    return this.#at;
  }

  null(): void {
    this.#bytes[this.#typeAt++] = NULL_TYPE;
  }

  /** An integer, -(2^53-1) to 2^53-1. */
  integer(value: number): void {
    this.#at = putInteger(this.#view, this.#typeAt, this.#at, value);
    this.#typeAt++;
  }

  integerOrNull(value: number | null): void {
    if (value === null) this.null();
    else this.integer(value);
  }

  textOrNull(value: string | null): void {
    if (value === null) this.null();
    else this.text(value);
  }

  /** A text, stored as UTF-8. */
  text(value: string): void {
    const bytes = this.#bytes;
    const at = this.#at;
    const length = value.length;
    for (let position = 0; position < length; position++) {
      const code = value.charCodeAt(position);
      if (code > 0x7f) {
        this.#unicodeText(value);
        return;
      }
      bytes[at + position] = code;
    }
    this.#textType(length);
    this.#at += length;
  }

  #unicodeText(value: string): void {
    const { written } = encoder.encodeInto(value, this.#bytes.subarray(this.#at));
    this.#textType(written);
    this.#at += written;
  }

  /** Writes the serial type of the text of `length` octets that stands at `#at`. */
  #textType(length: number): void {
    const type = EMPTY_TEXT_TYPE + 2 * length;
    const extra = varintLength(type) - 1;
    if (extra > 0) {
      this.#bytes.copyWithin(this.#bodyAt + extra, this.#bodyAt, this.#at + length);
      this.#bodyAt += extra;
      this.#at += extra;
    }
    this.#typeAt = putVarint(this.#bytes, this.#typeAt, type);
  }
}
