import { readFileSync } from "node:fs";
import { expect } from "chai";
import { AnalyzeError } from "../../src/errors.js";
import { type CorpusTable, corpusTables, describeCorpus } from "../support/corpus.js";
import { trackBytes } from "../support/track-script.js";

/** Captures whose frames tshark 4.0 puts into other streams than we into flows, and why each is meant. */
const DIFFERENCES: Record<string, readonly string[]> = {
  "an encapsulation is part of our identity, and the opening that would pair another one was not captured": [
    "tcp/zeek__vlan-pcp-dei.pcapng",
  ],
  "IP source routing: tshark takes the last address of the route for the destination": [
    "tcp/OISF__detect-ipopts--input.pcap",
  ],
  "a datagram in fragments: we take the first, which has the TCP header, tshark the last, which completes it":
    [
      "tcp/aol__socks5-http-302-frag.pcap",
      "tcp/seladb__frag_http_req.pcap",
      "tcp/seladb__http_req_frag.pcap",
      "tcp/seladb__ipfragutil_bpf_filter.pcap",
      "tcp/zeek__tunnels__gtp__gtp1_gn_normal_incl_fragmentation.pcap",
    ],
  "a TCP header that is impossible: counted by name, no segment": [
    "tcp/OISF__bug-76--input.pcap",
    "tcp/OISF__transform-base64-7296--input.pcap",
    "formats/gopacket__linux_sll_oversized_addr.pcapng",
  ],
  "a format, link type or encapsulation that we do not decode": [
    "tcp/ntop__ajp.pcap",
    "tcp/the-tcpdump-group__arcnet-rfc1201-arp-icmp-http.pcap",
    "tcp/zeek__vntag_vlan_sandwich_clean.pcap",
    "formats/mtottenh__netlink-conntrack.pcap",
    "formats/mtottenh__nflog-ebtables.pcapng",
    "formats/pocc__randpkt_all.pcap",
    "formats/seladb__solaris.snoop",
    "formats/the-tcpdump-group__AH-IPcomp-IPv4.pcap",
    "formats/the-tcpdump-group__AH-IPcomp-IPv6.pcap",
    "formats/the-tcpdump-group__arcnet-rfc1201-arp-icmp-http.pcap",
    "formats/zeek__dns-inverse-query.pcap",
  ],
};
const FRAME = 0;
const STREAM = 1;
/** Captures with TCP whose partition was equal when this was written. */
const EQUAL_MIN = 463;

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
    for (const table of corpusTables(["tcp", "formats"], ".tshark.tsv.gz")) {
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
