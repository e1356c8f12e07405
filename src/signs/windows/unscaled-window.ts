import type { Segment } from "../../decode/segment.js";
import type { Evidence } from "../../engine/finding.js";
import { HAS_WINDOW_SCALE } from "../../flows/endpoint.js";
import { type Flow, HAS_PROGRESS } from "../../flows/flow.js";
import { isFromOtherDistance } from "../attempts/other-distance.js";
import type { Suffering } from "../listeners/listener-incidents.js";
import type { WindowRounds } from "./window-rounds.js";

/**
 * What is kept per flow: the window of the SYN-ACK, whether it was taken back later, and how often data filled a window that
 * scaling would enlarge.
 */
export const UNSCALED_WINDOW_FIELDS = [
  "synAckWindow",
  "isForeign",
  "hasRetreated",
  "fulls",
  "fullNs",
  "fullFrame",
] as const;
export type UnscaledWindowState = Record<(typeof UNSCALED_WINDOW_FIELDS)[number], number>;

/** For the hook `synAck`: it does not answer the offer of a window scale. */
export function noteUnscaledSynAck(segment: Segment, { client }: Flow, state: UnscaledWindowState): void {
  if ((client.facts & HAS_WINDOW_SCALE) !== 0 && segment.windowScale === null)
    state.synAckWindow = segment.window;
}

/** For the hook `fin`: who closes for the server is not who sent its SYN-ACK, as behind a SYN proxy. */
export function noteForeignFin(segment: Segment, { server }: Flow, state: UnscaledWindowState): void {
  if (segment.fromServer && isFromOtherDistance(segment.ttl, server)) state.isForeign = 1;
}

/** A scaled window of a server that has room is smaller than the one in its SYN-ACK by this factor at least. */
const MISMATCH_FACTOR = 4;
/** For the hook `labelled`, of data that fills the server's window: later, in a long flow, a retreat no longer shows. */
export function noteRetreat({ server }: Flow, state: UnscaledWindowState): void {
  if (isRetreat(server, state)) state.hasRetreated = 1;
}

/** The right edge of the server's window lies far before that of its SYN-ACK. */
function isRetreat(server: Flow["server"], { synAckWindow }: UnscaledWindowState): boolean {
  return (
    server.window > 0 &&
    server.window * MISMATCH_FACTOR <= synAckWindow &&
    server.ackedTo + server.window * MISMATCH_FACTOR <= synAckWindow
  );
}

/** A transfer of less fits into a window that nobody scaled. Octets. */
const LARGE_BYTES = 65_535;
/** Windows filled so often limit a transfer. */
const LIMITING_FULLS = 3;
/** A window that is smaller than this was made small by its receiver, not by the lack of a scale. Octets. */
export const SMALLEST_LIMIT = 16_384;

/**
 * mismatch: the server's later windows are those of one that scales, so it and the client differ by the factor.
 * limited: neither scales, and data filled the window again and again, or as much as it allows came in each round trip.
 * unscaled: neither scales.
 */
export type UnscaledKind = "mismatch" | "limited" | "unscaled";

export interface UnscaledWindow extends Suffering<"syn" | "synack" | "sign"> {
  readonly kind: UnscaledKind;
  /** Either direction carried so much that a larger window could have mattered. */
  readonly isLarge: boolean;
}

/**
 * What came of a window scale that the client offered and the SYN-ACK, as captured, does not have; null when it is not
 * so. With a mismatch the right edge of the window went back: a server that has taken few octets offers far less than
 * in its SYN-ACK, which is not done otherwise (RFC 9293, section 3.8.6). `rounds`: what a window held up of the flow.
 */
export function findUnscaledWindow(
  state: UnscaledWindowState,
  flow: Flow,
  rounds: WindowRounds | null,
): UnscaledWindow | null {
  const { client, server } = flow;
  if ((client.facts & HAS_WINDOW_SCALE) === 0 || client.windowScale === 0) return null;
  if (server.facts & HAS_WINDOW_SCALE || server.synFrame === 0 || state.synAckWindow === 0) return null;
  // Of a handshake that went no further nothing is known; a SYN sent again may have had no options.
  if ((flow.facts & HAS_PROGRESS) === 0 || client.syns > 1) return null;
  const at = (frame: number, timeNs: number): Evidence => ({ flowId: flow.id, frame, timeNs });
  const hasRetreated = state.hasRetreated > 0 || (server.rstFrame === 0 && isRetreat(server, state));
  const isMismatch = state.isForeign === 0 && hasRetreated;
  const isFilled = state.fulls >= LIMITING_FULLS;
  const isLimited = isFilled || (rounds !== null && rounds.windowBytes >= SMALLEST_LIMIT);
  const kind = isMismatch ? "mismatch" : isLimited ? "limited" : "unscaled";
  const next = at(flow.progressFrame, flow.progressNs);
  const full = isFilled ? at(state.fullFrame, state.fullNs) : (rounds?.evidence.first ?? next);
  const sign = kind === "limited" ? full : next;
  return {
    kind,
    isLarge: client.uniqueBytes > LARGE_BYTES || server.uniqueBytes > LARGE_BYTES,
    side: "server",
    count: 1,
    totalNs: 0,
    // The largest transfer is the one that a larger window would have helped most.
    worstNs: Math.max(client.uniqueBytes, server.uniqueBytes),
    evidence: {
      syn: at(client.synFrame, client.synNs),
      synack: at(server.synFrame, server.synNs),
      sign,
    },
    startNs: client.synNs,
    endNs: flow.endNs,
  };
}
