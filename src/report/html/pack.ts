import { fromDeltas, toDeltas } from "./deltas.js";
import type { DrawnFlow, FlowColumns, PacketColumns } from "./page-data.js";

/** Columns that grow from row to row, or stay: worth to be told as differences. */
const GROWING_PACKET_COLUMNS = ["position", "frame", "timeNs", "tsval", "tsecr"] as const;
/** Each end counts its own, so differences are taken end by end. */
const GROWING_BY_END = ["seq", "ack"] as const;
const GROWING_FLOW_COLUMNS = ["id", "startNs"] as const;

/** The same flow with columns that compress well. `unpackFlow` is the inverse. */
export function packFlow(flow: DrawnFlow): DrawnFlow {
  return { ...flow, packets: mapPackets(flow.packets, toDeltas) };
}

export function unpackFlow(flow: DrawnFlow): DrawnFlow {
  return { ...flow, packets: mapPackets(flow.packets, fromDeltas) };
}

/** The same table with columns that compress well. `unpackFlowColumns` is the inverse. */
export function packFlowColumns(flows: FlowColumns): FlowColumns {
  return mapFlowColumns(flows, toDeltas);
}

export function unpackFlowColumns(flows: FlowColumns): FlowColumns {
  return mapFlowColumns(flows, fromDeltas);
}

type ColumnMapping = (values: readonly (number | null)[]) => (number | null)[];

function mapPackets(packets: PacketColumns, mapping: ColumnMapping): PacketColumns {
  const mapped: Record<string, readonly (number | null)[]> = {};
  for (const name of GROWING_PACKET_COLUMNS) mapped[name] = mapping(packets[name]);
  for (const name of GROWING_BY_END) mapped[name] = mapByEnd(packets[name], packets.fromServer, mapping);
  // The mappings keep null where it was, and put it nowhere else.
  return { ...packets, ...(mapped as Partial<PacketColumns>) };
}

function mapByEnd(
  values: readonly (number | null)[],
  fromServer: readonly number[],
  mapping: ColumnMapping,
): (number | null)[] {
  const result = [...values];
  for (const end of [0, 1]) {
    const rows = fromServer.flatMap((sender, row) => (sender === end ? [row] : []));
    const mapped = mapping(rows.map((row) => values[row]!));
    for (const [at, row] of rows.entries()) result[row] = mapped[at]!;
  }
  return result;
}

function mapFlowColumns(flows: FlowColumns, mapping: ColumnMapping): FlowColumns {
  const mapped: Record<string, readonly (number | null)[]> = {};
  for (const name of GROWING_FLOW_COLUMNS) mapped[name] = mapping(flows[name]);
  // As above.
  return { ...flows, ...(mapped as Partial<FlowColumns>) };
}
