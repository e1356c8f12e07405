import { expect } from "chai";
import { statisticsOf } from "./statistics-of.js";

const MS = 1_000_000;
const HANDSHAKE = `
  0     -> S  0:0(0)
  +.01  <- S. 0:0(0) ack 1
  +.02  -> .  1:1(0) ack 1`;

describe("the round-trip time", () => {
  it("is that of segments acknowledged exactly, the SYN included", () => {
    const { client, server } = statisticsOf(`${HANDSHAKE}
      +0    -> P. 1:101(100) ack 1
      +.03  <- .  1:1(0) ack 101`);
    expect(client).to.include({ rttSamples: 2, rttMinNs: 10 * MS, rttMaxNs: 30 * MS, rttAvgNs: 20 * MS });
    expect(server).to.include({ rttSamples: 1, rttMinNs: 20 * MS, rttStdevNs: null });
  });

  it("deviates by what three samples or more say", () => {
    const { client } = statisticsOf(`${HANDSHAKE}
      +0    -> P. 1:101(100) ack 1
      +.03  <- .  1:1(0) ack 101
      +0    -> P. 101:201(100) ack 1
      +.02  <- .  1:1(0) ack 201`);
    expect(client).to.include({ rttSamples: 3, rttStdevNs: 10 * MS });
  });

  it("of the handshake is that of the SYN, unless it was repeated", () => {
    const { client, server } = statisticsOf(HANDSHAKE);
    expect([client!.rttHandshakeNs, server!.rttHandshakeNs]).to.deep.equal([10 * MS, 20 * MS]);
    const repeated = statisticsOf(`
      0     -> S  0:0(0)
      +1    -> S  0:0(0)
      +.01  <- S. 0:0(0) ack 1
      +.02  -> .  1:1(0) ack 1`);
    expect(repeated.client).to.include({ rttHandshakeNs: null, ambiguousAcks: 1, rttSamples: 0 });
    expect(repeated.server).to.include({ rttHandshakeNs: 20 * MS });
  });

  it("takes no sample of what was sent twice, as the ACK may be for either", () => {
    const { client } = statisticsOf(`${HANDSHAKE}
      +0    -> P. 1:101(100) ack 1
      +.2   -> P. 1:101(100) ack 1
      +.03  <- .  1:1(0) ack 101`);
    expect(client).to.include({ rttSamples: 1, ambiguousAcks: 1, ambiguousRttMinNs: 30 * MS });
    expect(client).to.include({ ambiguousRttMaxNs: 30 * MS, ambiguousRttAvgNs: 30 * MS });
  });

  it("takes no sample of what waited for the repetition of something before it", () => {
    const { client } = statisticsOf(`${HANDSHAKE}
      +0    -> P. 1:101(100) ack 1
      +0    -> P. 101:201(100) ack 1
      +.2   -> P. 1:101(100) ack 1
      +.03  <- .  1:1(0) ack 201`);
    expect(client).to.include({ rttSamples: 1, postLossAcks: 1, ambiguousAcks: 0 });
    expect(client).to.include({ cumulativelyAckedSegments: 1 });
  });

  it("is of the last of the segments that one ACK covers", () => {
    const { client } = statisticsOf(`${HANDSHAKE}
      +0    -> P. 1:101(100) ack 1
      +.01  -> P. 101:201(100) ack 1
      +.01  -> P. 201:301(100) ack 1
      +.03  <- .  1:1(0) ack 301`);
    expect(client).to.include({ rttSamples: 2, rttMaxNs: 30 * MS, cumulativelyAckedSegments: 2 });
  });

  it("of full size is that of the largest segments only", () => {
    const { client } = statisticsOf(`${HANDSHAKE}
      +0    -> P. 1:101(100) ack 1
      +.03  <- .  1:1(0) ack 101
      +0    -> P. 101:1101(1000) ack 1
      +.04  <- .  1:1(0) ack 1101
      +0    -> P. 1101:2101(1000) ack 1
      +.06  <- .  1:1(0) ack 2101
      +0    -> P. 2101:2201(100) ack 1
      +.01  <- .  1:1(0) ack 2201`);
    expect(client).to.include({ fullSizeBytes: 1000, fullSizeRttSamples: 2, fullSizeRttMinNs: 40 * MS });
    expect(client).to.include({ fullSizeRttMaxNs: 60 * MS, fullSizeRttAvgNs: 50 * MS, rttSamples: 5 });
  });
});

describe("duplicate ACKs", () => {
  const LOST = `${HANDSHAKE}
      +0    <- P. 1:101(100) ack 1
      +.01  -> .  1:1(0) ack 101
      +0    <- P. 201:301(100) ack 1
      +0    -> .  1:1(0) ack 101`;

  it("repeat the last number with the same window and no data", () => {
    expect(statisticsOf(LOST).server).to.include({ duplicateAcks: 1, tripleDuplicateAcks: 0 });
  });

  it("are three in a row once, however many follow", () => {
    const third = `${LOST}
      +0    -> .  1:1(0) ack 101
      +0    -> .  1:1(0) ack 101`;
    const fourth = `${third}
      +0    -> .  1:1(0) ack 101`;
    expect(statisticsOf(third).server).to.include({ duplicateAcks: 3, tripleDuplicateAcks: 1 });
    expect(statisticsOf(fourth).server).to.include({ duplicateAcks: 4, tripleDuplicateAcks: 1 });
  });

  it("are none after the SYN-ACK came again: it asks for the ACK", () => {
    const { server } = statisticsOf(`${HANDSHAKE}
      +.01  <- P. 1:78(77) ack 1
      +1    <- S. 0:0(0) ack 1
      +.01  -> .  1:1(0) ack 1`);
    expect(server).to.include({ duplicateAcks: 0, retransmittedSegments: 1 });
  });

  it("are none with data or another window, after which they count anew", () => {
    const { server } = statisticsOf(`${LOST}
      +0    -> .  1:1(0) ack 101
      +0    -> P. 1:11(10) ack 101
      +0    -> .  11:11(0) ack 101
      +0    -> .  11:11(0) ack 101 win 600
      +0    -> .  11:11(0) ack 101 win 600`);
    expect(server).to.include({ duplicateAcks: 4, tripleDuplicateAcks: 0 });
  });
});
