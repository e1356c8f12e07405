import { TCP_INFO_FIELDS } from "../kernel/tcp-info.js";
import type {
  CaptureDropsRow,
  CaptureRow,
  DecodeCountRow,
  EncapsulationRow,
  IcmpErrorRow,
  InterfaceRow,
  KernelCounterRow,
  ListenerRow,
  RouteEventRow,
  RpcCallRow,
  RuleRow,
  SocketRow,
} from "./table-rows.js";

/** The tables that take plain rows, and the type of a row of each. */
export interface InsertableRows {
  readonly captures: CaptureRow;
  readonly interfaces: InterfaceRow;
  readonly capture_drops: CaptureDropsRow;
  readonly decode_counts: DecodeCountRow;
  readonly encapsulations: EncapsulationRow;
  readonly rules: RuleRow;
  readonly icmp_errors: IcmpErrorRow;
  readonly rpc_calls: RpcCallRow;
  readonly kernel_counters: KernelCounterRow;
  readonly listeners: ListenerRow;
  readonly sockets: SocketRow;
  readonly route_events: RouteEventRow;
}

/** Fields of each row in the order they are bound. */
export const INSERT_COLUMNS: {
  readonly [Table in keyof InsertableRows]: readonly (keyof InsertableRows[Table] & string)[];
} = {
  captures: [
    "id",
    "source",
    "kind",
    "format",
    "compression",
    "linkType",
    "startNs",
    "originNs",
    "startedAt",
    "durationNs",
    "frames",
    "tcpFrames",
    "skippedFrames",
    "truncatedFrames",
    "droppedFrames",
    "damage",
    "vantage",
    "vantageConfidence",
  ],
  interfaces: ["captureId", "position", "name", "linkType", "snaplen", "dropped"],
  capture_drops: [
    "captureId",
    "startNs",
    "endNs",
    "frames",
    "droppedByKernel",
    "droppedByInterface",
    "evictedHalfOpen",
    "evictedClosed",
    "evictedOpen",
  ],
  decode_counts: ["captureId", "name", "frames"],
  encapsulations: ["id", "name"],
  rules: ["id", "summary", "severity", "docs"],
  icmp_errors: [
    "id",
    "captureId",
    "frame",
    "timeNs",
    "flowId",
    "type",
    "code",
    "name",
    "ipVersion",
    "reporterAddr",
    "mtu",
    "quotedFrom",
    "quotedTo",
    "quotedSeq",
  ],
  rpc_calls: [
    "id",
    "flowId",
    "xid",
    "sender",
    "program",
    "version",
    "minorVersion",
    "procedure",
    "programName",
    "procedureName",
    "credential",
    "captureId",
    "callFrame",
    "callNs",
    "callBytes",
    "isCallComplete",
    "transmission",
    "replyCaptureId",
    "replyFrame",
    "replyNs",
    "replyBytes",
    "isReplyComplete",
    "mayHaveReply",
    "latencyNs",
    "status",
  ],
  kernel_counters: ["captureId", "timeNs", "host", "name", "value", "delta"],
  listeners: ["captureId", "timeNs", "host", "addr", "port", "acceptQueue", "backlog", "process", "drops"],
  sockets: [
    "captureId",
    "timeNs",
    "host",
    "state",
    "localAddr",
    "localPort",
    "peerAddr",
    "peerPort",
    "receiveQueueBytes",
    "sendQueueBytes",
    "process",
    "timer",
    "timerNs",
    "timeouts",
    "congestionControl",
    ...TCP_INFO_FIELDS,
  ],
  route_events: [
    "captureId",
    "timeNs",
    "host",
    "operation",
    "prefix",
    "gatewayAddr",
    "device",
    "routeType",
    "routeTable",
    "error",
  ],
};

/** `INSERT`, or another `verb`, for `table` with a place for each of `columns`, which are in camelCase. */
export function insertSql(table: string, columns: readonly string[], verb = "INSERT"): string {
  const names = columns.map((column) => column.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
  return `${verb} INTO ${table} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`;
}
