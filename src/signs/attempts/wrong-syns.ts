import { acceptsNothing } from "../../engine/accepts-nothing.js";
import type { Evidence } from "../../engine/finding.js";
import { type Endpoint, HAS_WRONG_CHECKSUM } from "../../flows/endpoint.js";
import type { Flow } from "../../flows/flow.js";

/** Fewer SYNs of a connection tell nothing. */
const FEWEST_SYNS = 3;
const SHORTEST_NS = 1_000_000_000;

/** A client that asks on, and all checksums of its SYNs, or of the SYN-ACKs that answer them, are wrong as far as looked at. */
export interface WrongSyns {
  readonly isOfServer: boolean;
  /** How many of them there are. */
  readonly count: number;
  /** The first of them, and the last SYN or SYN-ACK. */
  readonly first: Evidence;
  readonly last: Evidence;
}

/** Null where it is not so. */
export function findWrongSyns({ id: flowId, client, server, lastFrame, endNs }: Flow): WrongSyns | null {
  if (client.syns < FEWEST_SYNS || client.synFrame === 0) return null;
  if (!acceptsNothing(client) || client.rstFrame > 0 || client.lastNs - client.synNs < SHORTEST_NS)
    return null;
  const isOfServer = server.segments > 0;
  const sender = isOfServer ? server : client;
  if (sender.synFrame === 0 || !hasOnlyWrongChecksums(sender)) return null;
  return {
    isOfServer,
    count: sender.syns,
    first: { flowId, frame: sender.synFrame, timeNs: sender.synNs },
    last: { flowId, frame: lastFrame, timeNs: endNs },
  };
}

function hasOnlyWrongChecksums({ facts, validChecksums, unfilledChecksums }: Endpoint): boolean {
  return (facts & HAS_WRONG_CHECKSUM) !== 0 && validChecksums + unfilledChecksums === 0;
}
