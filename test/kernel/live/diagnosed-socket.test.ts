import { expect } from "chai";
import { parseSocket, socketRequest } from "../../../src/kernel/live/diagnosed-socket.js";
import { tcpInfoOfOctets } from "../../../src/kernel/live/tcp-info-octets.js";

const TUPLE = { localAddr: "127.0.0.1", localPort: 4000, peerAddr: "127.0.0.9", peerPort: 80 };

function viewOf(octets: Buffer, lengthBytes = octets.length): DataView {
  return new DataView(octets.buffer, octets.byteOffset, lengthBytes);
}

/** struct inet_diag_msg of linux/inet_diag.h and one attribute, the name of the congestion control. */
function message(): Buffer {
  const octets = Buffer.alloc(72 + 4 + 8);
  octets.set([2, 1, 2, 5], 0);
  octets.writeUInt16BE(4000, 4);
  octets.writeUInt16BE(80, 6);
  octets.set([127, 0, 0, 1], 8);
  octets.set([127, 0, 0, 9], 24);
  octets.writeUInt32LE(7000, 52);
  octets.writeUInt32LE(11, 56);
  octets.writeUInt32LE(22, 60);
  octets.writeUInt16LE(4 + 6, 72);
  octets.writeUInt16LE(4, 74);
  octets.write("cubic\0", 76, "latin1");
  return octets;
}

describe("a socket of inet_diag", () => {
  it("is read from the octets of its message", () => {
    const row = parseSocket(viewOf(message()), TUPLE);
    expect(row).to.deep.include({
      kind: "socket",
      state: "ESTAB",
      ...TUPLE,
      receiveQueueBytes: 11,
      sendQueueBytes: 22,
      timer: "keepalive",
      timerNs: 7_000_000_000,
      timeouts: 5,
      congestionControl: "cubic",
    });
  });

  it("is none when the message is cut, or of a listener or another connection", () => {
    expect(parseSocket(viewOf(message(), 71), TUPLE)).to.equal(null);
    expect(parseSocket(viewOf(message()), { ...TUPLE, peerPort: 81 })).to.equal(null);
    const listener = message();
    listener[1] = 10;
    expect(parseSocket(viewOf(listener), TUPLE)).to.equal(null);
    const unknown = message();
    unknown[1] = 13;
    expect(parseSocket(viewOf(unknown), TUPLE)).to.equal(null);
  });

  it("is asked for by its ends, whatever its state and cookie", () => {
    const request = Buffer.from(
      socketRequest({
        localAddress: Uint8Array.of(127, 0, 0, 1),
        localPort: 4000,
        peerAddress: Uint8Array.of(127, 0, 0, 9),
        peerPort: 80,
        interfaceIndex: 3,
      }),
    );
    // nlmsghdr: no dump; inet_diag_req_v2: AF_INET, TCP, INFO and CONG.
    expect(request.toString("hex")).to.equal(
      ["48000000 1400 0100 00000000 00000000", "02 06 0a 00 ffffffff", "0fa0 0050"]
        .concat(`7f000001${"0".repeat(24)}`, `7f000009${"0".repeat(24)}`, "03000000", "f".repeat(16))
        .join("")
        .replaceAll(" ", ""),
    );
  });
});

describe("struct tcp_info", () => {
  it("tells times in microseconds and milliseconds, octets and rates", () => {
    const octets = Buffer.alloc(248);
    octets[5] = 4;
    octets[6] = 0x97;
    octets.writeUInt32LE(204_000, 8);
    octets.writeUInt32LE(1448, 16);
    octets.writeUInt32LE(15, 44);
    octets.writeUInt32LE(1000, 68);
    octets.writeUInt32LE(10, 80);
    octets.writeBigUInt64LE(125n, 104);
    octets.writeBigUInt64LE(7n, 168);
    octets.writeBigUInt64LE(5_000_000_000n, 200);
    expect(tcpInfoOfOctets(viewOf(octets))).to.include({
      sendWindowScale: 7,
      receiveWindowScale: 9,
      rtoNs: 204_000_000,
      sinceSentNs: 15_000_000,
      rttNs: 1_000_000,
      rttDeviationNs: 0,
      // 10 segments of 1448 octets every millisecond.
      sendBitsPerSecond: 115_840_000,
      pacingBitsPerSecond: 1000,
      busyNs: 7000,
      sentBytes: 5_000_000_000,
      retransmissions: null,
      minRttNs: null,
    });
  });

  it("of an older kernel is shorter, at any length", () => {
    const octets = Buffer.alloc(248, 1);
    for (let lengthBytes = 0; lengthBytes <= octets.length; lengthBytes++) {
      const { rtoNs, sendWindowBytes } = tcpInfoOfOctets(viewOf(octets, lengthBytes));
      expect(rtoNs === null).to.equal(lengthBytes < 12);
      expect(sendWindowBytes === null).to.equal(lengthBytes < 232);
    }
  });

  it("holds no rate, threshold or shortest round trip that was never set", () => {
    const octets = Buffer.alloc(248, 0xff);
    octets.writeUInt32LE(0x7fffffff, 76);
    expect(tcpInfoOfOctets(viewOf(octets))).to.include({
      pacingBitsPerSecond: null,
      ssthreshSegments: null,
      minRttNs: null,
    });
  });
});
