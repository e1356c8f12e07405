import { HAS_TIMESTAMPS, type SegmentBatch } from "../decode/segment-batch.js";
import { ACK, RST, SYN } from "../tcp/flags.js";
import {
  type Flow,
  HAS_EARLIER_PROGRESS,
  HAS_FIRST_DATA_TIMESTAMPS,
  HAS_HANDSHAKE_ACK,
  HAS_PROGRESS,
  HAS_PROGRESS_TIMESTAMPS,
  HAS_REPEAT_TIMESTAMPS,
  HAS_SYN_DATA,
  IS_SIMULTANEOUS_OPEN,
} from "./flow.js";

/**
 * A listener's SYN-ACK timer starts at 1 s (RFC 6298, section 5.7; 3 s before 2011). A second SYN-ACK sooner than
 * this is one that the network doubled or held back.
 */
const SHORTEST_SYN_ACK_TIMER_NS = 100_000_000;

/** Where the SYN was not captured the round trip is not known; few are longer. */
const UNKNOWN_ROUND_TRIP_NS = 500_000_000;

/**
 * From SYN to the handshake's ACK: the whole round trip, wherever the capture was taken; what few are longer than where the SYN
 * was not captured. Nanoseconds.
 */
export function handshakeRoundTripNs({ client, handshakeAckNs }: Flow): number {
  return client.synFrame > 0 ? Math.max(0, handshakeAckNs - client.synNs) : UNKNOWN_ROUND_TRIP_NS;
}

/**
 * Gathers how a connection came into being, from the SYN until the server shows that it holds it: what the rules
 * about dropped handshakes need. Called for every segment before the endpoints are updated, until HAS_PROGRESS.
 */
export function noteEstablishment(flow: Flow, batch: SegmentBatch, row: number): void {
  if (batch.fromServer[row] === 1) noteServer(flow, batch, row);
  else noteClient(flow, batch, row);
}

function noteClient(flow: Flow, batch: SegmentBatch, row: number): void {
  const flags = batch.flags[row]!;
  const timeNs = batch.timeNs[row]!;
  const payloadLength = batch.payloadLength[row]!;
  if (flags & SYN) {
    if (!(flags & ACK)) flow.lastSynNs = timeNs;
    if (payloadLength > 0) flow.facts |= HAS_SYN_DATA;
    return;
  }
  if (flags & RST) return;
  if (
    flags & ACK &&
    !(flow.facts & HAS_HANDSHAKE_ACK) &&
    flow.server.synFrame > 0 &&
    batch.relativeAck[row]! >= 1
  ) {
    flow.facts |= HAS_HANDSHAKE_ACK;
    flow.handshakeAckFrame = batch.frame[row]!;
    flow.handshakeAckNs = timeNs;
  }
  // Only the first data stands right behind the ISN; keepalives and window probes do not.
  if (payloadLength === 0 || batch.relativeSeq[row] !== 1) return;
  // What stands behind a gap may have come first.
  if (flow.client.contiguousTo <= 1) {
    if (batch.facts[row]! & HAS_TIMESTAMPS) {
      flow.facts |= HAS_FIRST_DATA_TIMESTAMPS;
      flow.firstDataTsval = batch.tsval[row]!;
    }
    return;
  }
  if (flow.firstDataRepeats === 0) {
    flow.firstDataRepeatFrame = batch.frame[row]!;
    flow.firstDataRepeatNs = timeNs;
  }
  flow.firstDataRepeats++;
  flow.firstDataLastRepeatFrame = batch.frame[row]!;
  flow.firstDataLastRepeatNs = timeNs;
  if (batch.facts[row]! & HAS_TIMESTAMPS) flow.firstDataLastRepeatTsval = batch.tsval[row]!;
}

function noteServer(flow: Flow, batch: SegmentBatch, row: number): void {
  const flags = batch.flags[row]!;
  const { client, server } = flow;
  if (flags & RST) {
    const isBare = !(flags & ACK) && batch.relativeSeq[row] === 1;
    if (isBare && flow.bareRstFrame === 0) flow.bareRstFrame = batch.frame[row]!;
    return;
  }
  if (flags & SYN) {
    if (flags & ACK) noteSynAck(flow, batch, row);
    else if (client.synFrame > 0) flow.facts |= IS_SIMULTANEOUS_OPEN;
    return;
  }
  // Behind its SYN-ACK even a bare ACK shows that it holds the connection: a listener sends none.
  if (server.synFrame === 0) return;
  flow.facts |= batch.relativeSeq[row]! > 1 ? HAS_PROGRESS | HAS_EARLIER_PROGRESS : HAS_PROGRESS;
  flow.progressFrame = batch.frame[row]!;
  flow.progressNs = batch.timeNs[row]!;
  if (batch.facts[row]! & HAS_TIMESTAMPS) {
    flow.facts |= HAS_PROGRESS_TIMESTAMPS;
    flow.progressTsval = batch.tsval[row]!;
    flow.progressTsecr = batch.tsecr[row]!;
  }
}

function noteSynAck(flow: Flow, batch: SegmentBatch, row: number): void {
  const { client, server } = flow;
  const isSame =
    server.synFrame > 0 ? batch.seq[row] === server.base : wasAcknowledgedBefore(flow, batch, row);
  const hasDataSince = flow.repeats > 0 || (client.firstDataFrame > 0 && client.firstDataNs >= server.synNs);
  // As many SYN-ACKs as SYNs: this one answers a repeated SYN, not a timer.
  const answersSyn = server.syns < client.syns;
  const isTooSoon = batch.timeNs[row]! - server.synNs < SHORTEST_SYN_ACK_TIMER_NS;
  if (!isSame || !hasDataSince || answersSyn || isTooSoon) return;
  // One that may have crossed the data is a lesser witness than one that came later.
  const roundTripNs = handshakeRoundTripNs(flow);
  const hasCrossed = flow.repeatNs - client.firstDataNs <= roundTripNs;
  if (flow.repeats === 0 || hasCrossed) {
    const timeNs = batch.timeNs[row]!;
    flow.repeatFrame = batch.frame[row]!;
    flow.repeatNs = timeNs;
    const known = [flow.firstDataLastRepeatNs, flow.firstDataRepeatNs];
    flow.firstDataInVainNs = known.find((repeatNs) => timeNs - repeatNs > roundTripNs) ?? 0;
    if (batch.facts[row]! & HAS_TIMESTAMPS) {
      flow.facts |= HAS_REPEAT_TIMESTAMPS;
      flow.repeatTsecr = batch.tsecr[row]!;
    }
  }
  flow.repeats++;
}

/** The first SYN-ACK that was captured stands where the client, whose SYN was not captured, has acknowledged one: it comes again. */
function wasAcknowledgedBefore({ client, server }: Flow, batch: SegmentBatch, row: number): boolean {
  return client.synFrame === 0 && server.segments === 0 && batch.relativeSeq[row] === 0;
}
