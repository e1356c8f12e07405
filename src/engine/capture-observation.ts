import type { FileFacts } from "../decode/decode-series.js";
import type { IcmpError } from "../decode/icmp-error.js";
import type { FlowEvidence } from "../flows/vantage/flow-evidence.js";
import type { KernelObservations } from "../kernel/observations.js";
import type { RpcConversation } from "./rpc-conversations.js";
import type { JudgedVantage } from "./vantage.js";

/** So many segments with data do not come without an acknowledgment among them by chance. */
export const DATA_SEGMENTS_OF_FILTER = 50;

/** ICMP errors kept of a stream. A flood of them is one story, and memory must not grow with it. */
export const MAX_ICMP_ERRORS = 100_000;

/** An ICMP error and the flow whose segment it quotes; null when the capture does not show that flow. */
export interface FlowIcmpError {
  readonly captureId: number;
  readonly flowId: number | null;
  readonly error: IcmpError;
}

/** What is known of a whole capture (or series) when it has been read, or of a live one so far. */
export interface CaptureObservation {
  readonly evidence: FlowEvidence;
  /** Its files, in order; at least one unless nothing was read. */
  readonly files: readonly FileFacts[];
  readonly vantage: JudgedVantage;
  /** Nanoseconds from the origin to the last frame. */
  readonly endNs: number;
  /** Clients and listeners between which a call of ONC RPC was not answered. */
  readonly rpcConversations: readonly RpcConversation[];
  /** In capture order; at most the first `MAX_ICMP_ERRORS`. */
  readonly icmpErrors: readonly FlowIcmpError[];
  /** What the kernel said meanwhile, on the capture's clock; null when nothing of it was given. */
  readonly kernel: KernelObservations | null;
}

/** At least `minDataSegments` segments carry data, and none is a SYN or a bare acknowledgment: a filter left those out. */
export function holdsOnlyData(
  { dataSegments, pureAcks, syns }: FlowEvidence,
  minDataSegments = DATA_SEGMENTS_OF_FILTER,
): boolean {
  return dataSegments >= minDataSegments && pureAcks + syns === 0;
}

/** Frames that the capturing system saw and lost, and all frames it saw. Zero where the files do not tell. */
export function countDrops(files: readonly FileFacts[]): { dropped: number; seen: number } {
  let dropped = 0;
  let seen = 0;
  for (const { frames, interfaces } of files) {
    seen += frames;
    for (const each of interfaces) dropped += each.dropped ?? 0;
  }
  return { dropped, seen: seen + dropped };
}

/** Name of an interface of the first file, such as `eth0`, or its number where it has none. */
export function interfaceName(files: readonly FileFacts[], index: number): string {
  return files[0]?.interfaces[index]?.name ?? `interface ${index}`;
}

/** For messages: whole percents, below ten with two digits that count. */
export function percentOf(part: number, whole: number): string {
  const percent = whole === 0 ? 0 : (100 * part) / whole;
  return percent >= 10 ? percent.toFixed(0) : percent.toFixed(percent >= 1 ? 1 : 2);
}
