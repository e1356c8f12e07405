import { BrailleCanvas } from "./braille-canvas.js";
import { formatCount, formatDuration } from "./quantity.js";
import type { TimelineRow } from "./timeline.js";

const COLUMNS = 60;
const ROWS = 12;
/** Fewer data segments are read faster in the ladder. */
const FEWEST_SEGMENTS = 4;
/** Points kept of a direction; beyond, every second one is left out, again and again. */
const MOST_POINTS = 1 << 16;

/**
 * The octets of one direction over time, as tcptrace draws them: what was sent, what was acknowledged, what was sent again
 * (R), and where the receiver had no room (Z). Memory does not grow with the flow.
 */
export class SequencePlot {
  readonly #direction: TimelineRow["direction"];
  /** Time, first octet and end of each data segment, in turn; of each acknowledgment time and number. */
  #sent: number[] = [];
  #acks: number[] = [];
  readonly #marks: { timeNs: number; seq: number; letter: string }[] = [];
  #sentEvery = 1;
  #acksEvery = 1;
  #segments = 0;
  #ackCount = 0;
  #highest = 1;
  #endNs = 1;

  constructor(direction: TimelineRow["direction"]) {
    this.#direction = direction;
  }

  add({ timeNs, direction, seq, length, ack, cause, isCopy, isZeroWindow }: TimelineRow): void {
    if (isCopy) return;
    this.#endNs = Math.max(this.#endNs, timeNs);
    if (direction !== this.#direction) {
      if (ack !== null) this.#addAck(timeNs, ack, isZeroWindow);
      return;
    }
    if (length === 0) return;
    this.#highest = Math.max(this.#highest, seq + length);
    if (cause !== null && this.#marks.length < MOST_POINTS) this.#marks.push({ timeNs, seq, letter: "R" });
    if (this.#segments++ % this.#sentEvery === 0) this.#sent.push(timeNs, seq, seq + length);
    if (this.#sent.length > MOST_POINTS * 3) {
      this.#sent = everySecond(this.#sent, 3);
      this.#sentEvery *= 2;
    }
  }

  #addAck(timeNs: number, ack: number, isZeroWindow: boolean): void {
    if (isZeroWindow && this.#marks.length < MOST_POINTS) this.#marks.push({ timeNs, seq: ack, letter: "Z" });
    if (this.#ackCount++ % this.#acksEvery === 0) this.#acks.push(timeNs, ack);
    if (this.#acks.length > MOST_POINTS * 2) {
      this.#acks = everySecond(this.#acks, 2);
      this.#acksEvery *= 2;
    }
  }

  /** The drawing with its axes, no wider than 77 columns up to a terabyte; none when there is too little to draw. */
  lines(): string[] {
    if (this.#segments < FEWEST_SEGMENTS) return [];
    const canvas = new BrailleCanvas(COLUMNS, ROWS);
    const x = (timeNs: number): number => (timeNs / this.#endNs) * (canvas.width - 1);
    const y = (seq: number): number => (seq / this.#highest) * (canvas.height - 1);
    for (let at = 0; at < this.#sent.length; at += 3)
      canvas.line(x(this.#sent[at]!), y(this.#sent[at + 1]!), x(this.#sent[at]!), y(this.#sent[at + 2]!));
    for (let at = 2; at < this.#acks.length; at += 2) {
      const [fromNs, from, toNs, to] = this.#acks.slice(at - 2, at + 2) as [number, number, number, number];
      canvas.line(x(fromNs), y(from), x(toNs), y(from));
      canvas.line(x(toNs), y(from), x(toNs), y(to));
    }
    for (const { timeNs, seq, letter } of this.#marks) canvas.letter(x(timeNs), y(seq), letter);
    const top = formatCount(this.#highest - 1);
    const margin = top.length;
    const end = formatDuration(this.#endNs);
    const drawn = canvas.lines().map((line, index) => {
      const label = index === 0 ? top : index === ROWS - 1 ? "0" : "";
      return `${label.padStart(margin)} │${line}`.trimEnd();
    });
    const sender = this.#direction === "->" ? "client" : "server";
    return [
      `octets from the ${sender}: sent (upper), acknowledged (lower)${this.#legend()}`,
      ...drawn,
      `${" ".repeat(margin)} └${"─".repeat(COLUMNS)}`,
      `${" ".repeat(margin)}  0${end.padStart(COLUMNS - 1)}`,
    ];
  }

  #legend(): string {
    const has = (letter: string): boolean => this.#marks.some((mark) => mark.letter === letter);
    return `${has("R") ? ", R again" : ""}${has("Z") ? ", Z no window" : ""}`;
  }
}

/** Every second of the groups of `size` numbers. */
function everySecond(numbers: readonly number[], size: number): number[] {
  return numbers.filter((_, index) => Math.floor(index / size) % 2 === 0);
}
