import { expect } from "chai";
import { statisticsOf } from "./statistics-of.js";

const MS = 1_000_000;
const HANDSHAKE = `
  0     -> S  0:0(0)
  +.01  <- S. 0:0(0) ack 1
  +.01  -> .  1:1(0) ack 1`;

describe("what was sent again", () => {
  it("is a segment whose octets were sent before, acknowledged or not", () => {
    const { client } = statisticsOf(`${HANDSHAKE}
      +0    -> P. 1:101(100) ack 1
      +.2   -> P. 1:101(100) ack 1
      +.01  <- .  1:1(0) ack 101
      +.01  -> P. 1:101(100) ack 1`);
    expect(client).to.include({ retransmittedSegments: 2, retransmittedBytes: 200 });
    expect(client).to.include({ dataBytes: 300, uniqueBytes: 100, outOfOrderSegments: 0 });
  });

  it("counts only the octets that are not new", () => {
    const { client } = statisticsOf(`${HANDSHAKE}
      +0    -> P. 1:101(100) ack 1
      +.2   -> P. 51:151(100) ack 1`);
    expect(client).to.include({ retransmittedSegments: 1, retransmittedBytes: 50, uniqueBytes: 150 });
  });

  it("counts a SYN and a FIN as an octet each, which is no data", () => {
    const { client } = statisticsOf(`
      0     -> S  0:0(0)
      +1    -> S  0:0(0)
      +.01  <- S. 0:0(0) ack 1
      +.01  -> .  1:1(0) ack 1
      +0    -> F. 1:1(0) ack 1
      +.2   -> F. 1:1(0) ack 1`);
    expect(client).to.include({ retransmittedSegments: 2, retransmittedBytes: 2, uniqueBytes: 0 });
    expect(client).to.include({ synSegments: 2, finSegments: 2 });
  });

  it("has the times between two transmissions of what is not acknowledged", () => {
    const { client } = statisticsOf(`${HANDSHAKE}
      +0    -> P. 1:101(100) ack 1
      +.2   -> P. 1:101(100) ack 1
      +.4   -> P. 1:101(100) ack 1
      +.9   -> P. 1:101(100) ack 1
      +.01  <- .  1:1(0) ack 101
      +5    -> P. 1:101(100) ack 1`);
    expect(client).to.include({ retransmissionsMax: 3, retransmitMinNs: 200 * MS });
    expect(client).to.include({ retransmitMaxNs: 900 * MS, retransmitAvgNs: 500 * MS });
    // Of 200, 400 and 900 ms: the root of (300² + 100² + 400²) / 2.
    expect(client!.retransmitStdevNs! / MS).to.be.closeTo(360.555, 0.001);
  });

  it("has no times where nothing was", () => {
    const { client } = statisticsOf(HANDSHAKE);
    expect(client).to.include({ retransmittedSegments: 0, retransmitMinNs: null, retransmitAvgNs: null });
  });

  it("is no window probe: what is sent while the receiver's window is 0", () => {
    const { client } = statisticsOf(`${HANDSHAKE}
      +0    -> P. 1:101(100) ack 1
      +.01  <- .  1:1(0) ack 101 win 0
      +.2   -> .  101:102(1) ack 1
      +.01  <- .  1:1(0) ack 101 win 0
      +.4   -> .  101:102(1) ack 1`);
    expect(client).to.include({ zeroWindowProbes: 2, zeroWindowProbeBytes: 2, retransmittedSegments: 0 });
    expect(client).to.include({ uniqueBytes: 100, dataBytes: 102 });
  });
});

describe("what comes out of order", () => {
  it("is not sent before, and begins and ends below what was", () => {
    const { client } = statisticsOf(`${HANDSHAKE}
      +0    -> P. 1:101(100) ack 1
      +0    -> P. 201:301(100) ack 1
      +0    -> P. 101:201(100) ack 1`);
    expect(client).to.include({ outOfOrderSegments: 1, retransmittedSegments: 0, uniqueBytes: 300 });
  });

  it("lies as far back as from where it begins to the highest number sent", () => {
    const { client } = statisticsOf(`${HANDSHAKE}
      +0    -> P. 101:201(100) ack 1
      +0    -> P. 201:301(100) ack 1
      +0    -> P. 1:101(100) ack 1`);
    expect(client).to.include({ outOfOrderSegments: 1, reorderingBytes: 300 });
  });

  it("is a SYN-ACK that data of its side has overtaken, and all up to that data", () => {
    const { server } = statisticsOf(`
      0     -> S  0:0(0)
      +.01  <- F. 201:301(100) ack 1
      +0    <- S. 0:0(0) ack 1
      +0    -> .  1:1(0) ack 1
      +0    <- .  1:101(100) ack 1
      +0    <- .  101:201(100) ack 1`);
    expect(server).to.include({ outOfOrderSegments: 3, uniqueBytes: 300, streamBytes: 300 });
  });

  it("is nothing that was sent before a SYN-ACK with another ISN", () => {
    const { server } = statisticsOf(`
      0     -> S  0:0(0)
      +.01  <- S. 5000:5000(0) ack 1
      +0    <- .  5001:5101(100) ack 1
      +0    <- S. 0:0(0) ack 1`);
    expect(server).to.include({ outOfOrderSegments: 0, otherIsnSyns: 1 });
  });

  it("is told from what was repeated by the link: equal number and identification", () => {
    const { client } = statisticsOf(`${HANDSHAKE}
      +0    -> P. 1:101(100) ack 1 {id 7}
      +.0001 -> P. 1:101(100) ack 1 {id 7}
      +.2   -> P. 1:101(100) ack 1 {id 8}`);
    expect(client).to.include({ linkDuplicates: 1, retransmittedSegments: 2, segments: 5 });
  });
});
