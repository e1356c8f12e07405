import type { IcmpError } from "../../src/decode/icmp-error.js";
import type { FlowIcmpError } from "../../src/engine/capture-observation.js";

/** "Host unreachable" about a flow, from 192.0.2.254, or with other fields. */
export function sampleIcmpError(flowId: number | null, fields: Partial<IcmpError> = {}): FlowIcmpError {
  const error: IcmpError = {
    row: 0,
    frame: 7,
    timeNs: 0,
    ipVersion: 4,
    type: 3,
    code: 1,
    mtu: null,
    reporter: Uint8Array.of(192, 0, 2, 254),
    quotedSource: Uint8Array.of(192, 0, 2, 1),
    quotedDestination: Uint8Array.of(192, 0, 2, 2),
    quotedSourcePort: 40000,
    quotedDestinationPort: 80,
    quotedSeq: 1,
    encapsulation: 0,
    ...fields,
  };
  return { captureId: 1, flowId, error };
}
