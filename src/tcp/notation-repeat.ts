import { parsePacketLine } from "./notation-line.js";
import type { NotationScanner } from "./notation-scanner.js";
import { scanTimeNs } from "./notation-time.js";
import type { PacketLine } from "./packet-line.js";

const MAX_REPETITIONS = 10_000;

/** A `repeat 5 every 0.3 {` block. */
export interface RepeatBlock {
  /** The line that opens the block, for errors. */
  readonly opening: NotationScanner;
  readonly repetitions: number;
  /** From the start of one repetition to the start of the next. */
  readonly everyNs: number;
  /** Lines up to the closing brace. */
  readonly body: NotationScanner[];
}

/** Reads what follows the word `repeat`. */
export function scanRepeat(scanner: NotationScanner): RepeatBlock {
  const repetitions = scanner.integer("a number of repetitions", 1, MAX_REPETITIONS);
  scanner.expect(/every(?!\w)/y, "every and a time in seconds");
  const everyNs = scanTimeNs(scanner, 0);
  if (everyNs < 0) scanner.refuse("repetitions follow each other, their distance is not negative");
  scanner.expect(/\{\s*(?:\/\/.*)?$/y, "{ at the end of the line");
  return { opening: scanner, repetitions, everyNs, body: [] };
}

/** The lines of repetition 0, 1, …, of a block that begins at `startNs`. */
export function repetitionOf(block: RepeatBlock, index: number, startNs: number): PacketLine[] {
  let previousTimeNs = startNs + index * block.everyNs;
  return block.body.map((scanner) => {
    if (!/^\s*\+/.test(scanner.text)) {
      scanner.refuse("expected a packet line with a relative time such as +.001, inside repeat");
    }
    const line = parsePacketLine(scanner.text, previousTimeNs, scanner.lineNumber);
    previousTimeNs = line.timeNs;
    return line.label === null ? line : { ...line, label: `${line.label}-${index + 1}` };
  });
}
