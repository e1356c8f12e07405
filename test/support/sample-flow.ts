import type { DrawnFlow } from "../../src/report/html/page-data.js";

/** A packet with what matters; the rest is nothing, zero or the client's. */
export interface SamplePacket {
  readonly fromServer?: boolean;
  readonly flags?: number;
  readonly seq?: number;
  readonly ack?: number;
  readonly length?: number;
  readonly window?: number;
  readonly seconds?: number;
  readonly options?: string;
  readonly labels?: string;
  readonly cause?: string;
}

/** A flow as the HTML report draws it. `scales`: window shifts of client and server. */
export function sampleFlow(
  packets: readonly SamplePacket[],
  [client, server]: readonly [number | null, number | null] = [null, null],
): DrawnFlow {
  const numbers = (of: (packet: SamplePacket) => number): number[] => packets.map(of);
  const texts = (of: (packet: SamplePacket) => string | undefined): [string[], (number | null)[]] => {
    const all = packets.map(of);
    return [all.map((text) => text ?? ""), all.map((text, row) => (text === undefined ? null : row))];
  };
  const [optionTexts, options] = texts((packet) => packet.options);
  const [labelTexts, labels] = texts((packet) => packet.labels);
  const [causeTexts, cause] = texts((packet) => packet.cause);
  const end = { segments: 0, bytes: 0, retransmits: 0, mss: null };
  return {
    id: 1,
    client: "10.0.0.1:40000",
    server: "10.0.0.2:80",
    source: "dump.pcap",
    files: ["dump.pcap"],
    startedAtNs: "0",
    durationNs: 0,
    encapsulation: null,
    state: "SF",
    history: "",
    vantage: "unknown",
    initialRttNs: null,
    clientEnd: { ...end, windowScale: client },
    serverEnd: { ...end, windowScale: server },
    packetsTotal: packets.length,
    evidence: [],
    icmpErrors: [],
    packets: {
      position: packets.map((_, row) => row + 1),
      file: numbers(() => 0),
      frame: packets.map((_, row) => row + 1),
      timeNs: numbers(({ seconds = 0 }) => seconds * 1e9),
      fromServer: numbers(({ fromServer = false }) => Number(fromServer)),
      flags: numbers(({ flags = 0 }) => flags),
      seq: numbers(({ seq = 0 }) => seq),
      ack: packets.map(({ ack = null }) => ack),
      length: numbers(({ length = 0 }) => length),
      window: numbers(({ window = 0 }) => window),
      tsval: packets.map(() => null),
      tsecr: packets.map(() => null),
      optionTexts,
      options,
      isCopy: numbers(() => 0),
      labelTexts,
      labels,
      causeTexts,
      cause,
      ackRttNs: packets.map(() => null),
      bytesInFlight: packets.map(() => null),
    },
  };
}
