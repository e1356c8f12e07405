import { icmpErrorName } from "../decode/icmp-error-name.js";
import { formatAddress } from "../tcp/address.js";
import type { FlowIcmpError } from "./capture-observation.js";

/** ICMP destination unreachable (RFC 792) and its ICMPv6 sibling (RFC 4443); what is too big has a type or code of its own. */
const UNREACHABLE = 3;
const UNREACHABLE_V6 = 1;
const FRAGMENTATION_NEEDED = 4;

/** What an ICMP error said of a flow's segment, in words. */
export interface IcmpAnswer {
  /** `communication prohibited`. */
  readonly name: string;
  /** Address of the host that said so. */
  readonly reporter: string;
  readonly frame: number;
}

/** The first "destination unreachable" about each flow, by the flow's id. */
export function unreachableAnswers(errors: readonly FlowIcmpError[]): ReadonlyMap<number, IcmpAnswer> {
  const answers = new Map<number, IcmpAnswer>();
  for (const { flowId, error } of errors) {
    const { ipVersion, type, code, reporter, frame } = error;
    const isUnreachable =
      ipVersion === 4 ? type === UNREACHABLE && code !== FRAGMENTATION_NEEDED : type === UNREACHABLE_V6;
    if (flowId === null || !isUnreachable || answers.has(flowId)) continue;
    answers.set(flowId, {
      name: icmpErrorName(ipVersion, type, code),
      reporter: formatAddress(reporter),
      frame,
    });
  }
  return answers;
}
