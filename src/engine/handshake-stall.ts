import { HAS_SACK_PERMITTED, HAS_SYN_TIMESTAMPS, HAS_WINDOW_SCALE } from "../flows/endpoint.js";
import {
  type Flow,
  HAS_HANDSHAKE_ACK,
  HAS_PROGRESS,
  HAS_PROGRESS_TIMESTAMPS,
  HAS_REPEAT_TIMESTAMPS,
  HAS_SYN_DATA,
  IS_SELF_CONNECT,
  IS_SIMULTANEOUS_OPEN,
} from "../flows/flow.js";
import { seqDiff } from "../tcp/seq.js";

/**
 * A listener repeats an unanswered SYN-ACK after 1 s (tcp_timeout_init, RFC 6298 section 5.7). One that stays silent
 * for longer than this holds no state of the connection.
 */
const SYN_ACK_TIMER_NS = 1_200_000_000;
/** Beyond the round trip, what a healthy but busy host may take to acknowledge first data. */
const PATIENCE_NS = 50_000_000;
/** A cookie SYN-ACK's TSval lies up to 127 ticks of 1 ms before its clock; less than this proves nothing. */
export const COOKIE_RESIDUAL_MS = 5;
const MAX_COOKIE_RESIDUAL_MS = 130;
/** First data as large as this may be lost for its size (path MTU) while everything small passes. */
const LARGEST_SMALL_DATA_BYTES = 1200;

/**
 * How a connection hung whose handshake was complete for the client and not for the server. The three rules about
 * it are one state machine; each reports its own kind, the most specific that holds.
 */
export type StallKind = "syn-ack-repeated" | "cookie" | "unproven";

export interface HandshakeStall {
  readonly kind: StallKind;
  /** From the client's first data until the server showed that it held the connection; null when it never did. */
  readonly stallNs: number | null;
  /** TSecr of the repeated SYN-ACK is later than the SYN's TSval: the server's host did receive what followed. */
  readonly isReceiptProven: boolean;
  /** Milliseconds by which the SYN-ACK's TSval lags the server's clock; null when not measurable. */
  readonly cookieResidualMs: number | null;
  /** The SYN offered window scale or SACK, no timestamps, and the SYN-ACK has neither: what a cookie cannot keep. */
  readonly hasLostOptions: boolean;
  /** The SYN-ACK's clock or options are a cookie's. */
  readonly hasCookieEvidence: boolean;
}

/** The stall of a flow's handshake; null when there was none. Cheap for healthy flows. */
export function findHandshakeStall(flow: Flow): HandshakeStall | null {
  if (flow.firstDataRepeats === 0 && flow.repeats === 0) return null;
  const { client, server } = flow;
  if (client.synFrame === 0 || server.synFrame === 0 || client.firstDataFrame === 0) return null;
  if (!(flow.facts & HAS_HANDSHAKE_ACK)) return null;
  if (flow.facts & (IS_SIMULTANEOUS_OPEN | IS_SELF_CONNECT | HAS_SYN_DATA)) return null;

  const hasProgress = (flow.facts & HAS_PROGRESS) !== 0;
  const stallNs = hasProgress ? flow.progressNs - client.firstDataNs : null;
  // The whole round trip from any vantage: to the server and back, to the client and back.
  const roundTripNs = Math.max(0, flow.handshakeAckNs - client.synNs);
  if (stallNs !== null && stallNs < 2 * roundTripNs + PATIENCE_NS) return null;

  const residualMs = cookieResidualMs(flow);
  const hasLost = hasLostOptions(flow);
  const stall = {
    stallNs,
    isReceiptProven: isReceiptProven(flow),
    cookieResidualMs: residualMs,
    hasLostOptions: hasLost,
    hasCookieEvidence: hasLost || (residualMs !== null && residualMs >= COOKIE_RESIDUAL_MS),
  };
  // A SYN-ACK sent before the data arrived proves nothing: the two crossed.
  if (flow.repeats > 0 && flow.repeatNs - client.firstDataNs > roundTripNs)
    return { ...stall, kind: "syn-ack-repeated" };
  if (flow.firstDataRepeats === 0 || client.firstDataLength > LARGEST_SMALL_DATA_BYTES) return null;
  const silentUntilNs = hasProgress ? flow.progressNs : flow.firstDataLastRepeatNs;
  const isSilent = flow.firstDataRepeats >= 2 && silentUntilNs - server.synNs > SYN_ACK_TIMER_NS;
  return { ...stall, kind: isSilent || stall.hasCookieEvidence ? "cookie" : "unproven" };
}

function isReceiptProven(flow: Flow): boolean {
  const { client } = flow;
  if (!(flow.facts & HAS_REPEAT_TIMESTAMPS) || !(client.facts & HAS_SYN_TIMESTAMPS)) return false;
  return seqDiff(flow.repeatTsecr, client.synTsval) > 0;
}

/** Assumes a clock of 1 kHz (Linux since 4.13); implausible values count as unmeasurable. */
function cookieResidualMs(flow: Flow): number | null {
  const { server } = flow;
  if (!(flow.facts & HAS_PROGRESS_TIMESTAMPS) || !(server.facts & HAS_SYN_TIMESTAMPS)) return null;
  const ticks = seqDiff(flow.progressTsval, server.synTsval);
  const residual = ticks - (flow.progressNs - server.synNs) / 1e6;
  return residual >= -2 && residual <= MAX_COOKIE_RESIDUAL_MS ? residual : null;
}

function hasLostOptions(flow: Flow): boolean {
  const offered = flow.client.facts & (HAS_WINDOW_SCALE | HAS_SACK_PERMITTED);
  if (flow.client.facts & HAS_SYN_TIMESTAMPS || offered === 0) return false;
  return (flow.server.facts & (HAS_WINDOW_SCALE | HAS_SACK_PERMITTED)) === 0;
}
