import { readFileSync } from "node:fs";
import { expect } from "chai";
import { AnalyzeError } from "../../src/errors.js";
import { type CorpusTable, corpusTables, describeCorpus } from "../support/corpus.js";
import { trackBytes } from "../support/track-script.js";

/** Captures whose frames tshark 4.0 puts into other streams than we into flows, and why each is meant. */
const DIFFERENCES: Record<string, readonly string[]> = {
  "a TCP header that is impossible or cut: counted by name, no segment": [
    "tcp/OISF__bug-76--input.pcap",
    "tcp/OISF__transform-base64-7296--input.pcap",
    "formats/gopacket__linux_sll_oversized_addr.pcapng",
    "formats/pocc__randpkt_all.pcap",
    "malformed/ntop__fuzz-2006-09-29-28586.pcap",
    "malformed/ntop__ip_fragmented_garbage.pcap",
    "malformed/ntop__kerberos_fuzz.pcapng",
    "malformed/seladb__tcp-malformed.pcap",
    "malformed/the-tcpdump-group__tcp_header_heapoverflow.pcap",
  ],
};
const FRAME = 0;
const STREAM = 1;
/** Captures with TCP whose partition was equal when this was written. */
const EQUAL_MIN = 551;

/** Groups of frames as text: equal texts are equal partitions. */
function partitionOf(groupOf: ReadonlyMap<number, number | string>): string {
  const groups = new Map<number | string, number[]>();
  for (const [frame, group] of groupOf) {
    const frames = groups.get(group) ?? [];
    groups.set(group, frames);
    frames.push(frame);
  }
  return JSON.stringify([...groups.values()]);
}

async function flowsOf({ capturePath }: CorpusTable): Promise<Map<number, number>> {
  try {
    const { segments } = await trackBytes(readFileSync(capturePath));
    return new Map(segments.map(({ frame, flow }) => [frame, flow]));
  } catch (error) {
    if (error instanceof AnalyzeError) return new Map();
    throw error;
  }
}

describeCorpus("flows and tshark's streams", () => {
  it("hold the same frames, but for differences that are meant", async function () {
    this.timeout(300_000);
    const different: string[] = [];
    let equal = 0;
    for (const table of corpusTables(["tcp", "formats", "malformed"], ".tshark.tsv.gz")) {
      if (table.rows.length === 0) continue;
      const streams = new Map(table.rows.map((row) => [Number(row[FRAME]), row[STREAM]!]));
      if (partitionOf(await flowsOf(table)) === partitionOf(streams)) equal++;
      else different.push(table.name);
    }
    const known = Object.values(DIFFERENCES).flat();
    expect(different).to.have.members(known);
    expect(equal).to.be.at.least(EQUAL_MIN);
  });
});
