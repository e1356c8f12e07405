import { LABELS } from "../flows/labels/label.js";
import { COMPARED_FIELDS, type ComparedField, type FrameAnswer } from "./frame-answer.js";

const FRAME_FIELD = "frame.number";
const STREAM_FIELD = "tcp.stream";
const LABEL_PREFIX = "tcp.analysis.";
/** A column of our own making: names of labels without their prefix, separated by commas. */
const LABELS_COLUMN = "labels";
/** The nine control bits; tshark prints three reserved ones before them. RFC 9293, section 3.1, and RFC 9768. */
const CONTROL_BITS = 0x1ff;

/** The fields that tshark is asked for, in the order of the table's columns. */
export const TSHARK_FIELDS: readonly string[] = [
  FRAME_FIELD,
  STREAM_FIELD,
  ...COMPARED_FIELDS.map(({ name }) => name),
  ...LABELS.map(({ name }) => LABEL_PREFIX + name),
];

type WritableAnswer = { -readonly [Key in keyof FrameAnswer]: FrameAnswer[Key] };
type CellReader = (cell: string, answer: WritableAnswer) => void;

/**
 * Reads rows of `tshark -T fields -E header=y -E separator=/t`, in any order of columns; those it does not know are
 * passed over. Labels stand in a column each (any text means that it is set) or as a list in a column `labels`.
 */
export class TsharkTable {
  readonly #readers: readonly (CellReader | null)[];

  /** @param header the first line, names of fields */
  constructor(header: string) {
    this.#readers = header.split("\t").map(readerOf);
  }

  /** The answer of one row; a cell that is empty or no number counts as 0. */
  row(line: string): FrameAnswer {
    const answer = emptyAnswer();
    const cells = line.split("\t");
    for (const [column, read] of this.#readers.entries()) {
      const cell = cells[column];
      if (read !== null && cell !== undefined && cell !== "") read(cell, answer);
    }
    return answer;
  }
}

function emptyAnswer(): WritableAnswer {
  return {
    frame: 0,
    stream: 0,
    sourcePort: 0,
    destinationPort: 0,
    seq: 0,
    ack: 0,
    payloadLength: 0,
    flags: 0,
    labels: 0,
    completeness: 0,
    initialRttNs: 0,
    ackRttNs: 0,
    bytesInFlight: 0,
    duplicateAckNumber: 0,
    rtoNs: 0,
  };
}

function readerOf(name: string): CellReader | null {
  if (name === FRAME_FIELD) return (cell, answer) => (answer.frame = toNumber(cell));
  if (name === STREAM_FIELD) return (cell, answer) => (answer.stream = toNumber(cell));
  if (name === LABELS_COLUMN) return (cell, answer) => (answer.labels |= labelBits(cell));
  const field = COMPARED_FIELDS.find((each) => each.name === name);
  if (field !== undefined) return fieldReader(field);
  const label = LABELS.find((each) => LABEL_PREFIX + each.name === name);
  return label === undefined ? null : (_, answer) => (answer.labels |= label.bit);
}

function fieldReader({ key, unit }: ComparedField): CellReader {
  switch (unit) {
    case "number":
      return (cell, answer) => (answer[key] = toNumber(cell));
    case "flags":
      return (cell, answer) => (answer[key] = toNumber(cell) & CONTROL_BITS);
    case "nanoseconds":
      return (cell, answer) => (answer[key] = toNanoseconds(cell));
  }
}

function labelBits(list: string): number {
  let bits = 0;
  for (const name of list.split(",")) bits |= LABELS.find((label) => label.name === name)?.bit ?? 0;
  return bits;
}

function toNumber(cell: string): number {
  const value = Number(cell);
  return Number.isFinite(value) ? value : 0;
}

/** `-1.000012000` as nanoseconds, without the rounding that a multiplication by 1e9 would bring. */
function toNanoseconds(cell: string): number {
  const match = /^(-?)(\d{1,10})(?:\.(\d{1,9}))?$/.exec(cell);
  if (match === null) return 0;
  const [, sign, seconds, fraction = ""] = match;
  const magnitude = Number(seconds) * 1e9 + Number(fraction.padEnd(9, "0"));
  return sign === "-" ? -magnitude : magnitude;
}
