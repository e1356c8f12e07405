import type { ByteSource } from "../byte-source.js";
import { AbsoluteNumbers } from "./absolute-numbers.js";
import { type FoundPacket, LineJoiner } from "./line-joiner.js";
import { LineSplitter } from "./line-splitter.js";
import { NameTable } from "./name-table.js";
import { TextClock } from "./text-clock.js";
import { writeFrame } from "./write-frame.js";

const READ_BYTES = 64 * 1024;
/** draft-ietf-opsawg-pcap, section 4. */
const MAGIC_NANOSECONDS = 0xa1b23c4d;
const PCAP_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
const LINKTYPE_RAW = 101;
const NS_PER_SECOND = 1_000_000_000n;
const NAMES_TOLD = 8;

/**
 * What tcpdump printed, as the capture that it read: a pcap stream of raw IP headers. Frames are the TCP segments of
 * the text in its order.
 */
export class TcpdumpTextSource implements ByteSource {
  readonly #text: ByteSource;
  readonly #input = new Uint8Array(READ_BYTES);
  readonly #splitter = new LineSplitter();
  readonly #joiner = new LineJoiner();
  readonly #clock: TextClock;
  readonly #names = new NameTable();
  readonly #numbers = new AbsoluteNumbers();
  #output: Uint8Array[] = [pcapHeader()];
  /** Octets taken from the first of `#output`. */
  #taken = 0;
  #isEnded = false;
  #frames = 0;
  #firstLine = 0;
  #unresolved = 0;

  constructor(text: ByteSource, areClocksDeltas: boolean) {
    this.#text = text;
    this.#clock = new TextClock(areClocksDeltas);
  }

  get bytesRead(): number {
    return this.#text.bytesRead;
  }

  get bytesTotal(): number | null {
    return this.#text.bytesTotal;
  }

  get damage(): string | null {
    return this.#text.damage;
  }

  /** Lines that belong to no segment, by name. */
  get skipped(): ReadonlyMap<string, number> {
    const lines = this.#joiner.otherLines + this.#unresolved;
    return new Map(lines === 0 ? [] : [["lines without a TCP segment", lines]]);
  }

  /** What the text does not tell, a sentence each. */
  get notes(): readonly string[] {
    if (this.#frames === 0) return [];
    const notes = [`frame 1 stands in line ${this.#firstLine} of the text`];
    for (const [name, lines] of this.skipped) notes.push(`${lines} ${name} passed over`);
    if (!this.#clock.hasTimes)
      notes.push("the text has no times (tcpdump -t): nothing that a rule measures in time can be judged");
    else if (this.#clock.hasGaps) notes.push("some segments have no time and count as simultaneous");
    if (this.#clock.isWithoutDate) notes.push("the text has no date: times count from 1970-01-01");
    const names = this.#names.standIns();
    if (names.length > 0) {
      const told = names.slice(0, NAMES_TOLD).map(({ name, value }) => `${value} stands for ${name}`);
      const others = names.length - told.length;
      notes.push(`${told.join(", ")}${others > 0 ? ` and ${others} more` : ""}`);
    }
    return notes;
  }

  async read(target: Uint8Array, at: number): Promise<number> {
    while (this.#output.length === 0) {
      if (this.#isEnded) return 0;
      const count = await this.#text.read(this.#input, 0);
      if (count === 0) this.#end();
      else
        for (const line of this.#splitter.push(this.#input.subarray(0, count)))
          this.#add(this.#joiner.push(line));
    }
    let written = 0;
    while (this.#output.length > 0 && at + written < target.length) {
      const first = this.#output[0]!;
      const count = Math.min(first.length - this.#taken, target.length - at - written);
      target.set(first.subarray(this.#taken, this.#taken + count), at + written);
      written += count;
      this.#taken += count;
      if (this.#taken < first.length) break;
      this.#output.shift();
      this.#taken = 0;
    }
    return written;
  }

  close(): Promise<void> {
    return this.#text.close();
  }

  #end(): void {
    this.#isEnded = true;
    const rest = this.#splitter.end();
    if (rest !== null) this.#add(this.#joiner.push(rest));
    this.#add(this.#joiner.end());
  }

  #add(found: FoundPacket | null): void {
    if (found === null) return;
    const { packet } = found;
    if (packet === null) {
      this.#clock.pass(found.time);
      return;
    }
    const ends = this.#names.resolve(packet.source, packet.destination, packet.ipVersion);
    if (ends === null) {
      this.#unresolved++;
      return;
    }
    const names = [packet.source, packet.destination].sort();
    const from = names[0] === packet.source ? 0 : 1;
    const numbers = this.#numbers.resolve(names.join(" "), from, packet);
    const timeNs = this.#clock.next(found.time);
    this.#frames++;
    if (this.#frames === 1) this.#firstLine = found.line;
    // Without times every repeated segment would pass for a second record of the same one; only the identification
    // tells those apart, so each gets its own.
    const isTold = this.#clock.hasTimes || packet.ttl > 0;
    const identification = isTold ? packet.identification : 1 + (this.#frames % 0xffff);
    const frame = writeFrame(packet, ends, numbers, identification);
    const record = new Uint8Array(RECORD_HEADER_BYTES + frame.bytes.length);
    const view = new DataView(record.buffer);
    view.setUint32(0, Number(timeNs / NS_PER_SECOND));
    view.setUint32(4, Number(timeNs % NS_PER_SECOND));
    view.setUint32(8, frame.bytes.length);
    view.setUint32(12, frame.wireLength);
    record.set(frame.bytes, RECORD_HEADER_BYTES);
    this.#output.push(record);
  }
}

function pcapHeader(): Uint8Array {
  const header = new Uint8Array(PCAP_HEADER_BYTES);
  const view = new DataView(header.buffer);
  view.setUint32(0, MAGIC_NANOSECONDS);
  view.setUint16(4, 2);
  view.setUint16(6, 4);
  view.setUint32(20, LINKTYPE_RAW);
  return header;
}
