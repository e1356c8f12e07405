/** A segment as xplot files show it. Times are nanoseconds since 1970-01-01 UTC, numbers relative and unwrapped. */
export interface PlottedSegment {
  readonly epochNs: bigint;
  /** Sent by the end whose octets are drawn; else by the other one, and it acknowledges them. */
  readonly isFromSender: boolean;
  readonly flags: number;
  readonly seq: number;
  readonly length: number;
  readonly ack: number | null;
  /** Octets, scaled. */
  readonly window: number;
  /** First and end of each SACK block. */
  readonly sacked: readonly (readonly [number, number])[];
  readonly isRepeated: boolean;
}

const FIN = 0x01;
const SYN = 0x02;
const RST = 0x04;
const PSH = 0x08;

/**
 * A time-sequence graph of one direction as tcptrace -S draws it, for xplot: data white, repeated red with an R, PSH a
 * diamond, acknowledgments a green and the offered window a yellow staircase, SACK purple, Z where there is no window.
 */
export function* xplotLines(title: string, segments: Iterable<PlottedSegment>): IterableIterator<string> {
  yield "timeval unsigned";
  yield "title";
  yield oneLine(title);
  yield "xlabel";
  yield "time";
  yield "ylabel";
  yield "sequence number";
  let acked: { at: string; ack: number; edge: number } | null = null;
  for (const segment of segments) {
    const at = formatTimeval(segment.epochNs);
    if (segment.isFromSender) {
      yield* drawSent(at, segment);
      continue;
    }
    if (segment.ack === null || segment.flags & RST) continue;
    const { ack, window } = segment;
    const edge = ack + window;
    if (acked !== null) {
      yield* drawStep("green", acked.at, acked.ack, at, ack, "dtick");
      yield* drawStep("yellow", acked.at, acked.edge, at, edge, "utick");
    }
    if (window === 0) yield* drawText("white", at, ack, "Z");
    for (const [first, end] of segment.sacked) {
      yield "purple";
      yield `line ${at} ${first} ${at} ${end}`;
      yield* drawText("purple", at, end, "S");
    }
    acked = { at, ack, edge };
  }
  yield "go";
}

function* drawSent(at: string, segment: PlottedSegment): IterableIterator<string> {
  const { flags, seq, length, isRepeated } = segment;
  const colour = isRepeated ? "red" : "white";
  const end = seq + length;
  // SYN and FIN take a number behind the data: RFC 9293, section 3.4.
  const controls = Number((flags & SYN) !== 0) + Number((flags & FIN) !== 0);
  if (length > 0) {
    yield colour;
    yield `darrow ${at} ${seq}`;
    yield `uarrow ${at} ${end}`;
    yield `line ${at} ${seq} ${at} ${end}`;
    if (flags & PSH) {
      yield "white";
      yield `diamond ${at} ${end}`;
    }
  }
  if (controls > 0) {
    yield isRepeated ? "red" : "orange";
    yield `uarrow ${at} ${end + controls}`;
    yield `line ${at} ${end} ${at} ${end + controls}`;
  }
  if (flags & SYN) yield* drawText("orange", at, seq + 1, "SYN");
  if (flags & FIN) yield* drawText("orange", at, end + 1, "FIN");
  if (flags & RST) yield* drawText("red", at, end, "RST");
  if (isRepeated) yield* drawText("red", at, end, "R");
}

/** From a level to the next, which may be the same: then a tick tells that something came. */
function* drawStep(
  colour: string,
  fromAt: string,
  from: number,
  at: string,
  to: number,
  tick: string,
): IterableIterator<string> {
  yield colour;
  yield `line ${fromAt} ${from} ${at} ${from}`;
  if (to === from) yield `${tick} ${at} ${to}`;
  else yield `line ${at} ${from} ${at} ${to}`;
}

function* drawText(colour: string, at: string, seq: number, text: string): IterableIterator<string> {
  yield colour;
  yield `atext ${at} ${seq}`;
  yield text;
}

/** xplot's timeval has microseconds; what lies before 1970 it does not know. */
function formatTimeval(epochNs: bigint): string {
  const us = epochNs < 0n ? 0n : epochNs / 1000n;
  return `${us / 1_000_000n}.${String(us % 1_000_000n).padStart(6, "0")}`;
}

/** The format has a line for the title, and no escapes. */
function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, "?");
}
