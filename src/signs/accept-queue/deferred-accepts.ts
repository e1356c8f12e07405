import type { Segment } from "../../decode/segment.js";
import {
  type Flow,
  HAS_HANDSHAKE_ACK,
  HAS_PROGRESS,
  HAS_SYN_DATA,
  IS_SELF_CONNECT,
  IS_SIMULTANEOUS_OPEN,
} from "../../flows/flow.js";

/** Names of the numbers per flow that a rule keeps for `noteLateSynAck`. */
export const LATE_SYN_ACK = ["frame", "timeNs"] as const;
export type LateSynAck = Record<(typeof LATE_SYN_ACK)[number], number>;

/**
 * A listener that did not get the handshake's ACK repeats its SYN-ACK after 1 s, then after 3 s. One that first does so
 * after longer than this had the ACK and waited on purpose.
 */
const SHORTEST_DEFERRAL_NS = 2_500_000_000;

/** For the hook `synAck`: the first SYN-ACK that comes again to a client which has acknowledged and not sent data. */
export function noteLateSynAck(segment: Segment, flow: Flow, late: LateSynAck): void {
  if (!segment.fromServer || late.frame > 0 || !(flow.facts & HAS_HANDSHAKE_ACK)) return;
  const { client, server } = flow;
  if (server.synFrame === 0 || client.firstDataFrame > 0 || client.finFrame > 0) return;
  late.frame = segment.frame;
  late.timeNs = segment.timeNs;
}

/** The listener put the connection off until there was data, and accepted that. */
export function isDeferred(flow: Flow, late: LateSynAck): boolean {
  const { facts, client, server } = flow;
  if (late.frame === 0 || client.syns !== 1 || client.firstDataFrame === 0) return false;
  if (facts & (HAS_SYN_DATA | IS_SELF_CONNECT | IS_SIMULTANEOUS_OPEN) || !(facts & HAS_PROGRESS))
    return false;
  if (flow.firstDataRepeats > 0 || flow.repeats > 0) return false;
  return late.timeNs - server.synNs >= SHORTEST_DEFERRAL_NS;
}
