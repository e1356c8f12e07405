import type { FlowIcmpError } from "../../engine/capture-observation.js";
import { formatAddress } from "../../tcp/address.js";

/** What a router said of a segment that did not fit through. RFC 1191, section 4; RFC 4443, section 3.2. */
export interface TooBig {
  /** Octets of IP that fit; 0 where an old router does not tell. */
  readonly mtu: number;
  readonly reporter: string;
  readonly frame: number;
}

/** The first such message about each flow, by the flow's id. */
export function tooBigMessages(errors: readonly FlowIcmpError[]): ReadonlyMap<number, TooBig> {
  const told = new Map<number, TooBig>();
  for (const { flowId, error } of errors) {
    if (flowId === null || error.mtu === null || told.has(flowId)) continue;
    told.set(flowId, { mtu: error.mtu, reporter: formatAddress(error.reporter), frame: error.frame });
  }
  return told;
}
