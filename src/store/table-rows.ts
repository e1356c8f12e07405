import type { Confidence, Severity, Vantage } from "../engine/finding.js";
import type { RouteChange } from "../kernel/routes.js";
import type { ListenerRow as KernelListener, SocketRow as KernelSocket } from "../kernel/socket-row.js";
import type { TcpInfo } from "../kernel/tcp-info.js";

/** Rows of the tables that SQL fills. What each column means stands in schema.sql, by the same name in snake_case. */

export interface CaptureRow {
  readonly id: number;
  readonly source: string;
  readonly kind: "file" | "live";
  readonly format: string;
  readonly compression: string | null;
  readonly linkType: number | null;
  readonly startNs: bigint | null;
  readonly originNs: bigint | null;
  readonly startedAt: string | null;
  readonly durationNs: number;
  readonly frames: number;
  readonly tcpFrames: number;
  readonly skippedFrames: number;
  readonly truncatedFrames: number;
  readonly droppedFrames: number | null;
  readonly damage: string | null;
  readonly vantage: Vantage;
  readonly vantageConfidence: Confidence | null;
}

export interface InterfaceRow {
  readonly captureId: number;
  readonly position: number;
  readonly name: string | null;
  readonly linkType: number;
  readonly snaplen: number;
  readonly dropped: number | null;
}

export interface CaptureDropsRow {
  readonly captureId: number;
  readonly startNs: number;
  readonly endNs: number;
  readonly frames: number;
  readonly droppedByKernel: number | null;
  readonly droppedByInterface: number | null;
  readonly evictedHalfOpen: number;
  readonly evictedClosed: number;
  readonly evictedOpen: number;
}

export interface DecodeCountRow {
  readonly captureId: number;
  readonly name: string;
  readonly frames: number;
}

export interface EncapsulationRow {
  readonly id: number;
  readonly name: string;
}

export interface RuleRow {
  readonly id: string;
  readonly summary: string;
  readonly severity: Severity;
  readonly docs: string;
}

export interface EvidenceRow {
  readonly role: string;
  readonly captureId: number;
  readonly frame: number;
  readonly flowId: number | null;
  readonly timeNs: number;
  readonly note: string | null;
}

/** A row of `findings` with those of `evidence` and `finding_flow_links` that belong to it. */
export interface FindingRow {
  readonly id: number;
  readonly ruleId: string;
  readonly severity: Severity;
  readonly messageId: string;
  readonly message: string;
  readonly why: string;
  readonly remedy: string;
  readonly confidence: Confidence;
  readonly vantage: Vantage;
  readonly alternatives: readonly string[];
  readonly data: Readonly<Record<string, string | number>>;
  readonly subject: string;
  readonly serverFlows: number;
  readonly captureId: number;
  readonly startNs: number;
  readonly endNs: number;
  readonly fingerprint: string;
  /** All its flows, the first one first; may be empty. */
  readonly flowIds: readonly number[];
  readonly evidence: readonly EvidenceRow[];
}

export interface IcmpErrorRow {
  readonly id: number;
  readonly captureId: number;
  readonly frame: number;
  readonly timeNs: number;
  readonly flowId: number | null;
  readonly type: number;
  readonly code: number;
  readonly name: string;
  readonly ipVersion: 4 | 6;
  readonly reporterAddr: string;
  readonly mtu: number | null;
  readonly quotedFrom: string;
  readonly quotedTo: string;
  readonly quotedSeq: number;
}

export interface RpcCallRow {
  readonly id: number;
  readonly flowId: number;
  readonly xid: number;
  readonly sender: "client" | "server";
  readonly program: number;
  readonly version: number;
  readonly minorVersion: number | null;
  readonly procedure: number;
  readonly programName: string | null;
  readonly procedureName: string | null;
  readonly credential: string | null;
  readonly captureId: number;
  readonly callFrame: number;
  readonly callNs: number;
  readonly callBytes: number;
  readonly isCallComplete: 0 | 1;
  readonly transmission: number;
  readonly replyCaptureId: number | null;
  readonly replyFrame: number | null;
  readonly replyNs: number | null;
  readonly replyBytes: number | null;
  readonly isReplyComplete: 0 | 1 | null;
  readonly mayHaveReply: 0 | 1;
  readonly latencyNs: number | null;
  readonly status: string | null;
}

/** Where a row of what the kernel said belongs to. */
interface KernelPlace {
  readonly captureId: number | null;
  readonly timeNs: number;
  readonly host: string | null;
}

export interface KernelCounterRow extends KernelPlace {
  readonly name: string;
  readonly value: number | bigint;
  readonly delta: number | bigint | null;
}

export type ListenerRow = KernelPlace & Omit<KernelListener, "kind">;

/** What ss prints of a connection stands in columns of the same names. */
export type SocketRow = KernelPlace & Omit<KernelSocket, "kind" | "tcpInfo"> & TcpInfo;

export type RouteEventRow = KernelPlace & RouteChange;
