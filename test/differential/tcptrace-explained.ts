import type { Direction } from "../../src/flows/statistics/direction.js";
import type { StatisticsDifference } from "./tcptrace.js";
import type { DirectionContext } from "./tcptrace-columns.js";

/** What is known of the capture and the direction in which a cell differs. */
export interface DifferenceContext extends DirectionContext {
  /** Some frame's time is no whole number of microseconds. */
  readonly hasNanoseconds: boolean;
  /** Some frame is older than one before it. */
  readonly isUnsorted: boolean;
}

/** One class of differences where tcptrace is wrong or says less; docs/differences.md explains each. */
interface Explanation {
  readonly name: string;
  readonly columns: RegExp;
  readonly holds: (difference: StatisticsDifference, context: DifferenceContext) => boolean;
}

const TWO_32 = 2n ** 32n;
const TWO_64 = 2n ** 64n;
const NS_PER_US = 1000;
const LARGEST_SIGNED_16 = 0x7fff;
const U_CHAR = 256;
/** Octets of TCP options. */
const MAX_OPTIONS = 40;

const EXPLANATIONS: readonly Explanation[] = [
  {
    name: "full-size samples of one octet",
    columns: /^RTT_full_sz/,
    holds: () => true,
  },
  {
    name: "a minimum of 0 us is forgotten",
    columns: /^(RTT_min|RTT_min_\(last\)|min_retr_time)_[ab]2[ab]$/,
    holds: ({ column }, { sender }) => minimumOf(column, sender) < NS_PER_US,
  },
  {
    name: "negative lengths are printed unsigned",
    columns: /^(ttl_stream_length|missed_data)_/,
    holds: ({ ours, theirs }) => {
      if (!/^-?\d+$/.test(ours) || !/^\d+$/.test(theirs)) return false;
      const difference = BigInt(theirs) - BigInt(ours);
      return difference === TWO_32 || difference === TWO_64;
    },
  },
  {
    name: "an MSS from 32768 on is printed with its sign",
    columns: /^mss_requested_/,
    holds: (_, { sender }) => sender.offeredMss > LARGEST_SIGNED_16,
  },
  {
    name: "counts of flags begin again at 256",
    columns: /^(SYN\/FIN_pkts_sent|resets_sent|max_#_retrans)_/,
    holds: (_, { sender }) =>
      Math.max(sender.sentSyns, sender.sentFins, sender.sentRsts, sender.resendMaximum) >= U_CHAR,
  },
  {
    name: "times are cut to microseconds",
    columns: /(RTT|time)/,
    holds: ({ ours, theirs }, { hasNanoseconds }) => hasNanoseconds && isLastDigit(ours, theirs),
  },
  {
    name: "times are cut to microseconds",
    columns: /^throughput_/,
    // Both ends of the time are cut, and both figures are printed as whole octets per second.
    holds: ({ ours, theirs }, { hasNanoseconds, elapsedNs }) =>
      hasNanoseconds &&
      Math.abs(Number(theirs) - Number(ours)) <= 1 + (Number(ours) * 2 * NS_PER_US) / elapsedNs,
  },
  {
    name: "a FIN at another number counts as an octet of data",
    columns: /^(unique_bytes_sent|missed_data|throughput)_/,
    holds: (_, { sender }) => sender.sentFins > 1,
  },
  {
    name: "options that a snaplen cut count as data",
    columns: /^truncated_data_/,
    holds: ({ ours, theirs }, { sender }) => {
      const more = Number(theirs) - Number(ours);
      return more > 0 && more <= sender.truncatedSegments * MAX_OPTIONS;
    },
  },
  {
    name: "SYNs with several ISNs make one connection's numbers meaningless",
    columns: /./,
    holds: (_, { sender, receiver }) => sender.otherIsnSyns > 0 || receiver.otherIsnSyns > 0,
  },
  {
    name: "the frame read last ends the capture, not the latest",
    columns: /^(idletime_max|throughput|data_xmit_time)_/,
    holds: (_, { isUnsorted }) => isUnsorted,
  },
];

/** The class that a difference belongs to; undefined when it is none that is known. */
export function explain(difference: StatisticsDifference, context: DifferenceContext): string | undefined {
  return EXPLANATIONS.find(
    ({ columns, holds }) => columns.test(difference.column) && holds(difference, context),
  )?.name;
}

function minimumOf(column: string, sender: Direction): number {
  if (column.startsWith("RTT_min_(last)")) return sender.ambiguousRttMinimumNs;
  return column.startsWith("RTT_min") ? sender.rttMinimumNs : sender.resendMinimumNs;
}

/** The numbers differ by one in the last digit printed. */
function isLastDigit(ours: string, theirs: string): boolean {
  const digits = theirs.split(".")[1]?.length ?? 0;
  return Math.round(Math.abs(Number(ours) - Number(theirs)) * 10 ** digits) === 1;
}
