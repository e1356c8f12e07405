import { writeFileSync } from "node:fs";
import { expect } from "chai";
import { useScratchFolder } from "../store/scratch-folder.js";
import { ipv4Packet, ipv6Packet, LINKTYPE_RAW, pcapFile, tcpSegment } from "../support/capture-bytes.js";
import { readRecording } from "./recording.js";

const ICMPV6 = 58;
const PSH_ACK = 0x18;

describe("what is read of a recording", () => {
  const folder = useScratchFolder();

  it("is the same of either IP version, and only TCP", () => {
    const payload = Uint8Array.of(1, 2, 3);
    const ends = (octets: number) => ({
      source: new Uint8Array(octets).fill(10),
      destination: new Uint8Array(octets).fill(11),
    });
    const [four, six] = [ends(4), ends(16)];
    const segment = { sourcePort: 1, destinationPort: 2, seq: 3, flags: PSH_ACK, payload };
    const packets = [
      ipv4Packet(four, tcpSegment({ ...four, ...segment })),
      ipv6Packet({ ...six, protocol: ICMPV6 }, payload),
      ipv6Packet(six, tcpSegment({ ...six, ...segment, options: new Uint8Array(12) })),
    ];
    const frames = packets.map((bytes, index) => ({ timeNs: index * 1000, bytes }));
    const path = folder.path("raw.pcap");
    writeFileSync(path, pcapFile(frames, { linkType: LINKTYPE_RAW }));
    const parts = readRecording(path).frames.map(({ timeNs, source, payloadBytes, tcpFlags }) => {
      return { timeNs, source, payloadBytes, tcpFlags };
    });
    const expected = { payloadBytes: payload.length, tcpFlags: PSH_ACK };
    expect(parts).to.deep.equal([
      { timeNs: 0, source: "0a".repeat(4), ...expected },
      { timeNs: 2000, source: "0a".repeat(16), ...expected },
    ]);
  });
});
