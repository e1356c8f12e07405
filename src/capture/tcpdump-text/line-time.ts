/** A time at the beginning of a line, as printed. */
export interface LineTime {
  /** `clock`: hours, minutes, seconds without a date; `delta`: since the packet before; `epoch`: since 1970. */
  readonly kind: "clock" | "delta" | "epoch";
  /** Nanoseconds. */
  readonly timeNs: bigint;
}

export interface LineStart {
  readonly time: LineTime | null;
  /** The line behind the time. */
  readonly rest: string;
}

const NS_PER_SECOND = 1_000_000_000n;

/** What people and `tcpdump --number` put before the time. */
const LABEL = /^(?:[A-Za-z]{1,12} ?\d{1,6}[:.)] {0,4}|[[(]?\d{1,9}[\])]? {1,4})(?=\S)/;
const CLOCK = /^(-?)(\d{1,3}):(\d\d):(\d\d)(?:\.(\d{6}|\d{9}))?(?: |$)/;
/** `-tttt`; before 2005 the date was the American one. */
const DATE =
  /^(?:(\d{4})-(\d\d)-(\d\d)|(\d\d)\/(\d\d)\/(\d{4})) (\d\d):(\d\d):(\d\d)(?:\.(\d{6}|\d{9}))?(?: |$)/;
const EPOCH = /^(\d{1,10})\.(\d{6}|\d{9})(?: |$)/;
/** `-ttt` before 4.0: microseconds alone, or seconds and microseconds apart. */
const OLD_DELTA = /^(?:(\d{1,9})\. )?(\d{6}) (?=IP6? )/;

/** The protocol, with `-i any` the interface and the direction before it. */
const IP = /^(?:[\w.@-]{1,16} {1,8}(?:In|Out|B|M|P|\?) {1,4})?IP6? /;

/** True when the line, its time taken off, begins as those of IP packets do. */
export function beginsWithIp(rest: string): boolean {
  return IP.test(rest);
}

/** Splits a line without indentation; the time is null when it begins with none. */
export function readLineStart(line: string): LineStart {
  const direct = readTime(line);
  if (direct !== null) return direct;
  const label = LABEL.exec(line);
  if (label === null) return { time: null, rest: line };
  const rest = line.slice(label[0].length);
  return readTime(rest) ?? { time: null, rest: beginsWithIp(rest) ? rest : line };
}

function readTime(line: string): LineStart | null {
  const start = (match: RegExpExecArray, kind: LineTime["kind"], timeNs: bigint): LineStart => ({
    time: { kind, timeNs },
    rest: line.slice(match[0].length).trimStart(),
  });
  const clock = CLOCK.exec(line);
  if (clock !== null) {
    const timeNs = clockNs(clock[2]!, clock[3]!, clock[4]!, clock[5]);
    return start(clock, "clock", clock[1] === "-" ? -timeNs : timeNs);
  }
  const date = DATE.exec(line);
  if (date !== null) {
    const [year, month, day] =
      date[1] === undefined ? [date[6], date[4], date[5]] : [date[1], date[2], date[3]];
    const dayMs = Date.UTC(Number(year), Number(month) - 1, Number(day));
    return start(date, "epoch", BigInt(dayMs) * 1_000_000n + clockNs(date[7]!, date[8]!, date[9]!, date[10]));
  }
  const epoch = EPOCH.exec(line);
  if (epoch !== null) return start(epoch, "epoch", BigInt(epoch[1]!) * NS_PER_SECOND + fractionNs(epoch[2]));
  const delta = OLD_DELTA.exec(line);
  if (delta !== null)
    return start(delta, "delta", BigInt(delta[1] ?? "0") * NS_PER_SECOND + fractionNs(delta[2]));
  return null;
}

function clockNs(hours: string, minutes: string, seconds: string, fraction: string | undefined): bigint {
  const whole = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  return BigInt(whole) * NS_PER_SECOND + fractionNs(fraction);
}

/** Six or nine digits. */
function fractionNs(digits: string | undefined): bigint {
  return digits === undefined ? 0n : BigInt(digits.padEnd(9, "0"));
}
