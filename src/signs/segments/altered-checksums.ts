import { type Endpoint, HAS_VALID_DATA_CHECKSUM, HAS_WRONG_CHECKSUM } from "../../flows/endpoint.js";
import type { Flow } from "../../flows/flow.js";
import type { Side } from "../listeners/listener-incidents.js";

/** Bits of `sidesWithRightData`. */
export const BIT_OF_SIDE: Readonly<Record<Side, number>> = { client: 1, server: 2 };

/** Whose data was seen with a right checksum, among the first segments of each side. */
export function sidesWithRightData({ client, server }: Flow): number {
  return (
    (client.facts & HAS_VALID_DATA_CHECKSUM ? BIT_OF_SIDE.client : 0) |
    (server.facts & HAS_VALID_DATA_CHECKSUM ? BIT_OF_SIDE.server : 0)
  );
}

/**
 * Something was accepted whose checksum is wrong in the capture: a tool has changed what it holds since, as those do that hide
 * addresses or data. Judged by the first segments of each side.
 */
export function isAltered({ client, server }: Flow): boolean {
  return isAcceptedThoughWrong(client, server) || isAcceptedThoughWrong(server, client);
}

/** All that it sent was acknowledged, and it sent nothing twice. */
function isAcceptedThoughWrong({ facts, retransmits, nextSeq }: Endpoint, peer: Endpoint): boolean {
  return (facts & HAS_WRONG_CHECKSUM) !== 0 && retransmits === 0 && peer.ackedTo >= nextSeq;
}
