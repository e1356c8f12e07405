import {
  averageWindowBytes,
  deviation,
  lastSegmentNs,
  longestIdleNs,
  streamLengthBytes,
} from "../flows/statistics/derived.js";
import type { Direction } from "../flows/statistics/direction.js";
import { optionNames } from "../flows/statistics/option-names.js";
import type { StatisticsRecord } from "../flows/statistics/statistics-record.js";
import { SENT_HAS_FIRST_ACK } from "../flows/statistics/statistics-state.js";
import type { StatisticsRow } from "./statistics-rows.js";

const NS_PER_SECOND = 1e9;

/** A row to be filled again and again. */
export function createStatisticsRow(): StatisticsRow {
  return {
    flowId: 0,
    sender: "client",
    segments: 0,
    ackSegments: 0,
    pureAckSegments: 0,
    synSegments: 0,
    finSegments: 0,
    rstSegments: 0,
    otherIsnSyns: 0,
    dataSegments: 0,
    dataBytes: 0,
    uniqueBytes: 0,
    pushedSegments: 0,
    urgentSegments: 0,
    urgentBytes: 0,
    truncatedSegments: 0,
    truncatedBytes: 0,
    retransmittedSegments: 0,
    retransmittedBytes: 0,
    retransmissionsMax: 0,
    retransmitMinNs: null,
    retransmitMaxNs: null,
    retransmitAvgNs: null,
    retransmitStdevNs: null,
    outOfOrderSegments: 0,
    reorderingBytes: null,
    zeroWindowProbes: 0,
    zeroWindowProbeBytes: 0,
    linkDuplicates: 0,
    segmentMinBytes: null,
    segmentMaxBytes: null,
    windowMinBytes: null,
    windowMaxBytes: null,
    windowAvgBytes: 0,
    zeroWindows: 0,
    initialWindowBytes: 0,
    initialWindowSegments: 0,
    inFlightMinBytes: null,
    inFlightMaxBytes: null,
    streamBytes: null,
    missingBytes: null,
    firstDataNs: null,
    lastDataNs: null,
    firstAckNs: null,
    idleMaxNs: 0,
    throughputBytesPerSecond: null,
    sackSegments: 0,
    sackAcks: 0,
    duplicateSacks: 0,
    sackBlocksMax: 0,
    options: null,
    ttlMin: 0,
    ttlMax: 0,
    rttSamples: 0,
    rttMinNs: null,
    rttMaxNs: null,
    rttAvgNs: null,
    rttStdevNs: null,
    rttHandshakeNs: null,
    fullSizeBytes: null,
    fullSizeRttSamples: 0,
    fullSizeRttMinNs: null,
    fullSizeRttMaxNs: null,
    fullSizeRttAvgNs: null,
    fullSizeRttStdevNs: null,
    postLossAcks: 0,
    ambiguousAcks: 0,
    ambiguousRttMinNs: null,
    ambiguousRttMaxNs: null,
    ambiguousRttAvgNs: null,
    ambiguousRttStdevNs: null,
    cumulativelyAckedSegments: 0,
    duplicateAcks: 0,
    tripleDuplicateAcks: 0,
  };
}

/**
 * Fills `row` with what one end of a flow sent; false, with nothing filled, when it sent nothing. `endNs`: when the
 * capture ends, nanoseconds since the origin.
 */
export function fillStatisticsRow(
  row: StatisticsRow,
  flow: StatisticsRecord,
  sender: "client" | "server",
  endNs: number,
): boolean {
  const endpoint = sender === "client" ? flow.client : flow.server;
  const peer = sender === "client" ? flow.server : flow.client;
  if (endpoint.sentSegments === 0) return false;
  row.flowId = flow.id;
  row.sender = sender;
  fillCounts(row, endpoint);
  fillRepetitions(row, endpoint);
  fillSizes(row, endpoint, peer);
  fillTimes(row, flow, endpoint, peer, endNs);
  fillOptions(row, endpoint);
  fillRoundTrips(row, endpoint);
  fillAcknowledgments(row, endpoint);
  return true;
}

function fillCounts(row: StatisticsRow, endpoint: Direction): void {
  row.segments = endpoint.sentSegments;
  row.ackSegments = endpoint.ackSegments;
  row.pureAckSegments = endpoint.pureAcks;
  row.synSegments = endpoint.sentSyns;
  row.finSegments = endpoint.sentFins;
  row.rstSegments = endpoint.sentRsts;
  row.otherIsnSyns = endpoint.otherIsnSyns;
  row.dataSegments = endpoint.dataSegments;
  row.dataBytes = endpoint.sentBytes;
  row.uniqueBytes = endpoint.freshBytes;
  row.pushedSegments = endpoint.pushedSegments;
  row.urgentSegments = endpoint.urgentSegments;
  row.urgentBytes = endpoint.urgentBytes;
  row.truncatedSegments = endpoint.truncatedSegments;
  row.truncatedBytes = endpoint.truncatedBytes;
}

function fillRepetitions(row: StatisticsRow, endpoint: Direction): void {
  row.retransmittedSegments = endpoint.resentSegments;
  row.retransmittedBytes = endpoint.resentBytes;
  row.retransmissionsMax = endpoint.resendMaximum;
  const times = endpoint.resendTimes;
  row.retransmitMinNs = times > 0 ? endpoint.resendMinimumNs : null;
  row.retransmitMaxNs = times > 0 ? endpoint.resendMaximumNs : null;
  row.retransmitAvgNs = mean(endpoint.resendSumNs, times);
  row.retransmitStdevNs = roundedDeviation(endpoint.resendSumNs, endpoint.resendSquares, times);
  row.outOfOrderSegments = endpoint.outOfOrderSegments;
  row.reorderingBytes = endpoint.outOfOrderSegments > 0 ? endpoint.reorderingBytes : null;
  row.zeroWindowProbes = endpoint.probeSegments;
  row.zeroWindowProbeBytes = endpoint.probeBytes;
  row.linkDuplicates = endpoint.linkDuplicates;
}

function fillSizes(row: StatisticsRow, endpoint: Direction, peer: Direction): void {
  row.segmentMinBytes = orNull(endpoint.segmentMinimumBytes);
  row.segmentMaxBytes = orNull(endpoint.segmentMaximumBytes);
  row.windowMinBytes = orNull(endpoint.windowMinimum);
  row.windowMaxBytes = orNull(endpoint.windowMaximum);
  row.windowAvgBytes = averageWindowBytes(endpoint, peer);
  row.zeroWindows = endpoint.zeroWindows;
  row.initialWindowBytes = endpoint.initialWindowBytes;
  row.initialWindowSegments = endpoint.initialWindowSegments;
  row.inFlightMinBytes = orNull(endpoint.inFlightMinimumBytes);
  row.inFlightMaxBytes = orNull(endpoint.inFlightMaximumBytes);
  const streamBytes = streamLengthBytes(endpoint);
  const isKnown = streamBytes !== null && streamBytes >= 0;
  row.streamBytes = isKnown ? streamBytes : null;
  row.missingBytes = isKnown ? Math.max(0, streamBytes - endpoint.freshBytes) : null;
}

function fillTimes(
  row: StatisticsRow,
  flow: StatisticsRecord,
  endpoint: Direction,
  peer: Direction,
  endNs: number,
): void {
  const hasData = endpoint.dataSegments > 0;
  row.firstDataNs = hasData ? endpoint.firstDataNs : null;
  row.lastDataNs = hasData ? endpoint.dataLastNs : null;
  row.firstAckNs = endpoint.sentFacts & SENT_HAS_FIRST_ACK ? endpoint.firstAckNs : null;
  row.idleMaxNs = longestIdleNs(endpoint, peer, endNs);
  const elapsedNs = lastSegmentNs(endpoint, peer) - flow.startNs;
  row.throughputBytesPerSecond =
    elapsedNs > 0 ? Math.round(endpoint.freshBytes / (elapsedNs / NS_PER_SECOND)) : null;
}

function fillOptions(row: StatisticsRow, endpoint: Direction): void {
  row.sackSegments = endpoint.sackSegments;
  row.sackAcks = endpoint.sackAcks;
  row.duplicateSacks = endpoint.duplicateSacks;
  row.sackBlocksMax = endpoint.sackBlocksMaximum;
  row.options = optionNames(endpoint.sentFacts);
  row.ttlMin = endpoint.ttlMinimum;
  row.ttlMax = endpoint.ttlMaximum;
}

function fillRoundTrips(row: StatisticsRow, endpoint: Direction): void {
  const samples = endpoint.rttSamples;
  const hasSamples = samples > 0;
  row.rttSamples = samples;
  row.rttMinNs = hasSamples ? endpoint.rttMinimumNs : null;
  row.rttMaxNs = hasSamples ? endpoint.rttMaximumNs : null;
  row.rttAvgNs = mean(endpoint.rttSumNs, samples);
  row.rttStdevNs = roundedDeviation(endpoint.rttSumNs, endpoint.rttSquares, samples);
  row.rttHandshakeNs = orNull(endpoint.handshakeRttNs);
  const fullSize = endpoint.fullRttSamples;
  row.fullSizeBytes = orNull(endpoint.fullSizeBytes);
  row.fullSizeRttSamples = fullSize;
  row.fullSizeRttMinNs = hasSamples ? endpoint.fullRttMinimumNs : null;
  row.fullSizeRttMaxNs = hasSamples ? endpoint.fullRttMaximumNs : null;
  row.fullSizeRttAvgNs = mean(endpoint.fullRttSumNs, fullSize);
  row.fullSizeRttStdevNs = roundedDeviation(endpoint.fullRttSumNs, endpoint.fullRttSquares, fullSize);
}

function fillAcknowledgments(row: StatisticsRow, endpoint: Direction): void {
  const ambiguous = endpoint.ambiguousAcks;
  row.postLossAcks = endpoint.postLossAcks;
  row.ambiguousAcks = ambiguous;
  row.ambiguousRttMinNs = ambiguous > 0 ? endpoint.ambiguousRttMinimumNs : null;
  row.ambiguousRttMaxNs = ambiguous > 0 ? endpoint.ambiguousRttMaximumNs : null;
  row.ambiguousRttAvgNs = mean(endpoint.ambiguousRttSumNs, ambiguous);
  row.ambiguousRttStdevNs = roundedDeviation(
    endpoint.ambiguousRttSumNs,
    endpoint.ambiguousRttSquares,
    ambiguous,
  );
  row.cumulativelyAckedSegments = endpoint.cumulativelyAcked;
  row.duplicateAcks = endpoint.duplicateAcks;
  row.tripleDuplicateAcks = endpoint.tripleDuplicateAcks;
}

function mean(sum: number, count: number): number | null {
  return count === 0 ? null : Math.round(sum / count);
}

function roundedDeviation(sum: number, squares: number, samples: number): number | null {
  const value = deviation(sum, squares, samples);
  return value === null ? null : Math.round(value);
}

/** Where 0 stands for "none". */
function orNull(value: number): number | null {
  return value === 0 ? null : value;
}
