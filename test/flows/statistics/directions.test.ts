import { expect } from "chai";
import { statisticsOf } from "./statistics-of.js";

const MS = 1_000_000;
const HANDSHAKE = `
  0     -> S  0:0(0) win 1000 <mss 1460,wscale 3>
  +.01  <- S. 0:0(0) ack 1 win 2000 <mss 1400,wscale 1>
  +.01  -> .  1:1(0) ack 1 win 100`;

describe("the statistics of a direction", () => {
  it("have no row for an end that sent nothing", () => {
    const { client, server } = statisticsOf("0 -> S 0:0(0)");
    expect(client).to.include({ segments: 1, synSegments: 1, ackSegments: 0 });
    expect(server).to.equal(undefined);
  });

  it("count segments with ACK, and those that hold nothing else", () => {
    const { client } = statisticsOf(`${HANDSHAKE}
      +0    -> P. 1:11(10) ack 1 win 100
      +.01  -> F. 11:11(0) ack 1 win 100
      +.01  -> R. 12:12(0) ack 1 win 0`);
    expect(client).to.include({ segments: 5, ackSegments: 4, pureAckSegments: 1, pushedSegments: 1 });
    expect(client).to.include({ finSegments: 1, rstSegments: 1 });
  });

  it("have the extremes of the scaled windows once both SYNs asked for scaling", () => {
    const { client } = statisticsOf(`${HANDSHAKE}
      +0    -> .  1:1(0) ack 1 win 50
      +0    -> .  1:1(0) ack 1 win 0`);
    expect(client).to.include({ windowMinBytes: 400, windowMaxBytes: 800, zeroWindows: 1 });
  });

  it("have the windows as sent where only one side asked", () => {
    const { client } = statisticsOf(`
      0     -> S  0:0(0) win 1000 <mss 1460,wscale 3>
      +.01  <- S. 0:0(0) ack 1 win 2000 <mss 1400>
      +.01  -> .  1:1(0) ack 1 win 100`);
    expect(client).to.include({ windowMinBytes: 100, windowMaxBytes: 1000, windowAvgBytes: 550 });
  });

  it("have as initial window what was sent before any data was acknowledged", () => {
    const { client } = statisticsOf(`${HANDSHAKE}
      +0    -> .  1:101(100) ack 1 win 100
      +0    -> .  101:201(100) ack 1 win 100
      +0    <- .  1:1(0) ack 101
      +0    -> .  201:301(100) ack 1 win 100`);
    expect(client).to.include({ initialWindowBytes: 200, initialWindowSegments: 2 });
    expect(client).to.include({ inFlightMinBytes: 100, inFlightMaxBytes: 200 });
  });

  // trace.c, data_acked: who sent no SYN has 0 as number of its SYN, as in captures that somebody wrote by hand.
  it("have an initial window in mid-stream only for who was acknowledged up to number 1", () => {
    const answer = (ack: number) =>
      statisticsOf(`0 -> P. 101:201(100) ack ${ack} win 100\n+.01 <- P. ${ack}:${ack + 10}(10) ack 201`);
    // The server's ISN is eleven below 0.
    expect(answer(12).server).to.include({ initialWindowBytes: 10, initialWindowSegments: 1 });
    expect(answer(13).server).to.include({ initialWindowBytes: 0, initialWindowSegments: 0 });
  });

  it("have the stream's length from SYN and FIN, and what of it was not captured", () => {
    const { client, server } = statisticsOf(`${HANDSHAKE}
      +0    -> .  1:101(100) ack 1 win 100
      +0    -> .  201:301(100) ack 1 win 100
      +0    -> F. 301:301(0) ack 1 win 100`);
    expect(client).to.include({ streamBytes: 300, missingBytes: 100 });
    expect(server).to.include({ streamBytes: null, missingBytes: null });
  });

  it("are silent to the capture's end while the connection is open", () => {
    const script = `${HANDSHAKE}
      +.3   -> .  1:101(100) ack 1 win 100`;
    expect(statisticsOf(script, 2000 * MS).client).to.include({ idleMaxNs: 1680 * MS });
    const closed = `${script}
      +0    -> R. 101:101(0) ack 1 win 0`;
    expect(statisticsOf(closed, 2000 * MS).client).to.include({ idleMaxNs: 300 * MS });
  });

  it("have a throughput over the whole connection", () => {
    const { client } = statisticsOf(`${HANDSHAKE}
      +.48  -> .  1:101(100) ack 1 win 100`);
    expect(client).to.include({ throughputBytesPerSecond: 200, firstDataNs: 500 * MS, lastDataNs: 500 * MS });
  });

  it("have their first data in a RST, too", () => {
    const { client } = statisticsOf(`${HANDSHAKE}
      +.48  -> R. 1:101(100) ack 1 win 100`);
    expect(client).to.include({ dataSegments: 1, firstDataNs: 500 * MS, lastDataNs: 500 * MS });
  });

  it("have their first ACK behind the SYNs, whatever it carries, and that of a RST counts for nothing", () => {
    const { client, server } = statisticsOf(`${HANDSHAKE}
      +.01  -> P. 1:101(100) ack 1 win 100
      +.04  <- P. 1:11(10) ack 101 win 2000
      +.01  <- .  11:11(0) ack 101 win 2000`);
    expect(client).to.include({ firstAckNs: 20 * MS });
    expect(server).to.include({ firstAckNs: 70 * MS });
    const refused = statisticsOf("0 -> S 0:0(0) win 100\n+.01 <- R. 0:0(0) ack 1 win 0");
    expect(refused.server).to.include({ firstAckNs: null });
    const late = statisticsOf(`${HANDSHAKE}
      +.01  -> P. 1:101(100) ack 1 win 100
      +.01  <- P 1:11(10) win 2000
      +.02  <- P. 11:21(10) ack 101 win 2000`);
    expect(late.server).to.include({ firstAckNs: 60 * MS });
  });

  it("have a stream from the SYN's number on, also when later octets were acknowledged in front of it", () => {
    const { server } = statisticsOf(`
      0     -> .  1:1(0) ack 70
      +.01  <- S. 0:0(0) ack 1
      +.01  <- P. 1:70(69) ack 1
      +.01  -> .  1:1(0) ack 70
      +.01  <- F. 70:70(0) ack 1
      +.01  -> F. 1:1(0) ack 71`);
    expect(server).to.include({ streamBytes: 69, missingBytes: 0 });
  });

  it("name the options seen", () => {
    const { client, server } = statisticsOf(`
      0     -> S  0:0(0) <mss 1460,sackOK,TS val 1 ecr 0,wscale 7>
      +.01  <- S. 0:0(0) ack 1 <mss 1400>
      +.01  -> .  1:1(0) ack 1`);
    expect([client!.options, server!.options]).to.deep.equal(["mss,sackOK,TS,wscale", "mss"]);
  });

  it("tell SACKs that report duplicates: below the ACK, or inside the second block", () => {
    const { client } = statisticsOf(`${HANDSHAKE}
      +0    -> .  1:1(0) ack 201 win 100 <sack 301:401>
      +0    -> .  1:1(0) ack 201 win 100 <sack 101:201>
      +0    -> .  1:1(0) ack 201 win 100 <sack 301:401 251:501>
      +0    -> .  1:1(0) ack 201 win 100 <sack 301:401 501:601 701:801>`);
    expect(client).to.include({ sackSegments: 4, sackAcks: 4, duplicateSacks: 2, sackBlocksMax: 3 });
  });

  for (const accepted of [0, 900_000_000]) {
    it(`count from the SYN-ACK that was accepted, of two: number ${accepted}`, () => {
      const { server } = statisticsOf(`
        0     -> S  0:0(0)
        +.01  <- S. 0:0(0) ack 1
        +0    <- S. 900000000:900000000(0) ack 1
        +.01  -> .  1:1(0) ack ${accepted + 1}
        +.01  <- P. ${accepted + 1}:${accepted + 11}(10) ack 1
        +.01  -> .  1:1(0) ack ${accepted + 11}`);
      expect(server).to.include({ initialWindowBytes: 10, inFlightMaxBytes: 10 });
    });
  }

  it("count SYNs with another ISN than the first", () => {
    const { server } = statisticsOf(`
      0     -> S  0:0(0)
      +.01  <- S. 0:0(0) ack 1
      +.01  <- S. 5000:5000(0) ack 1
      +.01  <- S. 5000:5000(0) ack 1`);
    expect(server).to.include({ synSegments: 3, otherIsnSyns: 2 });
  });

  it("have the extremes of the TTL", () => {
    const { client } = statisticsOf(`
      0     -> S  0:0(0) {ttl 64}
      +1    -> S  0:0(0) {ttl 50}
      +1    -> S  0:0(0) {ttl 60}`);
    expect(client).to.include({ ttlMin: 50, ttlMax: 64 });
  });
});
