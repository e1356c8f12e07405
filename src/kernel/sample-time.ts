/**
 * When a sample was taken, as the file says it. Without a zone `epochNs` counts as though the time were UTC; without a
 * date it counts from midnight.
 */
export interface SampleTime {
  /** Nanoseconds since 1970-01-01 UTC. */
  readonly epochNs: bigint;
  readonly hasZone: boolean;
  readonly hasDate: boolean;
}

const NS_PER_SECOND = 1_000_000_000n;
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/** Longer lines are no times. */
const LONGEST_TIME = 64;
/** What 64-bit nanoseconds hold, and a little less. */
const YEARS = { first: 1970, last: 2250 };
const LAST_EPOCH_SECOND = 8_835_000_000;

const CLOCK = String.raw`(?<hour>\d{1,2}):(?<minute>\d{2}):(?<second>\d{2})(?:[.,](?<fraction>\d{1,9})\d*)?`;
const ZONE = String.raw`(?<zone>Z|UTC|GMT|[A-Z]{2,5}|[+-]\d{2}:?\d{2})`;
const MONTH = "(?<month>[A-Z][a-z]{2})";

/** `2026-11-21T05:21:08,857087386+00:00`, as `date --iso-8601=ns`, `--rfc-3339=ns` and ip -ts write it. */
const ISO = new RegExp(
  String.raw`^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})(?:T|t| )${CLOCK}\s?${ZONE}?$`,
);
/** `Sat Nov 21 05:21:08 UTC 2026`, as `date` without arguments writes it in English. */
const DATE = new RegExp(
  String.raw`^(?:[A-Z][a-z]{2},? +)?${MONTH} +(?<day>\d{1,2}) +${CLOCK}(?: +(?<half>AM|PM))?(?: +${ZONE})? +(?<year>\d{4})$`,
);
/** `Sat, 21 Nov 2026 05:21:08 +0000`, as `date -R` and `date` in British English write it. */
const DAY_FIRST = new RegExp(
  String.raw`^(?:[A-Z][a-z]{2},? +)?(?<day>\d{1,2}) +${MONTH} +(?<year>\d{4}) +${CLOCK}(?: +(?<half>AM|PM))?(?: +${ZONE})?$`,
);
/** `1795238469.036135129`, as `date +%s.%N` writes it, with or without an @. */
const EPOCH = /^@?(?<seconds>\d{9,11})(?:[.,](?<fraction>\d{1,9})\d*)?$/;
const TIME_OF_DAY = new RegExp(`^${CLOCK}$`);

/** The time that `text` is, without anything else around it; null when it is none. */
export function parseSampleTime(text: string): SampleTime | null {
  if (text.length > LONGEST_TIME) return null;
  const epoch = EPOCH.exec(text)?.groups;
  if (epoch !== undefined) {
    if (Number(epoch["seconds"]) > LAST_EPOCH_SECOND) return null;
    const epochNs = BigInt(epoch["seconds"]!) * NS_PER_SECOND + fractionNs(epoch["fraction"]);
    return { epochNs, hasZone: true, hasDate: true };
  }
  const dated = (ISO.exec(text) ?? DATE.exec(text) ?? DAY_FIRST.exec(text))?.groups;
  if (dated !== undefined) return fromParts(dated);
  const clock = TIME_OF_DAY.exec(text)?.groups;
  if (clock === undefined) return null;
  const sinceMidnightNs = clockNs(clock);
  return sinceMidnightNs === null ? null : { epochNs: sinceMidnightNs, hasZone: false, hasDate: false };
}

/** The time of a line that holds nothing else but perhaps `#`, `=`, `-` or brackets around it; null for every other line. */
export function parseTimeLine(line: string): SampleTime | null {
  if (line.length > 2 * LONGEST_TIME) return null;
  return parseSampleTime(line.replace(/^[\s#=[-]+/, "").replace(/[\s#=\]-]+$/, ""));
}

/** A time in a file's name, such as `ss-2026-11-21T05:21:08Z.txt`, `nstat.20261121-052108` or `ss.1795238469`. */
export function timeInName(name: string): SampleTime | null {
  const stamp =
    /(?<!\d)(\d{4})-?(\d{2})-?(\d{2})[T_ -]?(\d{2})[:_-]?(\d{2})[:_-]?(\d{2})(?!\d)(Z|[+-]\d{2}:?\d{2}(?!\d))?/.exec(
      name,
    );
  if (stamp !== null) {
    const [, year, month, day, hour, minute, second, zone = ""] = stamp;
    return parseSampleTime(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`);
  }
  const epoch = /(?<!\d)1\d{9}(?!\d)/.exec(name);
  return epoch === null ? null : parseSampleTime(epoch[0]);
}

type Groups = Readonly<Record<string, string | undefined>>;

function fromParts(parts: Groups): SampleTime | null {
  const { month = "", zone } = parts;
  const monthIndex = /^\d/.test(month) ? Number(month) - 1 : MONTHS.indexOf(month.toLowerCase());
  const [year, day] = [Number(parts["year"]), Number(parts["day"])];
  if (year < YEARS.first || year > YEARS.last) return null;
  const midnight = new Date(Date.UTC(year, monthIndex, day));
  // Date.UTC takes the 31st of February for the 3rd of March.
  if (midnight.getUTCMonth() !== monthIndex) return null;
  const sinceMidnightNs = clockNs(parts);
  if (midnight.getUTCDate() !== day || sinceMidnightNs === null) return null;
  const offsetNs = zoneOffsetNs(zone);
  return {
    epochNs: BigInt(midnight.getTime()) * 1_000_000n + sinceMidnightNs - (offsetNs ?? 0n),
    hasZone: offsetNs !== null,
    hasDate: true,
  };
}

/** Nanoseconds since midnight; null for a time that no clock shows. */
function clockNs({ hour, minute, second, fraction, half }: Groups): bigint | null {
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (half === "PM" ? 12 : 0);
  const [minutes, seconds] = [Number(minute), Number(second)];
  // A leap second is the 61st.
  if (hours > 23 || minutes > 59 || seconds > 60) return null;
  return BigInt(hours * 3600 + minutes * 60 + seconds) * NS_PER_SECOND + fractionNs(fraction);
}

function fractionNs(digits = ""): bigint {
  return BigInt(digits.padEnd(9, "0"));
}

/** East of Greenwich; null when the zone is not given, or by letters that several zones share. */
function zoneOffsetNs(zone: string | undefined): bigint | null {
  if (zone === "Z" || zone === "UTC" || zone === "GMT") return 0n;
  const offset = /^([+-])(\d{2}):?(\d{2})$/.exec(zone ?? "");
  if (offset === null) return null;
  const seconds = BigInt(Number(offset[2]) * 3600 + Number(offset[3]) * 60);
  return (offset[1] === "-" ? -seconds : seconds) * NS_PER_SECOND;
}
