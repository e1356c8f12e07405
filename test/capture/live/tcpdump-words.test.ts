import { expect } from "chai";
import {
  failureOfWords,
  isListening,
  parseTcpdumpCounts,
  tcpdumpComplaint,
} from "../../../src/capture/live/tcpdump-words.js";

/** tcpdump 4.99.3, libpcap 1.10.3. */
const LISTENING = "tcpdump: listening on va, link-type EN10MB (Ethernet), snapshot length 262144 bytes\n";
const ASKED = "tcpdump: 3 packets captured, 4 packets received by filter, 1 packet dropped by kernel\n";
const ENDED = "5 packets captured\n8 packets received by filter\n2 packets dropped by kernel\n";

describe("what tcpdump says", () => {
  it("holds its counts, the last ones when it told them twice", () => {
    expect(parseTcpdumpCounts(LISTENING)).to.equal(null);
    expect(parseTcpdumpCounts(LISTENING + ASKED)).to.deep.equal({
      received: 4,
      droppedByKernel: 1,
      droppedByInterface: null,
    });
    expect(parseTcpdumpCounts(`${LISTENING + ASKED + ENDED}7 packets dropped by interface\n`)).to.deep.equal({
      received: 8,
      droppedByKernel: 2,
      droppedByInterface: 7,
    });
  });

  it("tells when it captures", () => {
    expect(isListening(LISTENING)).to.equal(true);
    expect(isListening("tcpdump: va: No such device exists\n")).to.equal(false);
  });

  it("holds why it ended, without headings and counts", () => {
    const text = `${LISTENING + ASKED}tcpdump: pcap_loop: The interface disappeared\n${ENDED}`;
    expect(tcpdumpComplaint(text)).to.equal("The interface disappeared");
  });

  for (const [words, filter, kind] of [
    ["nope: No such device exists (No such device exists)", "tcp", "noInterface"],
    ["lo: You don't have permission to perform this capture on that device", "", "notPermitted"],
    ["eth0: That device is not up", "", "interfaceDown"],
    ["can't parse filter expression: syntax error", "tcp prt", "badFilter"],
    ["unknown host 'nowhere'", "host nowhere", "badFilter"],
    ["out of memory", "tcp", "other"],
  ] as const)
    it(`means ${kind}: ${words}`, () => {
      expect(failureOfWords(words, "x", filter).kind).to.equal(kind);
    });
});
