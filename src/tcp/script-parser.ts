import { haveSameEnds, laterConnection, scanConnection } from "./notation-connection.js";
import { parsePacketLine } from "./notation-line.js";
import { type RepeatBlock, repetitionOf, scanRepeat } from "./notation-repeat.js";
import { NotationScanner } from "./notation-scanner.js";
import type { PacketLine } from "./packet-line.js";
import type { Script, ScriptConnection, ScriptLine } from "./script.js";

/** Reads a script line by line and knows what one line leaves to the next: time, connection, open block. */
export class ScriptParser {
  readonly #declared = new Map<number, ScriptConnection>();
  readonly #used = new Set<ScriptConnection>();
  readonly #labels = new Set<string>();
  readonly #lines: ScriptLine[] = [];
  #current: ScriptConnection = { number: 1, client: null, server: null };
  #previousTimeNs = 0;
  #block: RepeatBlock | null = null;

  read(text: string, lineNumber: number): void {
    const scanner = new NotationScanner(text, lineNumber);
    if (scanner.match(/\/\/|$/y) !== null) return;
    if (this.#block !== null) this.#readInside(this.#block, scanner);
    else if (scanner.match(/connection(?!\w)/y) !== null) this.#select(scanner);
    else if (scanner.match(/repeat(?!\w)/y) !== null) this.#block = scanRepeat(scanner);
    else {
      const line = parsePacketLine(text, this.#previousTimeNs, lineNumber);
      this.#append([{ line, connection: this.#declare(this.#current, scanner) }], scanner);
    }
  }

  finish(): Script {
    this.#block?.opening.refuse("the } that ends this repeat is missing");
    return { connections: [...this.#used], lines: this.#lines };
  }

  /** Without ends the directive goes back to an earlier connection, or begins one with default ends. */
  #select(scanner: NotationScanner): void {
    const connection = scanConnection(scanner);
    const earlier = this.#declared.get(connection.number);
    const isReturn = earlier !== undefined && connection.client === null && connection.server === null;
    this.#current = isReturn ? earlier : this.#declare(connection, scanner);
  }

  #declare(connection: ScriptConnection, scanner: NotationScanner): ScriptConnection {
    const earlier = this.#declared.get(connection.number) ?? connection;
    if (!haveSameEnds(earlier, connection)) {
      scanner.refuse(
        `connection ${connection.number} has other ends already, a new one needs its own number`,
      );
    }
    this.#declared.set(connection.number, earlier);
    return earlier;
  }

  #readInside(block: RepeatBlock, scanner: NotationScanner): void {
    if (scanner.match(/\}\s*(?:\/\/.*)?$/y) === null) {
      block.body.push(scanner);
      return;
    }
    this.#block = null;
    const rows = [];
    for (let index = 0; index < block.repetitions; index++) {
      const connection = this.#declare(laterConnection(this.#current, index, block.opening), block.opening);
      for (const line of repetitionOf(block, index, this.#previousTimeNs)) rows.push({ line, connection });
    }
    // Repetitions longer than their distance overlap; a capture has their packets in order of time.
    rows.sort((a, b) => a.line.timeNs - b.line.timeNs);
    this.#append(rows, block.opening);
  }

  #append(rows: { line: PacketLine; connection: ScriptConnection }[], scanner: NotationScanner): void {
    for (const { line, connection } of rows) {
      if (line.label !== null && this.#labels.has(line.label)) {
        scanner.refuse(`the label @${line.label} names a packet already`);
      }
      if (line.label !== null) this.#labels.add(line.label);
      this.#used.add(connection);
      this.#lines.push({ ...line, connection: connection.number });
      this.#previousTimeNs = line.timeNs;
    }
  }
}
