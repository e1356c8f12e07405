import { Readable } from "node:stream";
import { expect } from "chai";
import { analyze } from "../../src/analyze.js";
import type { CaptureSummary } from "../../src/report/report.js";
import { parseScript } from "../../src/tcp/notation.js";
import { concatBytes } from "../support/capture-bytes.js";
import { compileScript } from "../support/compile-script.js";

/** Offsets in a pcap file, https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-03.html */
const LINK_TYPE_AT = 20;
const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
const IPV4_HEADER_BYTES = 20;
const LINUX_SLL = 113;
const LINUX_SLL2 = 276;
/** Packet types of Linux's cooked captures. */
const TO_US = 0;
const OUTGOING = 4;

/** Where a script's IPv4 packets, each changed by `change`, seem to have been captured. */
async function vantageOf(
  packets: string,
  change: (packet: Uint8Array, isFromServer: boolean) => Uint8Array,
  linkType = 101,
): Promise<CaptureSummary["vantage"]> {
  const options = { clientIsn: 1000, serverIsn: 2000, ipVersion: 4, link: "raw" } as const;
  const script = parseScript(packets);
  const { pcap } = compileScript(script, options);
  const view = new DataView(pcap.buffer, pcap.byteOffset, pcap.length);
  view.setUint32(LINK_TYPE_AT, linkType, true);
  const parts: Uint8Array[] = [pcap.slice(0, FILE_HEADER_BYTES)];
  let index = 0;
  for (let at = FILE_HEADER_BYTES; at < pcap.length; index++) {
    const length = view.getUint32(at + 8, true);
    const header = pcap.slice(at, at + RECORD_HEADER_BYTES);
    const packet = pcap.slice(at + RECORD_HEADER_BYTES, at + RECORD_HEADER_BYTES + length);
    const changed = change(packet, script.lines[index]!.direction === "<-");
    const lengths = new DataView(header.buffer);
    lengths.setUint32(8, changed.length, true);
    lengths.setUint32(12, changed.length, true);
    parts.push(header, changed);
    at += RECORD_HEADER_BYTES + length;
  }
  const input = Readable.from([Buffer.from(concatBytes(parts))]);
  const report = await analyze({ paths: ["-"], input, database: ":memory:", timeline: "none" });
  return report.captures[0]!.vantage;
}

const served = (ttls: { client: number; server: number }) => `
  0       -> S  0:0(0) {ttl ${ttls.client}}
  +.00002 <- S. 0:0(0) ack 1 {ttl ${ttls.server}}
  +.00002 -> .  1:1(0) ack 1 {ttl ${ttls.client}}
  +.00002 -> P. 1:6(5) ack 1 {ttl ${ttls.client}}
  +.00002 <- P. 1:6(5) ack 6 {ttl ${ttls.server}}`;
const near = { client: 64, server: 64 };

/** Leaves the checksum as a kernel does that leaves it to the card: the sum of the pseudo-header. */
function unfill(packet: Uint8Array): Uint8Array {
  const view = new DataView(packet.buffer);
  let sum = 6 + packet.length - IPV4_HEADER_BYTES;
  for (let at = 12; at < IPV4_HEADER_BYTES; at += 2) sum += view.getUint16(at);
  view.setUint16(IPV4_HEADER_BYTES + 16, (sum & 0xffff) + (sum >>> 16));
  return packet;
}

function cook(packet: Uint8Array, packetType: number): Uint8Array {
  const header = Uint8Array.of(0, packetType, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0x08, 0x00);
  return concatBytes([header, packet]);
}

function cook2(packet: Uint8Array, packetType: number): Uint8Array {
  const header = Uint8Array.of(0x08, 0x00, 0, 0, 0, 0, 0, 1, 0, 1, packetType, 6, 2, 0, 0, 0, 0, 1, 0, 0);
  return concatBytes([header, packet]);
}

describe("checksums as a sign of the vantage", () => {
  it("put the capture on the host of the side that alone left them unfilled", async () => {
    const client = { name: "client-host", confidence: "strong" };
    const server = { name: "server-host", confidence: "strong" };
    const unfillServer = (packet: Uint8Array, isFromServer: boolean) =>
      isFromServer ? unfill(packet) : packet;
    const unfillClient = (packet: Uint8Array, isFromServer: boolean) =>
      isFromServer ? packet : unfill(packet);
    expect(await vantageOf(served(near), unfillServer)).to.deep.equal(server);
    expect(await vantageOf(served(near), unfillClient)).to.deep.equal(client);
  });

  it("tell nothing where both sides left them, as on a virtual link, or neither", async () => {
    expect(await vantageOf(served(near), unfill)).to.equal(null);
    expect(await vantageOf(served(near), (packet) => packet)).to.equal(null);
  });
});

describe("packet types of a cooked capture as a sign of the vantage", () => {
  for (const [name, linkType, wrap] of [
    ["SLL", LINUX_SLL, cook],
    ["SLL2", LINUX_SLL2, cook2],
  ] as const) {
    const seen = (clientType: number, serverType: number, ttls = near) =>
      vantageOf(
        served(ttls),
        (packet, isFromServer) => wrap(packet, isFromServer ? serverType : clientType),
        linkType,
      );

    it(`are the kernel's own word: the side that goes out is on the host (${name})`, async () => {
      expect(await seen(OUTGOING, TO_US)).to.deep.equal({ name: "client-host", confidence: "certain" });
      expect(await seen(TO_US, OUTGOING)).to.deep.equal({ name: "server-host", confidence: "certain" });
    });

    it(`put the capture in the middle where both sides come in (${name})`, async () => {
      expect(await seen(TO_US, TO_US)).to.deep.equal({ name: "middle", confidence: "certain" });
    });

    it(`tell nothing where what goes out was forwarded, by its TTL (${name})`, async () => {
      const vantage = await seen(OUTGOING, TO_US, { client: 63, server: 52 });
      expect(vantage?.confidence).not.to.equal("certain");
    });
  }
});

describe("answers as a sign of the vantage", () => {
  const exchange = (clientMs: string, serverMs: string) => `
    0 -> S 0:0(0)
    +${serverMs} <- S. 0:0(0) ack 1
    +${clientMs} -> . 1:1(0) ack 1
    ${Array.from({ length: 6 }, (_, turn) => {
      const [from, to] = [1 + turn * 5, 6 + turn * 5];
      return `+.01 -> P. ${from}:${to}(5) ack ${from}
        +${serverMs} <- P. ${from}:${to}(5) ack ${to}
        +${clientMs} -> . ${to}:${to}(0) ack ${to}`;
    }).join("\n")}`;

  it("put the capture beside the host whose quickest is quick, on one link, with little confidence", async () => {
    const same = (packet: Uint8Array) => packet;
    const weak = (name: string) => ({ name, confidence: "weak" });
    expect(await vantageOf(exchange(".00004", ".02"), same)).to.deep.equal(weak("client-host"));
    expect(await vantageOf(exchange(".02", ".00004"), same)).to.deep.equal(weak("server-host"));
    expect(await vantageOf(exchange(".0002", ".0008"), same)).to.equal(null);
  });

  it("bear out the TTL", async () => {
    const same = (packet: Uint8Array) => packet;
    const behindRouter = (clientMs: string) =>
      exchange(clientMs, ".02").replaceAll(/<- (.*)/g, "<- $1 {ttl 50}");
    expect(await vantageOf(behindRouter(".00004"), same)).to.deep.equal({
      name: "client-host",
      confidence: "strong",
    });
    expect(await vantageOf(behindRouter(".004"), same)).to.deep.equal({
      name: "client-host",
      confidence: "weak",
    });
  });
});
