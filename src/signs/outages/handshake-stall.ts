import {
  HAS_CHANGED_ISN,
  HAS_FIRST_DATA_TWICE,
  HAS_SACK_PERMITTED,
  HAS_SYN_TIMESTAMPS,
  HAS_WINDOW_SCALE,
} from "../../flows/endpoint.js";
import { handshakeRoundTripNs } from "../../flows/establishment.js";
import {
  type Flow,
  HAS_EARLIER_PROGRESS,
  HAS_FIRST_DATA_TIMESTAMPS,
  HAS_HANDSHAKE_ACK,
  HAS_PROGRESS,
  HAS_PROGRESS_TIMESTAMPS,
  HAS_REPEAT_TIMESTAMPS,
  HAS_SYN_DATA,
  IS_SELF_CONNECT,
  IS_SIMULTANEOUS_OPEN,
} from "../../flows/flow.js";
import { seqDiff } from "../../tcp/seq.js";
import { cookieLagMs } from "../clocks/cookie-clock.js";
import { rateOf } from "../clocks/timestamp-clock.js";

/** So many times in a row the first data must have been in vain to speak of silence: loss rarely takes all of them. */
const SILENT_TRANSMISSIONS = 3;
/** Beyond the round trip, what a healthy but busy host may take to acknowledge first data. */
const PATIENCE_NS = 50_000_000;
/** No timer runs out sooner: Linux waits two ticks of 1 ms at least (tcp_schedule_loss_probe). What comes sooner repeats nothing. */
const SHORTEST_TIMER_NS = 2_000_000;
/** RFC 9293, section 3.8.6.3. */
const LONGEST_DELAYED_ACK_NS = 500_000_000;
/** First data as large as this may be lost for its size (path MTU) while everything small passes. */
const LARGEST_SMALL_DATA_BYTES = 1200;
/** A cookie is good for one to two minutes (MAX_SYNCOOKIE_AGE): a RST that comes sooner has another reason. */
const YOUNGEST_EXPIRED_COOKIE_NS = 60_000_000_000;

/** How a connection hung whose handshake was complete for the client and not for the server. */
export interface HandshakeStall {
  /** From the client's first data until the server showed that it held the connection; null when it never did. */
  readonly stallNs: number | null;
  /** From SYN to the handshake's ACK: the whole round trip, wherever the capture was taken; a guess where the SYN was not captured. */
  readonly roundTripNs: number;
  /** The SYN was not captured: it had begun before. */
  readonly isBegunBefore: boolean;
  /** How long at least the SYN was sent before the first data in the capture; 0 where that is not known. Nanoseconds. */
  readonly unseenNs: number;
  /** The SYN-ACK came again, too late to have been sent before the client's data arrived. */
  readonly hasRepeatedSynAck: boolean;
  /** How long after its SYN-ACK the server said nothing at all, to several transmissions. Nanoseconds; else 0. */
  readonly silentNs: number;
  /** TSecr of the repeated SYN-ACK is later than the SYN's TSval: the server's host did receive what followed. */
  readonly isReceiptProven: boolean;
  /** Milliseconds by which the SYN-ACK's TSval lags the server's clock as only a cookie's does; else null. */
  readonly cookieLagMs: number | null;
  /**
   * The SYN offered window scale or SACK, no timestamps, and the SYN-ACK has neither: what a cookie cannot keep, if the
   * listener has them otherwise.
   */
  readonly hasLostOptions: boolean;
  /**
   * The server answered the client's SYN anew with another ISN, as one does that keeps nothing of the first answer: a cookie
   * changes every minute. So do SYN proxies, and load balancers that turn to another server.
   */
  readonly hasChangedIsn: boolean;
  /** The server answered with a bare RST when a cookie would have expired. */
  readonly isExpired: boolean;
}

/** The stall of a flow's handshake; null when there was none. Cheap for healthy flows. */
export function findHandshakeStall(flow: Flow): HandshakeStall | null {
  if (flow.firstDataRepeats === 0 && flow.repeats === 0) return null;
  const { client, server } = flow;
  if (server.synFrame === 0 || client.firstDataFrame === 0) return null;
  // Of a handshake that the capture lacks only the SYN-ACK that came again tells.
  if (client.synFrame === 0 && flow.repeats === 0) return null;
  if (client.synFrame > 0 && !(flow.facts & HAS_HANDSHAKE_ACK)) return null;
  if (flow.facts & (IS_SIMULTANEOUS_OPEN | IS_SELF_CONNECT | HAS_SYN_DATA)) return null;
  // Nobody sends a SYN again behind data: two recordings of one connection.
  if (flow.lastSynNs > client.firstDataNs) return null;

  if (isHeldUnheard(flow)) return null;
  const hasProgress = (flow.facts & HAS_PROGRESS) !== 0;
  // The server had sent data before the first that was captured of it: it held the connection, its answers were lost.
  if (flow.facts & HAS_EARLIER_PROGRESS || (!hasProgress && client.ackedTo > 1)) return null;
  const stallNs = hasProgress ? flow.progressNs - client.firstDataNs : null;
  // Of several SYNs the first may be the one that was answered; with another ISN it was the latest.
  const hasChangedIsn = (server.facts & HAS_CHANGED_ISN) !== 0;
  const roundTripNs = hasChangedIsn
    ? Math.max(0, flow.handshakeAckNs - flow.lastSynNs)
    : handshakeRoundTripNs(flow);
  if (stallNs !== null && stallNs < 2 * roundTripNs + PATIENCE_NS) return null;
  if (isFirstTransmissionAcknowledged(flow) || hadAnsweredBefore(flow, roundTripNs)) return null;

  // A SYN-ACK sent before the data arrived proves nothing: the two crossed.
  const hasRepeatedSynAck = flow.repeats > 0 && flow.repeatNs - client.firstDataNs > roundTripNs;
  if (!hasRepeatedSynAck) {
    if (client.synFrame === 0) return null;
    if (flow.firstDataRepeats === 0 || client.firstDataLength > LARGEST_SMALL_DATA_BYTES) return null;
    if (flow.firstDataLastRepeatNs - client.firstDataNs < SHORTEST_TIMER_NS) return null;
    // It is not silent but answers by RSTs, which the client does not hear: nothing was dropped in silence.
    if (isResetBefore(flow, flow.firstDataLastRepeatNs)) return null;
  }
  const silentUntilNs = hasProgress ? flow.progressNs : flow.firstDataLastRepeatNs;
  const inVain = flow.firstDataRepeats + (hasProgress ? 0 : 1);
  return {
    stallNs,
    roundTripNs,
    isBegunBefore: client.synFrame === 0,
    unseenNs: client.synFrame === 0 ? unseenNs(flow) : 0,
    hasRepeatedSynAck,
    silentNs: flow.repeats === 0 && inVain >= SILENT_TRANSMISSIONS ? silentUntilNs - server.synNs : 0,
    isReceiptProven: isReceiptProven(flow),
    cookieLagMs: cookieLagMs(flow),
    hasLostOptions: hasLostOptions(flow),
    hasChangedIsn,
    isExpired: flow.bareRstFrame > 0 && server.rstNs - server.synNs > YOUNGEST_EXPIRED_COOKIE_NS,
  };
}

/**
 * What the server first sent behind its SYN-ACK came after the client's data and acknowledges nothing of it, nor does what followed. Data
 * that completes a handshake is acknowledged with it, so that one was complete before, by the ACK that the SYN-ACK drew: the server
 * holds the connection, and the data does not reach it. A SYN-ACK that came again may have drawn such an ACK later.
 */
export function isHeldUnheard({ facts, repeats, progressNs, client, server }: Flow): boolean {
  if (!(facts & HAS_PROGRESS) || server.synFrame === 0 || client.firstDataFrame === 0) return false;
  return repeats === 0 && server.ackedTo <= 1 && progressNs > client.firstDataNs;
}

/** The server reset the connection before then, and not because a cookie had expired. */
function isResetBefore({ server }: Flow, timeNs: number): boolean {
  return (
    server.rstFrame > 0 && server.rstNs < timeNs && server.rstNs - server.synNs <= YOUNGEST_EXPIRED_COOKIE_NS
  );
}

/**
 * The server's first answer reports the data as received twice (RFC 2883), or echoes the timestamp of the data as it was
 * first sent (RFC 3522, section 3.2): it had arrived, the retransmission was spurious.
 */
function isFirstTransmissionAcknowledged(flow: Flow): boolean {
  if (flow.client.facts & HAS_FIRST_DATA_TWICE) return true;
  if (!(flow.facts & HAS_PROGRESS_TIMESTAMPS) || !(flow.facts & HAS_FIRST_DATA_TIMESTAMPS)) return false;
  if (flow.client.facts & HAS_SYN_TIMESTAMPS && flow.client.synTsval === flow.firstDataTsval) return false;
  return flow.progressTsecr === flow.firstDataTsval;
}

/**
 * The server acknowledges the data by data of its own that comes long after any of the client's. What it accepted then it would
 * have acknowledged by then, so it sends again what was lost on its way, from a connection that it held.
 */
function hadAnsweredBefore(flow: Flow, roundTripNs: number): boolean {
  if (!(flow.facts & HAS_PROGRESS) || flow.repeats > 0 || flow.server.firstDataFrame !== flow.progressFrame)
    return false;
  return flow.progressNs - flow.firstDataLastRepeatNs > roundTripNs + LONGEST_DELAYED_ACK_NS;
}

/** The SYN-ACK echoes the clock that the SYN was sent by, or a later segment; the data tells how that clock goes, and how late it is. */
function unseenNs(flow: Flow): number {
  if (!(flow.facts & HAS_REPEAT_TIMESTAMPS) || !(flow.facts & HAS_FIRST_DATA_TIMESTAMPS)) return 0;
  const { firstDataTsval, firstDataLastRepeatTsval, firstDataLastRepeatNs, repeatTsecr, client } = flow;
  const ticks = seqDiff(firstDataLastRepeatTsval, firstDataTsval);
  const rateHz = rateOf(ticks, firstDataLastRepeatNs - client.firstDataNs);
  return rateHz === null ? 0 : Math.max(0, (seqDiff(firstDataTsval, repeatTsecr) * 1e9) / rateHz);
}

function isReceiptProven(flow: Flow): boolean {
  const { client } = flow;
  if (!(flow.facts & HAS_REPEAT_TIMESTAMPS)) return false;
  if (client.synFrame > 0 && !(client.facts & HAS_SYN_TIMESTAMPS)) return false;
  if (client.syns === 1) return seqDiff(flow.repeatTsecr, client.synTsval) > 0;
  // Which of several SYNs was echoed, or one that was not captured, is not known; none of them is as late as the data.
  return (flow.facts & HAS_FIRST_DATA_TIMESTAMPS) !== 0 && seqDiff(flow.repeatTsecr, flow.firstDataTsval) > 0;
}

function hasLostOptions(flow: Flow): boolean {
  const offered = flow.client.facts & (HAS_WINDOW_SCALE | HAS_SACK_PERMITTED);
  if (flow.client.facts & HAS_SYN_TIMESTAMPS || offered === 0) return false;
  return (flow.server.facts & (HAS_WINDOW_SCALE | HAS_SACK_PERMITTED)) === 0;
}
