import { Readable } from "node:stream";
import { expect } from "chai";
import { openCapture } from "../../src/capture/open-capture.js";
import { Decoder } from "../../src/decode/decode.js";
import { SegmentBatch } from "../../src/decode/segment-batch.js";
import { createFlowCursor } from "../../src/flows/flow.js";
import { FlowTable } from "../../src/flows/flow-table.js";
import { SegmentMarker } from "../../src/flows/segment-marker.js";
import { parseScript } from "../../src/tcp/notation.js";
import { compileScript } from "../support/compile-script.js";
import { segmentsOf } from "../support/script-segments.js";
import { trackBytes, trackScript } from "../support/track-script.js";

const ENDS = { clientIsn: 1_000_000, serverIsn: 2_500_000_000, ipVersion: 4 } as const;

/** Which packets of a script are taken for copies. */
async function copiesIn(script: string, ipVersion: 4 | 6 = 4): Promise<boolean[]> {
  const { segments } = await trackScript(script, { ipVersion });
  return segments.map((segment) => segment.isCopy);
}

describe("a frame recorded twice", () => {
  for (const [afterSeconds, isCopy] of [
    ["0.000003", true],
    ["0.002", true],
    ["0.002001", false],
  ] as const) {
    it(`${isCopy ? "is a copy" : "is no copy"} ${afterSeconds} s after the same IP id and header`, async () => {
      const copies = await copiesIn(`
        0                -> P. 1:6(5) ack 1 {id 77}
        +${afterSeconds} -> P. 1:6(5) ack 1 {id 77}
      `);
      expect(copies).to.deep.equal([false, isCopy]);
    });
  }

  it("is a copy in every run alike, whatever lies between", async () => {
    const lines: string[] = [];
    for (const seconds of [0, 0.0015])
      for (let number = 1; number <= 600; number++)
        lines.push(
          `connection ${number} client 192.0.2.1:${number + 1024} server 192.0.2.7:80`,
          `${(seconds + number * 0.000001).toFixed(6)} -> P. 1:6(5) ack 1 {id ${number}}`,
        );
    const { pcap } = compileScript(parseScript(lines.join("\n")), ENDS);
    const runs = new Set<string>();
    for (const seed of [1, 2, 3]) {
      const source = await openCapture("-", { input: Readable.from([Buffer.from(pcap)]) });
      const decoder = new Decoder(source.interfaces);
      const batch = new SegmentBatch(4096);
      const marker = new SegmentMarker(seed);
      for await (const part of source.batches()) {
        decoder.decode(part, batch);
        marker.mark(batch);
      }
      await source.close();
      runs.add(batch.isCopy.subarray(0, batch.length).join(""));
    }
    expect(runs.size).to.equal(1);
    const [marked] = runs;
    expect(marked!.slice(0, 600)).to.equal("0".repeat(600));
    // Few frames have to give up their place to two later ones.
    expect(marked!.slice(600).replaceAll("0", "").length).to.be.above(590);
  });

  it("is a copy behind a router too, where its TTL is one less", async () => {
    const script = `
      0         -> P. 1:6(5) ack 1 {ttl 64, id 77}
      +0.000003 -> P. 1:6(5) ack 1 {ttl 63, id 77}
    `;
    expect(await copiesIn(script)).to.deep.equal([false, true]);
  });

  for (const [what, script, copies] of [
    [
      "is a copy long after, where its TTL differs: recorded at another place",
      `0     -> P. 1:6(5) ack 1 {ttl 64, id 77}
       +.08  -> P. 1:6(5) ack 1 {ttl 61, id 77}`,
      [false, true],
    ],
    [
      "is none when it comes by both places once more with the same id",
      `0     -> P. 1:6(5) ack 1 {ttl 64, id 77}
       +.08  -> P. 1:6(5) ack 1 {ttl 61, id 77}
       +.4   -> P. 1:6(5) ack 1 {ttl 64, id 77}
       +.08  -> P. 1:6(5) ack 1 {ttl 61, id 77}`,
      [false, true, false, true],
    ],
    [
      "is none after more than 10 s",
      `0      -> P. 1:6(5) ack 1 {ttl 64, id 77}
       +10.01 -> P. 1:6(5) ack 1 {ttl 61, id 77}`,
      [false, false],
    ],
    [
      "without an id is a copy at another place once four SYNs were seen at two places, and most of all",
      `${["1", "2", "3", "4"].map((isn) => `+.02 -> S ${isn}:${isn}(0) {ttl 64, id 0}\n+.02 -> S ${isn}:${isn}(0) {ttl 63, id 0}`).join("\n")}
       +.01 -> . 1:1(0) ack 1   {ttl 64, id 0}
       +.02 -> . 1:1(0) ack 1   {ttl 63, id 0}`,
      [false, false, false, false, false, false, false, true, false, true],
    ],
    [
      "without an id is none of a SYN proxy and the server behind it, which is farther away",
      `${["1", "2", "3", "4", "5"].map((isn) => `+.1 -> S ${isn}:${isn}(0) {id 0}\n+.02 <- S. 0:0(0) ack ${isn}1 {ttl 250, id 0}\n+.3 <- S. 0:0(0) ack ${isn}1 {ttl 52, id 0}`).join("\n")}`,
      new Array(15).fill(false),
    ],
    [
      "without an id is none where nothing else is recorded twice",
      `0    -> . 1:1(0) ack 1   {ttl 64, id 0}
       +.02 -> . 1:1(0) ack 1   {ttl 63, id 0}`,
      [false, false],
    ],
  ] as const) {
    it(what, async () => {
      expect(await copiesIn(script)).to.deep.equal(copies);
    });
  }

  it("is a copy when the clock of the other interface is behind", async () => {
    const script = `
      1        -> P. 1:6(5) ack 1 {id 77}
      0.999999 -> P. 1:6(5) ack 1 {id 77}
    `;
    expect(await copiesIn(script)).to.deep.equal([false, true]);
  });

  it("is none when the other side's SYN has the next number: simultaneous open", async () => {
    const script = `
      0       -> S 0:0(0)
      +0.0001 <- S 0:0(0)
    `;
    const { segments } = await trackScript(script, { clientIsn: 0xfffffffe, serverIsn: 0xffffffff });
    expect(segments.map(({ isCopy }) => isCopy)).to.deep.equal([false, false]);
  });

  it("is none when the sender gave it an IP id of its own: that is a retransmission", async () => {
    const { flows, segments } = await trackScript(`
      0       -> P. 1:6(5) ack 1 {id 77}
      +0.0001 -> P. 1:6(5) ack 1 {id 78}
    `);
    expect(segments[1]!.isCopy).to.equal(false);
    expect(flows[0]).to.include({ clientRetransmits: 1, clientCopies: 0 });
  });

  for (const [what, line] of [
    ["payload", "-> P. 1:7(6) ack 1 {id 77}"],
    ["sequence number", "-> P. 2:7(5) ack 1 {id 77}"],
    ["acknowledgment", "-> P. 1:6(5) ack 2 {id 77}"],
    ["window", "-> P. 1:6(5) ack 1 win 7 {id 77}"],
    ["flags", "-> . 1:6(5) ack 1 {id 77}"],
    ["timestamps", "-> P. 1:6(5) ack 1 <TS val 1 ecr 0> {id 77}"],
    ["direction", "<- P. 1:6(5) ack 1 {id 77}"],
  ] as const) {
    it(`is none with another ${what}`, async () => {
      expect(await copiesIn(`0 -> P. 1:6(5) ack 1 {id 77}\n+0.000003 ${line}`)).to.deep.equal([false, false]);
    });
  }

  it("counts as a copy, and elsewhere only for tshark and Zeek, which know no copies", async () => {
    const plain = `
      0     -> S  0:0(0) <mss 1460>
      +.001 <- S. 0:0(0) ack 1
      +.001 -> P. 1:6(5) ack 1
      +.001 <- F. 1:1(0) ack 6 win 0
      +.001 -> R. 6:6(0) ack 2
    `;
    const [once] = (await trackScript(plain)).flows;
    const twice = plain.replace(/^.*\S.*$/gm, (line) => {
      return `${line}\n+0.000003 ${line.trim().replace(/^\S+\s+/, "")} {copy}`;
    });
    const [doubled] = (await trackScript(twice)).flows;
    expect(doubled).to.include({ clientCopies: 3, serverCopies: 2, lastFrame: 9 });
    expect({ ...doubled, clientCopies: 0, serverCopies: 0 }).to.deep.include({
      ...once,
      // Frames have other numbers, and times moved by the copies before.
      lastFrame: 9,
      history: "ShDTfwR",
      // tshark's, from the latest SYN to the first ACK: it sees copies.
      initialRttNs: 2_003_000,
      serverFinFrame: 7,
      clientRstFrame: 9,
      durationNs: doubled!.durationNs,
      synAckNs: doubled!.synAckNs,
      handshakeAckNs: doubled!.handshakeAckNs,
      closedNs: doubled!.closedNs,
    });
  });

  it("stands for both ends of a flow that has nothing else, as the earlier one was forgotten", () => {
    const table = new FlowTable();
    const flow = createFlowCursor();
    const track = (captureId: number): void => {
      const batch = segmentsOf("0 -> P. 1:6(5) ack 1 {id 77}");
      table.track(batch, captureId, 0, () => {});
    };
    track(1);
    table.seek(flow, 1);
    table.forget(flow);
    track(2);
    table.seek(flow, 2);
    expect(flow).to.include({ captureId: 2, firstFrame: 1, lastCaptureId: 2, lastFrame: 1 });
    expect(flow.client).to.include({ segments: 0, copies: 1 });
    table.close();
  });

  it("is found where a batch ends between the two", async () => {
    const { pcap } = compileScript(
      parseScript(`
        0         -> P. 1:6(5)   ack 1 <TS val 9 ecr 8>
        +0.000001 -> P. 6:11(5)  ack 1
        +0.000001 -> P. 6:11(5)  ack 1 {copy}
        +0.000001 -> P. 11:16(5) ack 1 <TS val 7 ecr 6>
      `),
      { clientIsn: 1, serverIsn: 1, ipVersion: 4 },
    );
    // The columns are used again: what the first batch left in the third row must not matter.
    const { segments } = await trackBytes(pcap, 2);
    expect(segments.map((segment) => segment.isCopy)).to.deep.equal([false, false, true, false]);
  });
});

describe("without an IP id (IPv6, and IPv4 that never is a fragment)", () => {
  const DUPLICATE_ACKS = `
    0         <- . 1:1(0) ack 1
    +0.000003 <- . 1:1(0) ack 1
    +0.000003 <- . 1:1(0) ack 1
  `;

  it("duplicate ACKs are no copies", async () => {
    expect(await copiesIn(DUPLICATE_ACKS, 6)).to.deep.equal([false, false, false]);
    expect(await copiesIn(DUPLICATE_ACKS.replaceAll("ack 1", "ack 1 {id 0}"), 4)).to.deep.equal([
      false,
      false,
      false,
    ]);
  });

  it("two resets for two late segments are no copies", async () => {
    expect(await copiesIn("0 <- R 1:1(0)\n+0.00001 <- R 1:1(0)", 6)).to.deep.equal([false, false]);
  });

  it("what comes again within 2 ms with a TTL that is one lower was forwarded by a router: a copy, whatever it is", async () => {
    for (const packet of ["<- R. 1:1(0) ack 1 win 0", "<- . 1:1(0) ack 1", "<- P. 1:6(5) ack 1"]) {
      const script = (second: number, ttl: number) =>
        `0 ${packet} {ttl 64, id 0}\n+${second} ${packet} {ttl ${ttl}, id 0}`;
      expect(await copiesIn(script(0.0019, 63)), packet).to.deep.equal([false, true]);
      expect(await copiesIn(script(0.0021, 63)), packet).to.deep.equal([false, false]);
      for (const ttl of [62, 64, 65])
        expect(await copiesIn(script(0.0019, ttl)), packet).to.deep.equal([false, false]);
    }
  });

  it("a SYN twice within 2 ms is a copy: no timer is that short (RFC 6298, section 2.1)", async () => {
    expect(await copiesIn("0 -> S 0:0(0)\n+0.0019 -> S 0:0(0)", 6)).to.deep.equal([false, true]);
  });

  it("a SYN-ACK sent by the server's timer and at once again for the client's SYN is no copy; their copies are", async () => {
    const both = `
      0      -> S  0:0(0)
      +.0001 <- S. 0:0(0) ack 1
      +1     <- S. 0:0(0) ack 1
      +.0001 -> S  0:0(0)
      +.0001 <- S. 0:0(0) ack 1
    `;
    expect(await copiesIn(both, 6)).to.deep.equal([false, false, false, false, false]);
    const mirrored = both.replaceAll(/(\+?[.\d]+ +)(.*)/g, "$1$2\n+.000005 $2");
    const copies = [false, true, false, true, false, true, false, true, false, true];
    expect(await copiesIn(mirrored, 6)).to.deep.equal(copies);
  });

  it("SYN-ACKs that answer a SYN and its repetition together are no copies, unless the capture has most packets twice", async () => {
    const together = `
      0      -> S  0:0(0)
      +1     -> S  0:0(0)
      +.02   <- S. 0:0(0) ack 1
      +.0006 <- S. 0:0(0) ack 1
    `;
    expect(await copiesIn(together, 6)).to.deep.equal([false, false, false, false]);
    const another = together
      .replace("+1     -> S  0:0(0)", "+1     -> S  9:9(0)")
      .replaceAll("0:0(0) ack 1", "0:0(0) ack 10");
    expect(await copiesIn(another, 6)).to.deep.equal([false, false, false, true]);
  });

  it("data twice within 100 us is no copy when the receiver has asked for it between; its own copy is", async () => {
    const lost = (between: string) => `
      0         -> S  0:0(0)
      +.00001   <- S. 0:0(0) ack 1
      +.00001   -> .  1:1(0) ack 1
      +.00001   -> .  1:1001(1000) ack 1
      +.00001   -> .  1001:2001(1000) ack 1
      ${between}
      +.00001   -> .  1:1001(1000) ack 1
      +.000005  -> .  1:1001(1000) ack 1`;
    const ask = "+.00002 <- . 1:1(0) ack 1 <sack 1001:2001>";
    const got = "+.00002 <- . 1:1(0) ack 2001";
    expect((await copiesIn(lost(ask), 6)).slice(-3)).to.deep.equal([false, false, true]);
    expect((await copiesIn(lost(got), 6)).slice(-3)).to.deep.equal([false, true, true]);
    // It was asked for before, and has been sent again since.
    expect((await copiesIn(lost(`${ask}\n+.00001 -> . 1:1001(1000) ack 1`), 6)).slice(-3)).to.deep.equal([
      false,
      true,
      true,
    ]);
  });

  it("data twice is a copy, though the receiver has asked for something, where it was acknowledged or has an IP id", async () => {
    const begun = `
      0         -> S  0:0(0)
      +.00001   <- S. 0:0(0) ack 1
      +.00001   -> .  1:1(0) ack 1 {id 1}
      +.00001   -> .  1:1001(1000) ack 1 {id 2}
      +.00001   -> .  1001:2001(1000) ack 1 {id 3}`;
    const mirrored = `${begun}
      +.00001   <- .  1:1(0) ack 1001
      +.00001   <- .  1:1(0) ack 1001
      +.00001   -> .  1:1001(1000) ack 1`;
    expect((await copiesIn(mirrored.replaceAll(/{id \d}/g, ""), 6)).at(-1)).to.equal(true);
    const numbered = `${begun}
      +.00001   <- .  1:1(0) ack 1 <sack 1001:2001>
      +.00001   -> .  1:1001(1000) ack 1 {id 2}`;
    expect((await copiesIn(numbered, 4)).at(-1)).to.equal(true);
  });

  it("data twice is a copy within 100 us and may be a fast retransmission later", async () => {
    const script = `
      0         -> P. 1:6(5) ack 1
      +0.0001   -> P. 1:6(5) ack 1
      +0.000101 -> P. 1:6(5) ack 1
    `;
    expect(await copiesIn(script, 6)).to.deep.equal([false, true, false]);
  });

  it("in a capture that records everything twice, ACKs and late data are copies too", async () => {
    const script = `
      0     -> S  0:0(0)
      +.001 -> S  0:0(0) {copy}
      +.001 <- S. 0:0(0) ack 1
      +.001 <- S. 0:0(0) ack 1 {copy}
      +.001 -> .  1:1(0) ack 1
      +.001 -> .  1:1(0) ack 1 {copy}
      +.001 -> P. 1:6(5) ack 1
      +.001 -> P. 1:6(5) ack 1 {copy}
    `;
    const alternating = [false, true, false, true, false, true, false, true];
    expect(await copiesIn(script, 6)).to.deep.equal(alternating);
  });
});

describe("a piece of a segment that was cut after it was captured", () => {
  const ts = (value: number) => `<TS val ${value} ecr 1>`;
  const whole = `
    0 -> . 1:4345(4344) ack 1 ${ts(7)} {id 10}`;

  for (const [what, script, copies] of [
    [
      "is a copy: identifications count up from that of the whole",
      `0       -> . 1:4345(4344)    ack 1 {id 10}
       +.00005 -> . 1:1449(1448)    ack 1 {id 10, ttl 63}
       +.00005 -> . 1449:2897(1448) ack 1 {id 11, ttl 63}
       +.00005 -> . 2897:4345(1448) ack 1 {id 12, ttl 63}`,
      [false, true, true, true],
    ],
    [
      "is one also where identifications begin again",
      `0       -> . 1:4345(4344)    ack 1 {id 65535}
       +.00005 -> . 1449:2897(1448) ack 1 {id 0}
       +.00005 -> . 2897:4345(1448) ack 1 {id 1}`,
      [false, false, true],
    ],
    [
      "is one where it arrived, long after, as long as the sender's clock stood still",
      `${whole}
       +.02 -> . 1:1449(1448)    ack 1 ${ts(7)} {id 10}
       +.02 -> . 2897:4345(1448) ack 1 ${ts(7)} {id 12}
       +.2  -> . 1:1449(1448)    ack 1 ${ts(8)} {id 10}
       +.2  -> . 2897:4345(1448) ack 1 ${ts(8)} {id 12}`,
      [false, true, true, false, false],
    ],
    [
      "is one that was put together again with pieces of the next",
      `${whole}
       +0   -> . 4345:8689(4344) ack 1 ${ts(7)} {id 13}
       +.02 -> . 2897:7241(4344) ack 1 ${ts(7)} {id 12}`,
      [false, false, true],
    ],
    [
      "is one where it is the last and shorter",
      `0       -> . 1:3001(3000)   ack 1 ${ts(7)} {id 10}
       +.00005 -> . 2897:3001(104) ack 1 ${ts(7)} {id 12}`,
      [false, true],
    ],
    [
      "is none with a later identification: that is a retransmission",
      `0      -> . 1:8789(8788)    ack 1 ${ts(7)} {id 10}
       +.0005 -> . 5793:7241(1448) ack 1 ${ts(7)} {id 13}
       +.0005 -> . 1:1449(1448)    ack 1 ${ts(7)} {id 17}
       +.0005 -> . 5793:7241(1448) ack 1 ${ts(7)} {id 18}
       +.0005 -> . 7241:8789(1548) ack 1 ${ts(7)} {id 19}`,
      [false, false, false, false, false],
    ],
    [
      "is none with another acknowledgment, or where only one has timestamps",
      `${whole}
       +.0005 -> . 1449:2897(1448) ack 9 ${ts(7)} {id 11}
       +.0005 -> . 2897:4345(1448) ack 1 {id 12}`,
      [false, false, false],
    ],
    [
      "is none without timestamps after 2 ms: some systems number a retransmission like its original",
      `0      -> . 1:4345(4344) ack 1 {id 10}
       +.0021 -> . 1:1449(1448) ack 1 {id 10}`,
      [false, false],
    ],
    [
      "is none of a segment that the wire takes as it is",
      `0       -> . 1:1461(1460) ack 1 {id 10}
       +.00005 -> . 1:731(730)   ack 1 {id 10}`,
      [false, false],
    ],
    [
      "is none that brings something new",
      `${whole}
       +.00005 -> . 2897:5793(2896) ack 1 ${ts(7)} {id 12}`,
      [false, false],
    ],
    [
      "is none that is larger than segments to its receiver are",
      `0       <- S. 0:0(0) ack 1 <mss 1000>
       +.01    -> .  1:9001(9000)    ack 1 {id 10}
       +.00005 -> .  2001:3001(1000) ack 1 {id 12}
       +.00005 -> .  1501:2501(1000) ack 1 {id 11}`,
      [false, false, true, false],
    ],
  ] as const) {
    it(what, async () => {
      expect(await copiesIn(script)).to.deep.equal(copies);
    });
  }

  it("is a copy without an identification while the sender's clock stands still, unless the receiver asked for it", async () => {
    const begun = `
      0       <- .  1:1(0) ack 1 ${ts(1)}
      0       -> .  1:4345(4344)    ack 1 ${ts(7)}
      +.00005 -> .  1:1449(1448)    ack 1 ${ts(7)}
      +.0009  -> .  1449:2897(1448) ack 1 ${ts(7)}
      +.0001  -> .  1449:2897(1448) ack 1 ${ts(8)}`;
    expect(await copiesIn(begun, 6)).to.deep.equal([false, false, true, true, false]);
    const asked = `
      0       <- .  1:1(0) ack 1 ${ts(1)}
      0       -> .  1:4345(4344) ack 1 ${ts(7)}
      +.0002  <- .  1:1(0) ack 1 <TS val 2 ecr 7,sack 1449:4345>
      +.00005 -> .  1:1449(1448) ack 1 <TS val 7 ecr 2>`;
    expect((await copiesIn(asked, 6)).at(-1)).to.equal(false);
    const clockless = `
      0       -> .  1:4345(4344) ack 1
      +.00005 -> .  1:1449(1448) ack 1`;
    expect(await copiesIn(clockless, 6)).to.deep.equal([false, false]);
  });
});
