import { parseSampleTime, type SampleTime } from "./sample-time.js";
import { linesOf, SampleCollector, type SampledFile } from "./sampled-file.js";

/** A change of the routing table, as the kernel announced it. */
export interface RouteChange {
  readonly operation: "add" | "delete" | "replace";
  /** Destination, such as `10.0.0.0/8`, `default` or a single address. */
  readonly prefix: string;
  /** Of several next hops the first. */
  readonly gatewayAddr: string | null;
  readonly device: string | null;
  readonly routeType: string | null;
  /** `cache` for what the kernel noted of one destination: an exception, or in old kernels a clone of the route. */
  readonly routeTable: string | null;
  /** What sending there fails with, such as `ENETUNREACH`. */
  readonly error: string | null;
}

const TYPES = new Set(
  "unicast local broadcast multicast anycast unreachable prohibit blackhole throw nat xresolve".split(" "),
);
/** Words with a value behind them. */
const VALUED = new Set(
  "via dev table proto scope src metric tos dsfield from iif nhid mtu advmss expires error pref used users age realm flow weight ssthresh rtt window hoplimit initcwnd initrwnd encap congctl quickack rto_min".split(
    " ",
  ),
);
const FLAGS = new Set(
  "nexthop cache linkdown onlink dead pervasive offload trap notify rt_offload rt_trap".split(" "),
);
const NEIGHBOUR =
  /\s(lladdr\s|(?:INCOMPLETE|REACHABLE|STALE|DELAY|PROBE|FAILED|NOARP|PERMANENT|NONE)\b|router\b|proxy\b)/;
/** Labels of `ip monitor label`, and of a patched one that shows cached routes. */
const LABEL = /^\[(ROUTE|RTCAH|[A-Z]{2,12})\]\s*([+-])?\s*/;
/** Lines of other kinds: links, addresses, rules, and what they continue with. */
const OTHER_KINDS = /^(Deleted\s+)?(\d+:\s|id\s|inet6?\s|prefix\s|nsid\s|\d+:\t)/;
const ADDRESS =
  /^(?:\d{1,3}(?:\.\d{1,3}){0,3}|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,8}(?:\d{1,3}(?:\.\d{1,3}){3})?)(?:\/\d{1,3})?$/;

const ERRNO: Readonly<Record<string, string>> = {
  "11": "EAGAIN",
  "13": "EACCES",
  "22": "EINVAL",
  "101": "ENETUNREACH",
  "113": "EHOSTUNREACH",
};

/**
 * Reads `ip monitor` with or without -t, -ts, -d, -o and labels, and the `[RTCAH]` and `[ROUTE]` lines with `+` and `-`
 * of a monitor that shows cached routes. Every event is a sample of one row; events of other kinds are passed over.
 * Null when there is no sign of `ip monitor` at all.
 */
export function parseRoutes(text: string): SampledFile<RouteChange> | null {
  const collector = new SampleCollector<RouteChange>();
  let pending: SampleTime | null = null;
  let change: RouteChange | null = null;
  let changeAt: SampleTime | null = null;
  let hasOthers = false;
  const flush = (): void => {
    if (change === null) return;
    collector.close();
    if (changeAt !== null) collector.time(changeAt);
    collector.add(change, "ip monitor");
    change = null;
  };
  for (const line of linesOf(text)) {
    if (line.trim() === "") continue;
    if (/^\s/.test(line)) {
      // A line that goes on: the next hops of a route, or a link's or address's second line.
      if (change !== null && /^\s+nexthop\s/.test(line)) change = withNexthop(change, line);
      continue;
    }
    flush();
    const stamp = /^Timestamp:\s+(\w{3} \w{3} +\d+ [\d:]+ \d{4}) (\d{1,6}) usec\s*$/.exec(line);
    if (stamp !== null) {
      pending = timestamp(stamp[1]!, stamp[2]!);
      continue;
    }
    const { at, rest } = splitTime(line);
    changeAt = at ?? pending;
    pending = null;
    const label = LABEL.exec(rest);
    const isRoute = label === null || label[1] === "ROUTE" || label[1] === "RTCAH";
    change = isRoute ? parseChange(rest.slice(label?.[0].length ?? 0), label) : null;
    if (change !== null) continue;
    if (!isRoute || OTHER_KINDS.test(rest) || NEIGHBOUR.test(` ${rest}`)) hasOthers = true;
    else collector.unknownLines++;
  }
  flush();
  if (hasOthers) collector.open("ip monitor");
  return onlyChanges(collector.finish());
}

/**
 * Leaves out what other events left, and in a log with times what has none: in a mail or a report that quotes a log
 * prose can look like a route.
 */
function onlyChanges(file: SampledFile<RouteChange> | null): SampledFile<RouteChange> | null {
  if (file === null) return null;
  const changes = file.samples.filter(({ rows }) => rows.length > 0);
  const timed = changes.filter(({ at }) => at !== null);
  if (timed.length === 0) return { ...file, samples: changes };
  return { ...file, samples: timed, unknownLines: file.unknownLines + changes.length - timed.length };
}

/** `[2026-11-21T05:21:07.012049] …`, also behind a number in parentheses. */
function splitTime(line: string): { at: SampleTime | null; rest: string } {
  const match = /^(?:\(\d{1,4}\)\s*)?\[([\dT:., +-]{8,40})\]\s*/.exec(line);
  const at = match === null ? null : parseSampleTime(match[1]!);
  if (match === null || at === null) return { at: null, rest: line.replace(/^\(\d{1,4}\)\s*/, "") };
  return { at, rest: line.slice(match[0].length) };
}

function timestamp(date: string, microseconds: string): SampleTime | null {
  const at = parseSampleTime(date);
  return at === null ? null : { ...at, epochNs: at.epochNs + BigInt(microseconds) * 1000n };
}

function parseChange(text: string, label: RegExpExecArray | null): RouteChange | null {
  if (NEIGHBOUR.test(` ${text}`)) return null;
  // With -o the lines of one event are joined by backslashes.
  const words = text.replaceAll("\\", " ").trim().split(/\s+/).slice(0, 256);
  let at = 0;
  let operation: RouteChange["operation"] = label?.[2] === "-" ? "delete" : "add";
  if (words[at] === "Deleted") operation = "delete";
  else if (words[at] === "Replaced") operation = "replace";
  if (/^(Deleted|Replaced|Appended|Added)$/.test(words[at] ?? "")) at++;
  const routeType = TYPES.has(words[at] ?? "") ? words[at++]! : null;
  const prefix = words[at++] ?? "";
  if (prefix !== "default" && !ADDRESS.test(prefix)) return null;
  const next = words[at];
  if (next !== undefined && !VALUED.has(next) && !FLAGS.has(next)) return null;
  const values = new Map<string, string>();
  let isCached = label?.[1] === "RTCAH";
  for (; at < words.length; at++) {
    const word = words[at]!;
    if (word === "nexthop" && values.has("via")) break;
    if (word === "cache") isCached = true;
    if (!VALUED.has(word)) continue;
    // `via inet6 fe80::1` of an IPv4 route names the family first.
    if (word === "via" && /^inet6?$/.test(words[at + 1] ?? "")) at++;
    if (!values.has(word)) values.set(word, words[at + 1] ?? "");
    at++;
  }
  const errno = values.get("error");
  return {
    operation,
    prefix,
    gatewayAddr: values.get("via") ?? null,
    device: values.get("dev") ?? null,
    routeType,
    routeTable: values.get("table") ?? (isCached ? "cache" : null),
    error: errno === undefined ? null : (ERRNO[errno.replace(/^-/, "")] ?? errno),
  };
}

function withNexthop(change: RouteChange, line: string): RouteChange {
  if (change.gatewayAddr !== null || change.device !== null) return change;
  const via = /\bvia\s+(?:inet6?\s+)?(\S{1,64})/.exec(line);
  const device = /\bdev\s+(\S{1,64})/.exec(line);
  return { ...change, gatewayAddr: via?.[1] ?? null, device: device?.[1] ?? null };
}
