import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { sizeBytes } from "../../src/flows/connection-state.js";
import { readFlowIdentity } from "../../src/flows/flow-identity.js";
import { corpusCapture, corpusText } from "../support/corpus.js";
import { trackBytes } from "../support/track-script.js";

export const ZEEK_SUFFIX = ".zeek.tsv";

/** Connections for which Zeek logs something else for a reason of its own: the reason, the ends. */
const MEANT: Readonly<Record<string, readonly string[]>> = {
  "Zeek's script for GridFTP skips what follows the handshake of the data connection": [
    "192.168.57.103 35391 192.168.57.101 55968",
  ],
  "the script that made this log tells Zeek to drop the client's packets once the connection is established":
    ["10.10.1.4 1470 74.53.140.153 25", "192.168.133.100 49648 192.168.133.102 25"],
  "Zeek counts what PPPoE pads to the shortest frame as six octets of payload": ["1.1.1.1 20394 2.2.2.2 443"],
};

/** What both say of one connection; null where Zeek says nothing because it lasted no time. */
interface Connection {
  readonly state: string;
  readonly history: string;
  readonly bytes: readonly [client: number | null, server: number | null];
  readonly segments: readonly [client: number, server: number];
}

type ByEnds = Map<string, Connection[]>;

/** The connections between two ends of which Zeek and we say something different, in all their rows. */
export interface ZeekDifference {
  readonly ends: string;
  /** Why the difference is meant; null when nobody has said so. */
  readonly reason: string | null;
  readonly ours: readonly unknown[];
  readonly zeek: readonly unknown[];
}

export interface ZeekAgreement {
  /** Pairs of ends that Zeek has, and those of which we say the same. */
  readonly compared: number;
  readonly equal: number;
  readonly differences: readonly ZeekDifference[];
}

/**
 * Compares state, history, octets and packets of every connection of a capture of the corpus with Zeek's log of it;
 * null when the corpus has none.
 */
export async function compareWithZeek(name: string): Promise<ZeekAgreement | null> {
  const text = corpusText(name, ZEEK_SUFFIX);
  if (text === null) return null;
  const zeekByEnds = readZeekLog(text);
  const oursByEnds = await ownConnections(corpusCapture(name));
  const differences: ZeekDifference[] = [];
  for (const [ends, zeek] of zeekByEnds) {
    const difference = compareConnections(oursByEnds.get(ends) ?? [], zeek);
    if (difference !== null) differences.push({ ends, reason: reasonOf(ends), ...difference });
  }
  const compared = zeekByEnds.size;
  return { compared, equal: compared - differences.length, differences };
}

function reasonOf(ends: string): string | null {
  return Object.entries(MEANT).find(([, all]) => all.includes(ends))?.[0] ?? null;
}

function add(connections: ByEnds, ends: string, connection: Connection): void {
  connections.set(ends, [...(connections.get(ends) ?? []), connection]);
}

function readZeekLog(text: string): ByEnds {
  const connections: ByEnds = new Map();
  const sizeOf = (cell: string) => (cell === "-" ? null : Number(cell));
  const [, ...lines] = text.split("\n").filter((line) => line !== "");
  for (const line of lines) {
    const [
      origHost,
      origPort,
      respHost,
      respPort,
      state,
      history,
      origBytes,
      respBytes,
      ,
      origPackets,
      respPackets,
    ] = line.split("\t");
    add(connections, `${origHost} ${origPort} ${respHost} ${respPort}`, {
      state: state!,
      // X: an application analyzer gave up, which is nothing that TCP shows.
      history: history!.replace(/x/i, ""),
      bytes: [sizeOf(origBytes!), sizeOf(respBytes!)],
      segments: [Number(origPackets), Number(respPackets)],
    });
  }
  return connections;
}

async function ownConnections(capturePath: string): Promise<ByEnds> {
  const connections: ByEnds = new Map();
  const ends: string[] = [];
  const bytes: [number, number][] = [];
  const { flows } = await trackBytes(readFileSync(capturePath), undefined, (flow) => {
    const { clientAddress, clientPort, serverAddress, serverPort } = readFlowIdentity(flow);
    ends.push(`${clientAddress} ${clientPort} ${serverAddress} ${serverPort}`);
    bytes.push([sizeBytes(flow.client, flow.server), sizeBytes(flow.server, flow.client)]);
  });
  for (const [index, flow] of flows.entries()) {
    const { state, history } = flow;
    // Zeek counts frames that were recorded twice like others.
    const segments = [
      flow.clientSegments + flow.clientCopies,
      flow.serverSegments + flow.serverCopies,
    ] as const;
    add(connections, ends[index]!, { state, history, bytes: bytes[index]!, segments });
  }
  return connections;
}

/** Null when both say the same of the connections between two ends. */
function compareConnections(
  ours: readonly Connection[],
  zeek: readonly Connection[],
): Pick<ZeekDifference, "ours" | "zeek"> | null {
  if (zeek.length > ours.length) {
    const [ourSum, zeekSum] = [joined(ours), joined(zeek)];
    return isDeepStrictEqual(ourSum, zeekSum) ? null : { ours: [ourSum], zeek: [zeekSum] };
  }
  const comparable = ours.map((each, index) => ({
    ...each,
    bytes: zeek[index]?.bytes[0] === null ? [null, null] : each.bytes,
  }));
  return isDeepStrictEqual(sorted(comparable), sorted(zeek)) ? null : { ours: comparable, zeek };
}

function sorted(connections: readonly object[]): string[] {
  return connections.map((connection) => JSON.stringify(connection)).sort();
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
