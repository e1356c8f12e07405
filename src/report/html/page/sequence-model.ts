import { FIN, RST, SYN } from "../../../tcp/flags.js";
import type { DrawnFlow } from "../page-data.js";

/** A time-sequence graph of one direction, as tcptrace draws it: times in seconds, numbers relative. */
export interface SequenceModel {
  /** Segments with data, SYN, FIN or RST of the sender. */
  readonly sent: readonly SentMark[];
  /** The receiver's ACK, and the right edge of its window, each a step where it moves. */
  readonly ackLine: readonly SequencePoint[];
  readonly windowLine: readonly SequencePoint[];
  readonly sacks: readonly SequenceSpan[];
  /** ACKs that repeat the one before: tcptrace's ticks. */
  readonly duplicateAcks: readonly SequencePoint[];
  /** All other segments of the receiver that moved no ACK, such as its SYN-ACK again: not drawn, but they can be marked. */
  readonly stillAcks: readonly SequencePoint[];
  readonly zeroWindows: readonly SequencePoint[];
  /** Times between which packets of the flow are left out: nothing drawn there is sure. */
  readonly gaps: readonly (readonly [from: number, to: number])[];
}

export interface SequencePoint {
  readonly row: number;
  readonly seconds: number;
  readonly seq: number;
}

/** Numbers from `first` up to, not including, `last`. */
export interface SequenceSpan {
  readonly row: number;
  readonly seconds: number;
  readonly first: number;
  readonly last: number;
}

export interface SentMark extends SequenceSpan {
  readonly kind: "data" | "retransmission" | "out-of-order" | "syn" | "fin" | "rst";
}

const SACK_BLOCKS = /sack((?: -?\d+:-?\d+)+)/;

/** @param fromServer whose data is drawn; ACKs and windows are those of the other end */
export function sequenceModel(flow: DrawnFlow, fromServer: boolean): SequenceModel {
  const { packets } = flow;
  const sender = fromServer ? 1 : 0;
  const shift = windowShift(flow, !fromServer);
  const sent: SentMark[] = [];
  const ackLine: SequencePoint[] = [];
  const windowLine: SequencePoint[] = [];
  const sacks: SequenceSpan[] = [];
  const duplicateAcks: SequencePoint[] = [];
  const stillAcks: SequencePoint[] = [];
  const zeroWindows: SequencePoint[] = [];
  for (let row = 0; row < packets.frame.length; row++) {
    const seconds = packets.timeNs[row]! / 1e9;
    if (packets.fromServer[row] === sender) {
      const mark = sentMark(flow, row, seconds);
      if (mark !== null) sent.push(mark);
      continue;
    }
    const ack = packets.ack[row]!;
    if (ack === null || (packets.flags[row]! & RST) !== 0) continue;
    // RFC 7323, section 2.2: the window of a SYN is never scaled.
    const window = packets.window[row]! * ((packets.flags[row]! & SYN) !== 0 ? 1 : 2 ** shift);
    const previous = ackLine.at(-1);
    if (previous === undefined || ack > previous.seq) ackLine.push({ row, seconds, seq: ack });
    else if (hasLabel(flow, row, "duplicate_ack")) duplicateAcks.push({ row, seconds, seq: ack });
    else stillAcks.push({ row, seconds, seq: ack });
    if (windowLine.at(-1)?.seq !== ack + window) windowLine.push({ row, seconds, seq: ack + window });
    if (window === 0) zeroWindows.push({ row, seconds, seq: ack });
    for (const block of sackBlocks(flow, row)) sacks.push({ seconds, row, ...block });
  }
  return { sent, ackLine, windowLine, sacks, duplicateAcks, stillAcks, zeroWindows, gaps: gapsOf(flow) };
}

function gapsOf({ packets }: DrawnFlow): (readonly [from: number, to: number])[] {
  return packets.position.flatMap((position, row) => {
    const isGap = row > 0 && position > packets.position[row - 1]! + 1;
    return isGap ? [[packets.timeNs[row - 1]! / 1e9, packets.timeNs[row]! / 1e9] as const] : [];
  });
}

/** Shift of the windows an end offers: RFC 7323, section 2.2, only when both SYNs have the option. */
export function windowShift(flow: DrawnFlow, ofServer: boolean): number {
  const client = flow.clientEnd.windowScale;
  const server = flow.serverEnd.windowScale;
  if (client === null || server === null) return 0;
  // RFC 7323, section 2.3: a shift above 14 counts as 14.
  return Math.min(14, ofServer ? server : client);
}

function sentMark(flow: DrawnFlow, row: number, seconds: number): SentMark | null {
  const { packets } = flow;
  const flags = packets.flags[row]!;
  const length = packets.length[row]!;
  const first = packets.seq[row]!;
  const isRepeat = packets.cause[row] !== null;
  // SYN and FIN take a number each: RFC 9293, section 3.4.
  const last = first + length + ((flags & (SYN | FIN)) !== 0 ? 1 : 0);
  const mark = { row, seconds, first, last };
  if ((flags & RST) !== 0) return { ...mark, kind: "rst" };
  if (isRepeat) return { ...mark, kind: "retransmission" };
  if ((flags & SYN) !== 0) return { ...mark, kind: "syn" };
  if ((flags & FIN) !== 0) return { ...mark, kind: "fin" };
  if (length === 0) return null;
  return { ...mark, kind: hasLabel(flow, row, "out_of_order") ? "out-of-order" : "data" };
}

function hasLabel({ packets }: DrawnFlow, row: number, label: string): boolean {
  const number = packets.labels[row]!;
  return number !== null && packets.labelTexts[number]!.split(" ").includes(label);
}

function sackBlocks({ packets }: DrawnFlow, row: number): { first: number; last: number }[] {
  const option = packets.options[row]!;
  const blocks = option === null ? null : SACK_BLOCKS.exec(packets.optionTexts[option]!);
  if (blocks === null) return [];
  return blocks[1]!
    .trim()
    .split(" ")
    .map((block) => {
      const [first = 0, last = 0] = block.split(":").map(Number);
      return { first, last };
    });
}
