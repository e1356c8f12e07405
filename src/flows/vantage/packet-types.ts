import type { Endpoint } from "../endpoint.js";
import type { Flow } from "../flow.js";

/** LINKTYPE_LINUX_SLL and LINKTYPE_LINUX_SLL2, https://www.tcpdump.org/linktypes.html */
const LINUX_SLL = 113;
const LINUX_SLL2 = 276;

/**
 * Keeps of `packetTypes` what the capture's link types say it is, as the type plus one, and 0 where they have none: the
 * link type of a frame is not known to the flow table while segments pass.
 */
export function keepPacketTypes({ client, server }: Flow, linkTypes: readonly number[]): void {
  const shift = shiftOf(linkTypes);
  keep(client, shift);
  keep(server, shift);
}

function shiftOf(linkTypes: readonly number[]): number | null {
  const [first] = linkTypes;
  if (linkTypes.some((linkType) => linkType !== first)) return null;
  if (first === LINUX_SLL) return 0;
  return first === LINUX_SLL2 ? 8 : null;
}

function keep(endpoint: Endpoint, shift: number | null): void {
  endpoint.packetTypes = shift === null ? 0 : (endpoint.packetTypes >>> shift) & 0xff;
}
