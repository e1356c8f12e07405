import { readFileSync } from "node:fs";
import { expect } from "chai";
import { sizeBytes } from "../../src/flows/connection-state.js";
import { readFlowIdentity } from "../../src/flows/flow-identity.js";
import { type CorpusTable, corpusTables, describeCorpus } from "../support/corpus.js";
import { trackBytes } from "../support/track-script.js";

/** Captures where Zeek logs something else for a reason of its own: the end points, and the reason. */
const DIFFERENCES: Record<string, readonly string[]> = {
  "an application analyzer of Zeek ends the connection early": [
    "192.168.57.103 35391 192.168.57.101 55968",
    "10.10.1.4 1470 74.53.140.153 25",
    "192.168.133.100 49648 192.168.133.102 25",
  ],
  "Zeek counts what PPPoE pads to the shortest frame as six octets of payload": ["1.1.1.1 20394 2.2.2.2 443"],
  "Zeek drops datagrams of which a fragment is missing": ["10.131.47.185 1923 79.101.110.141 80"],
  "a VN-Tag, which we do not decode": ["10.10.10.1 443 10.10.10.2 56960"],
};

/** What both say of one connection; null where Zeek says nothing because it lasted no time. */
interface Connection {
  readonly state: string;
  readonly history: string;
  readonly bytes: readonly [client: number | null, server: number | null];
  readonly segments: readonly [client: number, server: number];
}

type ByEnds = Map<string, Connection[]>;

function add(connections: ByEnds, ends: string, connection: Connection): void {
  connections.set(ends, [...(connections.get(ends) ?? []), connection]);
}

function zeekConnections({ rows }: CorpusTable): ByEnds {
  const connections: ByEnds = new Map();
  const sizeOf = (cell: string) => (cell === "-" ? null : Number(cell));
  for (const [
    origHost,
    origPort,
    respHost,
    respPort,
    state,
    history,
    origBytes,
    respBytes,
    ,
    ...packets
  ] of rows) {
    add(connections, `${origHost} ${origPort} ${respHost} ${respPort}`, {
      state: state!,
      // X: an application analyzer gave up, which is nothing that TCP shows.
      history: history!.replace(/x/i, ""),
      bytes: [sizeOf(origBytes!), sizeOf(respBytes!)],
      segments: [Number(packets[0]), Number(packets[1])],
    });
  }
  return connections;
}

async function ourConnections({ capturePath }: CorpusTable): Promise<ByEnds> {
  const connections: ByEnds = new Map();
  const ends: string[] = [];
  const bytes: [number, number][] = [];
  const { flows } = await trackBytes(readFileSync(capturePath), undefined, (flow) => {
    const { clientAddress, clientPort, serverAddress, serverPort } = readFlowIdentity(flow);
    ends.push(`${clientAddress} ${clientPort} ${serverAddress} ${serverPort}`);
    bytes.push([sizeBytes(flow.client, flow.server), sizeBytes(flow.server, flow.client)]);
  });
  for (const [index, { state, history, clientSegments, serverSegments }] of flows.entries()) {
    const segments = [clientSegments, serverSegments] as const;
    add(connections, ends[index]!, { state, history, bytes: bytes[index]!, segments });
  }
  return connections;
}

/** One connection's rows in one: what Zeek's timers (attempt, close, inactivity) split adds up again. */
function joined(rows: readonly Connection[]): Pick<Connection, "bytes" | "segments"> {
  const sum = (values: readonly (number | null)[]) =>
    values.reduce<number>((total, value) => total + (value ?? 0), 0);
  return {
    bytes: [sum(rows.map((row) => row.bytes[0])), sum(rows.map((row) => row.bytes[1]))],
    segments: [sum(rows.map((row) => row.segments[0])), sum(rows.map((row) => row.segments[1]))],
  };
}

describeCorpus("flows and Zeek's connections", () => {
  for (const table of corpusTables(["tcp", "formats", "malformed"], ".zeek.tsv")) {
    it(`have the same state, history, octets and packets in ${table.name}`, async () => {
      const ours = await ourConnections(table);
      for (const [ends, zeek] of zeekConnections(table)) {
        if (Object.values(DIFFERENCES).flat().includes(ends)) continue;
        const flows = ours.get(ends) ?? [];
        if (zeek.length > flows.length) {
          expect(joined(flows), ends).to.deep.equal(joined(zeek));
          continue;
        }
        const comparable = flows.map((flow, index) => ({
          ...flow,
          bytes: zeek[index]?.bytes[0] === null ? [null, null] : flow.bytes,
        }));
        expect(comparable, ends).to.have.deep.members(zeek);
      }
    });
  }
});
