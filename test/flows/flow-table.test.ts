import { expect } from "chai";
import type { IcmpError } from "../../src/decode/icmp-error.js";
import { FlowTable } from "../../src/flows/flow-table.js";
import * as build from "../support/capture-bytes.js";
import { segmentsOf } from "../support/script-segments.js";
import { trackBytes, trackScript } from "../support/track-script.js";

const HANDSHAKE = `
  0     -> S  0:0(0)
  +.001 <- S. 0:0(0) ack 1
  +.001 -> .  1:1(0) ack 1
`;
/** A later connection between the default ends of connection 1; the script compiler gives it ISNs of its own. */
const SAME_ENDS = "connection 2 client 192.0.2.1:40000 server 192.0.2.2:80";

describe("a flow", () => {
  it("is new when a SYN with another ISN reuses the tuple", async () => {
    const { flows, segments } = await trackScript(`${HANDSHAKE}
      +.001 -> F. 1:1(0) ack 1
      ${SAME_ENDS}
      +.001 -> S  0:0(0)
      +.001 <- S. 0:0(0) ack 1
      +.001 -> .  1:1(0) ack 1
    `);
    expect(segments.map((segment) => segment.flow)).to.deep.equal([1, 1, 1, 1, 2, 2, 2]);
    expect(flows.map((flow) => flow.clientIsn)).to.deep.equal([1000, 1_001_000]);
    expect(flows.map((flow) => flow.clientSyns)).to.deep.equal([1, 1]);
  });

  it("is new even while the one before was still open", async () => {
    const { segments } = await trackScript(`${HANDSHAKE}
      ${SAME_ENDS}
      +.001 -> S  0:0(0)
    `);
    expect(segments.at(-1)!.flow).to.equal(2);
  });

  it("goes on when its SYN comes again, however late and after whatever", async () => {
    const { flows, segments } = await trackScript(`
      0   -> S  0:0(0)
      1   -> S  0:0(0)
      +.1 <- R. 0:0(0) ack 1
      +3  -> S  0:0(0)
    `);
    expect(segments.map((segment) => segment.flow)).to.deep.equal([1, 1, 1, 1]);
    expect(flows[0]).to.include({ clientSyns: 3, clientRetransmits: 2 });
  });

  it("is never split by silence: two hours later it goes on", async () => {
    const { segments } = await trackScript(`${HANDSHAKE}
      +7200 -> P. 1:11(10) ack 1
      +7200 <- .  1:1(0) ack 11
    `);
    expect(segments.map((segment) => segment.flow)).to.deep.equal([1, 1, 1, 1, 1]);
  });

  it("may change sides when the tuple is reused by a SYN from the other end", async () => {
    const { flows } = await trackScript(`${HANDSHAKE}
      connection 2 client 192.0.2.2:80 server 192.0.2.1:40000
      +1 -> S 0:0(0)
    `);
    expect(flows.map((flow) => flow.clientPort)).to.deep.equal([40000, 80]);
  });

  it("holds both SYNs of a simultaneous open (RFC 9293, section 3.5, figure 7)", async () => {
    const { flows, segments } = await trackScript(`
      0     -> S  0:0(0)
      +.001 <- S  0:0(0)
      +.001 -> S. 0:0(0) ack 1
      +.001 <- S. 0:0(0) ack 1
      +.001 -> P. 1:4(3) ack 1
    `);
    expect(segments.map(({ flow, seq, ack }) => [flow, seq, ack])).to.deep.equal([
      [1, 0, 0],
      [1, 0, 0],
      [1, 0, 1],
      [1, 0, 1],
      [1, 1, 1],
    ]);
    expect(flows[0]).to.include({ clientIsn: 1000, serverIsn: 0xfffffff5, clientUniqueBytes: 3 });
  });

  it("of a socket connected to itself has one side that sends everything", async () => {
    const ends = "connection 1 client 127.0.0.1:5000 server 127.0.0.1:5000";
    const { flows, segments } = await trackScript(
      `
      ${ends}
      0     -> S  0:0(0)
      +.001 -> S. 0:0(0) ack 1
      +.001 -> P. 1:4(3) ack 1
      +.001 -> .  4:4(0) ack 4
      `,
      { clientIsn: 7, serverIsn: 7 },
    );
    expect(segments.map(({ sender, seq, ack }) => [sender, seq, ack])).to.deep.equal([
      ["client", 0, 0],
      ["client", 0, 1],
      ["client", 1, 1],
      ["client", 4, 4],
    ]);
    expect(flows[0]).to.include({ clientSegments: 4, serverSegments: 0, clientBytes: 3 });
  });

  it("that begins in mid-stream counts from its first octet as 1, on both sides", async () => {
    const { flows, segments } = await trackScript(`
      0     -> P. 5000:5100(100) ack 9000
      +.001 <- P. 9000:9010(10) ack 5100
      +.001 -> .  5100:5100(0) ack 9010
    `);
    expect(segments.map(({ seq, ack }) => [seq, ack])).to.deep.equal([
      [1, 1],
      [1, 101],
      [101, 11],
    ]);
    expect(flows[0]).to.include({ clientIsn: null, serverIsn: null, synNs: null, state: "OTH" });
  });

  it("that ends in mid-flow has no end", async () => {
    const { flows } = await trackScript(`${HANDSHAKE}
      +1 -> P. 1:11(10) ack 1
    `);
    expect(flows[0]).to.include({ closedBy: null, closeKind: null, durationNs: 1_002_000_000 });
  });

  it("seen in one direction only is counted in that direction only", async () => {
    const { flows } = await trackScript(`
      0  -> S 0:0(0)
      +1 -> . 1:1(0) ack 1
      +1 -> P. 1:101(100) ack 1
      +1 -> F. 101:101(0) ack 501
    `);
    expect(flows[0]).to.include({ clientSegments: 4, serverSegments: 0, clientBytes: 100, serverBytes: 0 });
    expect(flows[0]).to.include({ state: "SH", history: "SADF" });
  });

  it("is another one in another encapsulation", async () => {
    const { source, destination } = {
      source: Uint8Array.of(10, 0, 0, 1),
      destination: Uint8Array.of(10, 0, 0, 2),
    };
    const syn = build.ipv4Packet(
      { source, destination },
      build.tcpSegment({ source, destination, sourcePort: 40000, destinationPort: 80, seq: 1, flags: 0x002 }),
    );
    const inVlan = (vlan: number) =>
      build.ethernetFrame(0x8100, build.concatBytes([build.u16(vlan), build.u16(0x0800), syn]));
    const frames = [build.ethernetFrame(0x0800, syn), inVlan(10), inVlan(20), inVlan(10)];
    const pcap = build.pcapFile(frames.map((bytes, index) => ({ timeNs: index * 1e9, bytes })));
    const { segments } = await trackBytes(pcap);
    expect(segments.map((segment) => segment.flow)).to.deep.equal([1, 2, 3, 2]);
  });

  it("stays one when the IPv6 flow label changes, as Linux does at a timeout", async () => {
    const source = new Uint8Array(16).fill(1);
    const destination = new Uint8Array(16).fill(2);
    const syn = build.ipv6Packet(
      { source, destination },
      build.tcpSegment({ source, destination, sourcePort: 40000, destinationPort: 80, seq: 1, flags: 0x002 }),
    );
    const relabelled = Uint8Array.from(syn);
    relabelled.set([0x60, 0x0a, 0xbc, 0xde]);
    const pcap = build.pcapFile([
      { timeNs: 0, bytes: build.ethernetFrame(0x86dd, syn) },
      { timeNs: 1e9, bytes: build.ethernetFrame(0x86dd, relabelled) },
    ]);
    const { flows } = await trackBytes(pcap);
    expect(flows).to.have.length(1);
    expect(flows[0]).to.include({ clientSyns: 2, clientCopies: 0 });
  });
});

describe("relative sequence numbers", () => {
  it("go on across the raw wrap in the handshake", async () => {
    const { segments } = await trackScript(`${HANDSHAKE}
      +.001 <- P. 1:21(20) ack 1
      +.001 -> .  1:1(0) ack 21
    `);
    expect(segments.map(({ seq, ack }) => [seq, ack])).to.deep.equal([
      [0, 0],
      [0, 1],
      [1, 1],
      [1, 1],
      [1, 21],
    ]);
  });

  const GIB = 2 ** 30;
  /** 1448 octets at every GiB up to the fifth, each acknowledged. */
  const places = [1, GIB, 2 * GIB, 3 * GIB, 4 * GIB, 5 * GIB];
  const data = places.map((at) => `+1 <- . ${at}:${at + 1448}(1448) ack 1`);
  const acks = places.map((at) => `+1 -> . 1:1(0) ack ${at + 1448}`);

  it("pass 4 GiB", async () => {
    const { flows, segments } = await trackScript(
      `${HANDSHAKE}${data.map((line, index) => `${line}\n${acks[index]}\n`).join("")}`,
    );
    expect(
      segments
        .slice(3)
        .filter((_, index) => index % 2 === 0)
        .map(({ seq }) => seq),
    ).to.deep.equal(places);
    expect(segments.at(-1)!.ack).to.equal(5 * GIB + 1448);
    expect(flows).to.have.length(1);
  });

  it("pass 4 GiB where only the acknowledgments were captured", async () => {
    const { segments } = await trackScript(`${HANDSHAKE}${acks.join("\n")}`);
    expect(segments.slice(3).map(({ ack }) => ack)).to.deep.equal(places.map((at) => at + 1448));
  });

  it("find data again after gigabytes of it are missing", async () => {
    const { segments } = await trackScript(`${HANDSHAKE}${acks.join("\n")}\n${data.at(-1)}`);
    expect(segments.at(-1)!.seq).to.equal(5 * GIB);
  });

  it("count from the SYN-ACK that the client accepts when a stateless server sends another one", async () => {
    const { flows, segments } = await trackScript(`
      0     -> S  0:0(0) <wscale 7>
      +.001 <- S. 0:0(0) ack 1 <mss 1460,wscale 7>
      1     -> S  0:0(0) <wscale 7>
      +.001 <- S. 777:777(0) ack 1 <mss 1440>
      +.001 -> .  1:1(0) ack 778
      +.001 <- P. 778:783(5) ack 1
    `);
    expect(segments.at(-2)!.ack).to.equal(1);
    expect(segments.at(-1)!.seq).to.equal(1);
    expect(flows[0]).to.include({
      serverIsn: (0xfffffff5 + 777) % 2 ** 32,
      serverSyns: 2,
      serverUniqueBytes: 5,
    });
    expect(flows[0]).to.include({ serverMss: 1440, serverWindowScale: null });
  });

  it("keep counting from an accepted SYN-ACK when a stray one follows", async () => {
    const { flows, segments } = await trackScript(`${HANDSHAKE}
      +.001 <- S. 777:777(0) ack 1
      +.001 <- P. 1:6(5) ack 1
    `);
    expect(segments.at(-1)!.seq).to.equal(1);
    expect(flows[0]).to.include({ serverIsn: 0xfffffff5, serverUniqueBytes: 5, serverRetransmits: 0 });
  });
});

describe("an ICMP error", () => {
  const client = Uint8Array.of(192, 0, 2, 1);
  const server = Uint8Array.of(192, 0, 2, 2);
  const error: IcmpError = {
    row: 0,
    frame: 9,
    timeNs: 0,
    ipVersion: 4,
    type: 3,
    code: 1,
    mtu: null,
    reporter: Uint8Array.of(192, 0, 2, 254),
    quotedSource: client,
    quotedDestination: server,
    quotedSourcePort: 40001,
    quotedDestinationPort: 80,
    quotedSeq: 0,
    encapsulation: 0,
  };
  const table = new FlowTable(100);
  before(() => {
    const script = `
      connection 2
      0  -> S 0:0(0)
      connection 3
      +1 -> S 0:0(0)
      connection 4 client 192.0.2.1:40001 server 192.0.2.2:80
      +1 -> S 0:0(0)
    `;
    table.track(segmentsOf(script), 1, 0, () => {});
  });
  after(() => table.close());

  it("belongs to the latest flow of the tuple that it quotes", () => {
    expect(table.findQuoted(error)).to.equal(102);
  });

  it("belongs to it whichever side sent the quoted segment", () => {
    const ends = { quotedSource: server, quotedDestination: client };
    const backwards = { ...error, ...ends, quotedSourcePort: 80, quotedDestinationPort: 40001 };
    expect(table.findQuoted(backwards)).to.equal(102);
  });

  it("belongs to no flow of another tuple or encapsulation", () => {
    expect(table.findQuoted({ ...error, quotedSourcePort: 40009 })).to.equal(null);
    expect(table.findQuoted({ ...error, encapsulation: 1 })).to.equal(null);
  });
});
