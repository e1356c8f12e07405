import { averageWindowBytes, deviation, streamLengthBytes } from "../../src/flows/statistics/derived.js";
import type { Direction } from "../../src/flows/statistics/direction.js";
import {
  SENT_SACK_PERMITTED,
  SENT_TIMESTAMPS,
  SENT_WINDOW_SCALE,
} from "../../src/flows/statistics/statistics-state.js";

/** What a direction's cells depend on beside its own record. */
export interface DirectionContext {
  readonly sender: Direction;
  readonly receiver: Direction;
  /** Nanoseconds from the connection's first segment to its last. */
  readonly elapsedNs: number;
  /** The longest silence of the sender, with the time to the capture's end if the connection is open. */
  readonly idleNs: number;
}

const NS_PER_MS = 1e6;
const NS_PER_SECOND = 1e9;
/** What tcptrace adds to a divisor that may be 0. */
const AVERAGE_BIAS = 0.0001;
const SIZE_BIAS = 0.001;

/** C's `%.<digits>f`: what lies exactly between two numbers goes to the even digit. */
export function printFixed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  // toFixed takes the larger number there.
  const isHalf = Math.abs(value * 2 ** (digits + 1)) % 2 === 1;
  if (!isHalf || Number(text.at(-1)) % 2 === 0) return text;
  return (value - 10 ** -digits / 2).toFixed(digits);
}

const count = (read: (sender: Direction) => number) => (context: DirectionContext) =>
  String(read(context.sender));
const milliseconds = (ns: number): string => printFixed(ns / 1000 / 1000, 1);
const average = (sumNs: number, samples: number): string => milliseconds(sumNs / (samples + AVERAGE_BIAS));
const yesNo = (isSet: number): string => (isSet ? "Y" : "N");

function printDeviation(sumNs: number, squares: number, samples: number): string {
  return milliseconds(deviation(sumNs, squares, samples) ?? 0);
}

function throughput({ sender, elapsedNs }: DirectionContext): string {
  return elapsedNs === 0 ? "NA" : printFixed(sender.freshBytes / (elapsedNs / NS_PER_SECOND), 0);
}

/** Column of tcptrace without `_a2b`, and how its cell follows from our statistics. */
export const TCPTRACE_COLUMNS: ReadonlyMap<string, (context: DirectionContext) => string> = new Map([
  ["total_packets", count((s) => s.sentSegments)],
  ["resets_sent", count((s) => s.sentRsts)],
  ["ack_pkts_sent", count((s) => s.ackSegments)],
  ["pure_acks_sent", count((s) => s.pureAcks)],
  ["sack_pkts_sent", count((s) => s.sackAcks)],
  ["dsack_pkts_sent", count((s) => s.duplicateSacks)],
  ["max_sack_blks/ack", count((s) => s.sackBlocksMaximum)],
  ["unique_bytes_sent", count((s) => s.freshBytes)],
  ["actual_data_pkts", count((s) => s.dataSegments)],
  ["actual_data_bytes", count((s) => s.sentBytes)],
  ["rexmt_data_pkts", count((s) => s.resentSegments)],
  ["rexmt_data_bytes", count((s) => s.resentBytes)],
  ["zwnd_probe_pkts", count((s) => s.probeSegments)],
  ["zwnd_probe_bytes", count((s) => s.probeBytes)],
  ["outoforder_pkts", count((s) => s.outOfOrderSegments)],
  ["pushed_data_pkts", count((s) => s.pushedSegments)],
  ["SYN/FIN_pkts_sent", ({ sender }) => `${sender.sentSyns}/${sender.sentFins}`],
  [
    "req_1323_ws/ts",
    ({ sender }) =>
      `${yesNo(sender.sentFacts & SENT_WINDOW_SCALE)}/${yesNo(sender.sentFacts & SENT_TIMESTAMPS)}`,
  ],
  ["adv_wind_scale", count((s) => s.windowShift)],
  ["req_sack", ({ sender }) => yesNo(sender.sentFacts & SENT_SACK_PERMITTED)],
  ["sacks_sent", count((s) => s.sackSegments)],
  ["urgent_data_pkts", count((s) => s.urgentSegments)],
  ["urgent_data_bytes", count((s) => s.urgentBytes)],
  ["mss_requested", count((s) => s.offeredMss)],
  ["max_segm_size", count((s) => s.segmentMaximumBytes)],
  ["min_segm_size", count((s) => s.segmentMinimumBytes)],
  ["avg_segm_size", count((s) => Math.floor(s.sentBytes / (s.dataSegments + SIZE_BIAS)))],
  ["max_win_adv", count((s) => s.windowMaximum)],
  ["min_win_adv", count((s) => s.windowMinimum)],
  ["zero_win_adv", count((s) => s.zeroWindows)],
  [
    "avg_win_adv",
    ({ sender: s, receiver }) => (s.sentSegments === 0 ? "0" : String(averageWindowBytes(s, receiver))),
  ],
  ["initial_window_bytes", count((s) => s.initialWindowBytes)],
  ["initial_window_pkts", count((s) => s.initialWindowSegments)],
  ["ttl_stream_length", ({ sender }) => String(streamLengthBytes(sender) ?? "NA")],
  [
    "missed_data",
    ({ sender }) => {
      const length = streamLengthBytes(sender);
      return length === null ? "NA" : String(length - sender.freshBytes);
    },
  ],
  ["truncated_data", count((s) => s.truncatedBytes)],
  ["truncated_packets", count((s) => s.truncatedSegments)],
  [
    "data_xmit_time",
    ({ sender: s }) =>
      printFixed(s.dataSegments === 0 ? 0 : Math.max(0, s.dataLastNs - s.firstDataNs) / NS_PER_SECOND, 3),
  ],
  [
    "idletime_max",
    ({ sender, idleNs }) => (sender.sentSegments === 0 ? "NA" : printFixed(idleNs / NS_PER_MS, 1)),
  ],
  ["hardware_dups", count((s) => s.linkDuplicates)],
  ["throughput", throughput],
  ["RTT_samples", count((s) => s.rttSamples)],
  ["RTT_min", ({ sender }) => milliseconds(sender.rttMinimumNs)],
  ["RTT_max", ({ sender }) => milliseconds(sender.rttMaximumNs)],
  ["RTT_avg", ({ sender: s }) => average(s.rttSumNs, s.rttSamples)],
  ["RTT_stdev", ({ sender: s }) => printDeviation(s.rttSumNs, s.rttSquares, s.rttSamples)],
  ["RTT_from_3WHS", ({ sender }) => milliseconds(sender.handshakeRttNs)],
  ["RTT_full_sz_smpls", count((s) => s.fullRttSamples)],
  ["RTT_full_sz_min", ({ sender }) => milliseconds(sender.fullRttMinimumNs)],
  ["RTT_full_sz_max", ({ sender }) => milliseconds(sender.fullRttMaximumNs)],
  ["RTT_full_sz_avg", ({ sender: s }) => average(s.fullRttSumNs, s.fullRttSamples)],
  [
    "RTT_full_sz_stdev",
    ({ sender: s }) => printDeviation(s.fullRttSumNs, s.fullRttSquares, s.fullRttSamples),
  ],
  ["post-loss_acks", count((s) => s.postLossAcks)],
  ["ambiguous_acks", count((s) => s.ambiguousAcks)],
  ["RTT_min_(last)", ({ sender }) => milliseconds(sender.ambiguousRttMinimumNs)],
  ["RTT_max_(last)", ({ sender }) => milliseconds(sender.ambiguousRttMaximumNs)],
  ["RTT_avg_(last)", ({ sender: s }) => average(s.ambiguousRttSumNs, s.ambiguousAcks)],
  [
    "RTT_sdv_(last)",
    ({ sender: s }) => printDeviation(s.ambiguousRttSumNs, s.ambiguousRttSquares, s.ambiguousAcks),
  ],
  ["segs_cum_acked", count((s) => s.cumulativelyAcked)],
  ["duplicate_acks", count((s) => s.duplicateAcks)],
  ["triple_dupacks", count((s) => s.tripleDuplicateAcks)],
  ["max_#_retrans", count((s) => s.resendMaximum)],
  ["min_retr_time", ({ sender }) => milliseconds(sender.resendMinimumNs)],
  ["max_retr_time", ({ sender }) => milliseconds(sender.resendMaximumNs)],
  ["avg_retr_time", ({ sender: s }) => average(s.resendSumNs, s.resendTimes)],
  ["sdv_retr_time", ({ sender: s }) => printDeviation(s.resendSumNs, s.resendSquares, s.resendTimes)],
]);
