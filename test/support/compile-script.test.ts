import { expect } from "chai";
import { parseScript } from "../../src/tcp/notation.js";
import { internetChecksum } from "./capture-bytes.js";
import { type CompileOptions, compileScript } from "./compile-script.js";

const OPTIONS: CompileOptions = { clientIsn: 0xffff_fffd, serverIsn: 1000, ipVersion: 4, link: "raw" };

/** The packets of the compiled script, without the headers of file and record. */
function packetsOf(text: string, options: Partial<CompileOptions> = {}): DataView[] {
  const { pcap } = compileScript(parseScript(text), { ...OPTIONS, ...options });
  const file = new DataView(pcap.buffer);
  const packets = [];
  for (let at = 24; at < pcap.length; ) {
    const lengthBytes = file.getUint32(at + 8, true);
    packets.push(new DataView(pcap.buffer, at + 16, lengthBytes));
    at += 16 + lengthBytes;
  }
  return packets;
}

const ipIdOf = (packet: DataView) => packet.getUint16(4);
const ttlOf = (packet: DataView) => packet.getUint8(8);
const seqOf = (packet: DataView) => packet.getUint32(24);
const ackOf = (packet: DataView) => packet.getUint32(28);

describe("compileScript", () => {
  it("makes the file that tshark reads without complaint", () => {
    const { pcap } = compileScript(
      parseScript("1.000000001 -> S 0:0(0) <mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7>"),
      { ...OPTIONS, link: "ethernet" },
    );
    // Checked with tshark 4.0.17: lengths, checksums, options and time are right.
    expect(Buffer.from(pcap).toString("hex")).to.equal(
      [
        "4d3cb2a1020004000000000000000000000004000100000001f15365010000004a0000004a000000",
        "0200000000020200000000010800",
        "4500003c000140004006b6b7c0000201c0000202",
        "9c400050fffffffd00000000a0020200256d0000020405b40402080a000000010000000001030307",
      ].join(""),
    );
  });

  it("adds the ISNs modulo 2^32, to SACK edges that of the data's sender", () => {
    const [data, sack] = packetsOf("0 -> P. 11:21(10) ack 1\n+0 <- . 1:1(0) ack 6 <nop,nop,sack 11:21>");
    expect([seqOf(data!), ackOf(data!)]).to.deep.equal([8, 1001]);
    expect([seqOf(sack!), ackOf(sack!)]).to.deep.equal([1001, 3]);
    expect([sack!.getUint32(44), sack!.getUint32(48)]).to.deep.equal([8, 18]);
  });

  it("sends the same octets again in a retransmission", () => {
    const [once, again] = packetsOf("0 -> P. 1:11(10) ack 1\n+1 -> P. 6:11(5) ack 1");
    const octets = (packet: DataView, from: number) =>
      Array.from({ length: 5 }, (_, index) => packet.getUint8(40 + from + index));
    expect(octets(again!, 0)).to.deep.equal(octets(once!, 5));
  });

  it("counts IPv4 identifications per direction, and leaves written ones out of the count", () => {
    const text = "0 -> S 0:0(0)\n0 <- S. 0:0(0) ack 1\n0 -> . 1:1(0) ack 1 {id 4711}\n0 -> P. 1:2(1) ack 1";
    expect(packetsOf(text).map(ipIdOf)).to.deep.equal([1, 1, 4711, 2]);
  });

  it("gives a copy the identification of the latest equal packet, and the ttl that is written", () => {
    const text =
      "0 -> S 0:0(0)\n1 -> S 0:0(0) @syn\n1 -> . 1:1(0) ack 1\n1 -> S 0:0(0) {ttl 63, copy} // again";
    expect(packetsOf(text).map(ipIdOf)).to.deep.equal([1, 2, 3, 2]);
    expect(packetsOf(text).map(ttlOf)).to.deep.equal([64, 64, 64, 63]);
  });

  it("refuses a copy of nothing", () => {
    const text = "0 -> S 0:0(0)\n0 <- S 0:0(0) {copy}";
    expect(() => packetsOf(text)).to.throw(
      RangeError,
      "no earlier packet is the one copied: 0 <- S 0:0(0) {copy}",
    );
  });

  it("refuses a packet that is longer than IP allows", () => {
    expect(packetsOf("0 -> . 1:65496(65495) ack 1")).to.have.length(1);
    expect(() => packetsOf("0 -> . 1:65497(65496) ack 1")).to.throw(RangeError, "no room for 65536 octets");
    expect(() => packetsOf("0 -> . 1:4000000001(4000000000) ack 1")).to.throw(
      RangeError,
      "no IP packet holds",
    );
  });

  for (const ipVersion of [4, 6] as const) {
    it(`uses new ISNs for a connection on the same ports over IPv${ipVersion}`, () => {
      const seqAt = ipVersion === 4 ? 24 : 44;
      const text =
        "0 -> S 0:0(0)\nconnection 2 client 192.0.2.1:40000\n+1 -> S 0:0(0)\nconnection 3\n+1 -> S 0:0(0)";
      const isns = packetsOf(text, { ipVersion }).map((packet) => packet.getUint32(seqAt));
      expect(isns).to.deep.equal([0xffff_fffd, 999_997, 0xffff_fffd]);
    });
  }

  it("writes IPv4 addresses into 2001:db8:: and IPv6 addresses as they are, over IPv6", () => {
    const text = "connection 2 client 10.0.0.3:1 server [fe80::1:2]:2\n0 -> S 0:0(0)";
    const [packet] = packetsOf(text, { ipVersion: 6 });
    const hex = Buffer.from(packet!.buffer, packet!.byteOffset + 8, 32).toString("hex");
    expect(hex).to.equal("20010db800000000000000000a000003fe800000000000000000000000010002");
    expect(() => packetsOf(text)).to.throw(RangeError, "cannot be compiled over IPv4");
  });

  it("tells the frame number of each label", () => {
    const { labels } = compileScript(
      parseScript("0 -> S 0:0(0) @syn\n0 -> S 0:0(0)\n0 -> R 1:1(0) @end"),
      OPTIONS,
    );
    expect([...labels]).to.deep.equal([
      ["syn", 1],
      ["end", 3],
    ]);
  });
});

describe("internetChecksum", () => {
  it("agrees with the example of RFC 1071, section 3", () => {
    expect(internetChecksum(Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7))).to.equal(
      ~0xddf2 & 0xffff,
    );
  });
});
