/**
 * The running checksum of a write-ahead log's frames and of its index's header: two sums over pairs of 32-bit words in
 * the machine's order. https://www.sqlite.org/walformat.html section 2.1
 */
export class LogChecksum {
  /** Both as signed 32-bit integers. */
  first = 0;
  second = 0;

  /** Goes on behind what had these sums. */
  startAt(first: number, second: number): void {
    this.first = first | 0;
    this.second = second | 0;
  }

  /** Adds `words[from, to)`, an even number of them. */
  add(words: Int32Array, from: number, to: number): void {
    let { first, second } = this;
    for (let at = from; at < to; at += 2) {
      first = (first + words[at]! + second) | 0;
      second = (second + words[at + 1]! + first) | 0;
    }
    this.first = first;
    this.second = second;
  }
}
