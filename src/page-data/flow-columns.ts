import { type FlowColumns, MAX_FLOWS } from "../report/html/page-data.js";
import { integer, type TableReader, text } from "./table-reader.js";
import { TextDictionary } from "./text-dictionary.js";

const FLOWS = `
  SELECT id, client_addr, client_port, server_addr, server_port, start_ns, duration_ns, state,
    client_segments + server_segments AS segments, client_bytes + server_bytes AS bytes,
    client_retransmits + server_retransmits AS retransmits
  FROM flows
  ORDER BY id NOT IN (SELECT flow_id FROM finding_flow_links), id
  LIMIT ${MAX_FLOWS}`;

/** The rows of the flow table. */
export function readFlowColumns(reader: TableReader): FlowColumns {
  const [counted] = reader.selectAll("SELECT count(*) AS total FROM flows");
  const rows = reader.selectAll(FLOWS);
  const addresses = new TextDictionary();
  const states = new TextDictionary();
  const numbers = (column: string): number[] => rows.map((row) => integer(row, column));
  const texts = (column: string, dictionary: TextDictionary): number[] =>
    rows.map((row) => dictionary.numberOf(text(row, column)));
  return {
    total: counted === undefined ? 0 : integer(counted, "total"),
    id: numbers("id"),
    clientAddress: texts("client_addr", addresses),
    clientPort: numbers("client_port"),
    serverAddress: texts("server_addr", addresses),
    serverPort: numbers("server_port"),
    addresses: addresses.texts(),
    startNs: numbers("start_ns"),
    durationNs: numbers("duration_ns"),
    segments: numbers("segments"),
    bytes: numbers("bytes"),
    retransmits: numbers("retransmits"),
    state: texts("state", states),
    states: states.texts(),
  };
}
