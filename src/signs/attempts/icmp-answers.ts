import { icmpErrorName } from "../../decode/icmp-error-name.js";
import { type FlowIcmpError, MAX_ICMP_ERRORS } from "../../engine/capture-observation.js";
import { synCount } from "../../engine/message-values.js";
import { formatAddress } from "../../tcp/address.js";

/** ICMP destination unreachable (RFC 792) and its ICMPv6 sibling (RFC 4443); what is too big has a type or code of its own. */
const UNREACHABLE = 3;
const UNREACHABLE_V6 = 1;
const FRAGMENTATION_NEEDED = 4;

/** What the first ICMP error said of a flow's segment, in words. */
export interface IcmpAnswer {
  /** `communication prohibited`. */
  readonly name: string;
  /** Address of the host that said so. */
  readonly reporter: string;
  readonly frame: number;
  /** How many such errors, of whatever wording, were captured about the flow. */
  errors: number;
}

/** The first "destination unreachable" about each flow, by the flow's id. */
export function unreachableAnswers(errors: readonly FlowIcmpError[]): ReadonlyMap<number, IcmpAnswer> {
  const answers = new Map<number, IcmpAnswer>();
  for (const { flowId, error } of errors) {
    const { ipVersion, type, code, reporter, frame } = error;
    const isUnreachable =
      ipVersion === 4 ? type === UNREACHABLE && code !== FRAGMENTATION_NEEDED : type === UNREACHABLE_V6;
    if (flowId === null || !isUnreachable) continue;
    const known = answers.get(flowId);
    if (known !== undefined) {
      known.errors++;
      continue;
    }
    answers.set(flowId, {
      name: icmpErrorName(ipVersion, type, code),
      reporter: formatAddress(reporter),
      frame,
      errors: 1,
    });
  }
  return answers;
}

/**
 * How many of the flows' SYNs were answered by ICMP, for messages: `12 SYNs`, `9 of 18 SYNs`, and `at least` where `errors`
 * may not be all that were captured. A flow of SYNs alone has no more of them rejected than it sent, though an error be
 * captured twice.
 */
export function countRejected(
  flows: readonly { readonly flowId: number; readonly syns: number }[],
  answers: ReadonlyMap<number, IcmpAnswer>,
  errors: readonly FlowIcmpError[],
): string {
  let syns = 0;
  let rejected = 0;
  for (const flow of flows) {
    syns += flow.syns;
    rejected += Math.min(flow.syns, answers.get(flow.flowId)?.errors ?? 0);
  }
  if (rejected === syns) return synCount(syns);
  return `${errors.length < MAX_ICMP_ERRORS ? "" : "at least "}${rejected} of ${syns} SYNs`;
}
