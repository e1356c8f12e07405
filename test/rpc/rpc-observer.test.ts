import { expect } from "chai";
import fc from "fast-check";
import { brief, call, hex, observe, record, reply, type Sent, word } from "./rpc-bytes.js";

const client = (bytes: readonly number[], more: Partial<Sent> = {}): Sent => ({
  from: "client",
  bytes,
  ...more,
});
const server = (bytes: readonly number[], more: Partial<Sent> = {}): Sent => ({
  from: "server",
  bytes,
  ...more,
});

describe("RPC calls in segments", () => {
  it("are read as RFC 5531 lays them out", () => {
    // Sections 9 and 11: mark, xid, CALL, RPC version 2, program, version, procedure, AUTH_SYS with a stamp, machine "m",
    // uid, gid and no more groups, AUTH_NONE.
    const getattr = hex(`80000040 deadbeef 00000000 00000002 000186a3 00000003 00000001
      00000001 00000018 00000007 00000001 6d000000 00000000 00000000 00000000 00000000 00000000`);
    const accepted = hex("80000018 deadbeef 00000001 00000000 00000000 00000000 00000000");
    const [only, ...others] = observe([client(getattr), server(accepted)]);
    expect(others).to.deep.equal([]);
    expect(only).to.include({
      xid: 0xdeadbeef,
      program: 100003,
      version: 3,
      procedure: 1,
      credential: "sys",
      minorVersion: null,
      frame: 1,
      timeNs: 0,
      bytes: 68,
      isComplete: true,
      endSeq: 69,
      isFromServer: false,
    });
    expect(only!.reply).to.deep.equal({
      captureId: 1,
      frame: 2,
      timeNs: 1000,
      bytes: 28,
      isComplete: true,
      status: "success",
    });
  });

  for (const [status, words] of [
    ["program unavailable", "00000000 00000000 00000000 00000001"],
    ["program version mismatch", "00000000 00000000 00000000 00000002 00000003 00000004"],
    ["procedure unavailable", "00000000 00000000 00000000 00000003"],
    ["garbage arguments", "00000000 00000000 00000000 00000004"],
    ["system error", "00000000 00000000 00000000 00000005"],
    ["RPC version mismatch", "00000001 00000000 00000002 00000002"],
    ["authentication error: too weak", "00000001 00000001 00000005"],
  ] as const) {
    it(`know the reply's status: ${status}`, () => {
      const [only] = observe([client(call(5)), server(record([...word(5), ...word(1), ...hex(words)]))]);
      expect(only!.reply?.status).to.equal(status);
    });
  }

  it("tell the minor version of an NFSv4 compound, behind its tag", () => {
    // COMPOUND4args: tag "hello" filled up to eight octets, minorversion 2, one operation. RFC 8881, section 16.2.
    const header = [9, 0, 2, 100003, 4, 1, 0, 0, 0, 0].flatMap(word);
    const compound = record([...header, ...hex("00000005 68656c6c 6f000000 00000002 00000001 00000018")]);
    expect(observe([client(compound)])[0]).to.include({ minorVersion: 2, version: 4 });
  });

  it("do not take encrypted arguments for a minor version", () => {
    // RPCSEC_GSS, version 1, DATA, sequence number 1, service privacy, no context. RFC 2203, section 5.
    const header = [9, 0, 2, 100003, 4, 1, 6, 20, 1, 0, 1, 3, 0, 0, 0].flatMap(word);
    const compound = record([...header, ...new Array<number>(40).fill(0)]);
    expect(observe([client(compound)])[0]).to.include({ minorVersion: null, credential: "gss" });
  });

  it("may be split anywhere, also inside the record mark", () => {
    const bytes = call(7, 100);
    for (let cut = 1; cut < bytes.length; cut++) {
      const found = observe([client(bytes.slice(0, cut)), client(bytes.slice(cut)), server(reply(7))]);
      expect(brief(found), `cut at ${cut}`).to.deep.equal(["7:2>3"]);
    }
  });

  it("may be split anywhere on a port that tells nothing", () => {
    const bytes = call(7, 100);
    for (let cut = 1; cut < bytes.length; cut++) {
      const parts = [bytes.slice(0, cut), bytes.slice(cut)];
      const found = observe([
        ...parts.map((part) => client(part, { serverPort: 33333 })),
        server(reply(7), { serverPort: 33333 }),
      ]);
      expect(brief(found), `cut at ${cut}`).to.deep.equal(["7:2>3"]);
    }
  });

  it("may stand several in one segment, and be answered out of order", () => {
    const found = observe([
      client([...call(1), ...call(2), ...call(3)]),
      server([...reply(3), ...reply(1)]),
      server(reply(2)),
    ]);
    expect(brief(found)).to.deep.equal(["1:1>2", "2:1>3", "3:1>2"]);
  });

  it("may come in several fragments", () => {
    const message = call(4, 60).slice(4);
    const fragments = [...word(30), ...message.slice(0, 30), ...word(0x80000000 + 70), ...message.slice(30)];
    const [only] = observe([client(fragments), server(reply(4))]);
    expect(only).to.include({ xid: 4, bytes: 108, isComplete: true });
    expect(only!.reply?.frame).to.equal(2);
  });

  it("are found though segments were sent again, overlap, or came out of order", () => {
    const bytes = [...call(1, 20), ...call(2, 20), ...call(3, 20)];
    const at = (first: number, end: number) => client(bytes.slice(first, end), { seq: 1 + first });
    expect(brief(observe([at(0, 64), at(0, 64), at(64, 128), at(128, 192)]))).to.deep.equal([
      "1:1>-",
      "2:3>-",
      "3:4>-",
    ]);
    expect(brief(observe([at(0, 64), at(30, 150), at(100, 192)]))).to.deep.equal(["1:1>-", "2:2>-", "3:3>-"]);
    expect(brief(observe([at(0, 50), at(120, 192), at(50, 120)]))).to.deep.equal(["1:3>-", "2:2>-", "3:2>-"]);
  });

  it("sent twice on one connection are both answered by the first reply", () => {
    const found = observe([client(call(1)), client(call(1)), server(reply(1)), server(reply(1))]);
    expect(brief(found)).to.deep.equal(["1:1>3", "1:2>3"]);
    expect(found.map(({ transmission }) => transmission)).to.deep.equal([1, 2]);
  });

  it("of the server are answered by the client", () => {
    const callback = call(0x11, 0, 0x40000000, 1, 1);
    const found = observe([client(call(1)), server([...reply(1), ...callback]), client(reply(0x11))]);
    expect(brief(found)).to.deep.equal(["1:1>2", "17:2>3"]);
    expect(found[1]!.isFromServer).to.equal(true);
  });

  it("go on behind octets that the capture lacks in a body", () => {
    const bytes = [...call(1, 3000), ...call(2)];
    const found = observe([
      client(bytes.slice(0, 1000)),
      client(bytes.slice(2000), { seq: 2001 }),
      server([...reply(1), ...reply(2)]),
    ]);
    expect(brief(found)).to.deep.equal(["1:2>3", "2:2>3"]);
  });

  it("go on at the next plausible record mark when one is missing", () => {
    const bytes = [...call(1, 200), ...call(2, 200), ...call(3, 200)];
    const replies = [...reply(1, 50), ...reply(3)];
    const found = observe([
      client(bytes.slice(0, 100)),
      client(bytes.slice(300), { seq: 301 }),
      // Its ACK covers the gap: nothing will fill it.
      server(replies, { ack: 1 + bytes.length }),
    ]);
    expect(brief(found)).to.deep.equal(["1:2>3", "3:2>3"]);
  });

  it("whose reply may be in a gap are not called unanswered", () => {
    const replies = [...reply(1, 100), ...reply(2, 100), ...reply(3, 100)];
    const found = observe([
      client([...call(1), ...call(2), ...call(3)]),
      server(replies.slice(0, 50)),
      server(replies.slice(200), { seq: 201 }),
      client(call(4), { ack: 1 + replies.length }),
    ]);
    expect(brief(found)).to.deep.equal(["1:1>3", "2:1>?", "3:1>3", "4:4>-"]);
  });

  it("of a flow that is forgotten may be answered in another", () => {
    const found = observe([client(call(5)), client(call(6), { flow: 2 })], 4, [1]);
    expect(brief(found)).to.deep.equal(["5:1>?", "6:2>-"]);
  });

  it("need no more than 28 octets of a segment that a snaplen cut", () => {
    const found = observe([
      client(call(1, 500), { captured: 28 }),
      server(reply(1, 300), { captured: 28 }),
      client(call(2, 500), { captured: 28 }),
      server(reply(2, 300), { captured: 12 }),
    ]);
    expect(brief(found)).to.deep.equal(["1:1>2", "2:3>4"]);
    expect(found.map((each) => each.reply?.status)).to.deep.equal(["success", null]);
  });

  it("behind a cut that hides record marks are found again at the next segment", () => {
    const found = observe([
      client([...call(1, 40), ...call(2, 40)], { captured: 60 }),
      client(call(3)),
      server([...reply(1), ...reply(2), ...reply(3)]),
    ]);
    expect(brief(found)).to.deep.equal(["1:1>3", "3:2>3"]);
  });

  it("are found from the middle of a stream on", () => {
    const body = call(1, 2000).slice(700);
    const found = observe([client([...body, ...call(2)]), server([...reply(1, 40).slice(13), ...reply(2)])]);
    expect(brief(found)).to.deep.equal(["2:1>2"]);
  });

  it("are not looked for in other protocols", () => {
    const request = [...new TextEncoder().encode("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")];
    // SSL 2.0's hello begins like a record mark.
    const hello = hex("802e0100020015000000100100800200800300800400800500800600407a00c0e1");
    for (const bytes of [request, hello]) {
      const found = observe([
        client(bytes, { serverPort: 8080 }),
        client(call(1), { serverPort: 8080 }),
        server(reply(1), { serverPort: 8080 }),
      ]);
      expect(brief(found)).to.deep.equal([]);
    }
  });

  it("survive marks that promise more than there ever is", () => {
    for (const mark of ["ffffffff", "7fffffff", "00000000", "80000000", "84000000"]) {
      const found = observe([client(hex(`${mark}00000001`)), client(call(2)), server(reply(2))]);
      expect(found.length, mark).to.be.at.most(1);
    }
  });

  it("are the same however the stream is cut, repeated, and put out of order", () => {
    const stream = [1, 2, 3, 4, 5, 6].flatMap((xid) => call(xid, xid * 36));
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: stream.length - 1 }), { maxLength: 12 });
    fc.assert(
      fc.property(cuts, fc.array(fc.nat(), { maxLength: 12 }), (unsorted, swaps) => {
        const ends = [...unsorted.sort((a, b) => a - b), stream.length];
        const pieces = ends.map((end, index) => {
          const first = index === 0 ? 0 : ends[index - 1]!;
          return client(stream.slice(first, end), { seq: 1 + first });
        });
        // The first octet stays first; later segments change places with their neighbours, and come twice.
        for (const swap of swaps) {
          const index = 1 + (swap % Math.max(1, pieces.length - 1));
          const [one, other] = [pieces[index], pieces[index + 1]];
          if (one === undefined || other === undefined) continue;
          pieces.splice(index, 2, other, one, other);
        }
        const found = observe(pieces);
        expect(found.map(({ xid, bytes }) => [xid, bytes])).to.deep.equal(
          [1, 2, 3, 4, 5, 6].map((xid) => [xid, 44 + xid * 36]),
        );
      }),
    );
  });

  it("never fail, whatever the octets are", () => {
    const octets = fc.array(fc.oneof(fc.constantFrom(0, 0x80, 1, 2), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 80,
    });
    const sent = fc.record({
      bytes: octets,
      from: fc.constantFrom<"client" | "server">("client", "server"),
      seq: fc.integer({ min: -50, max: 400 }),
      captured: fc.nat(80),
      ack: fc.nat(400),
    });
    fc.assert(
      fc.property(fc.array(sent, { maxLength: 30 }), (segments) => {
        observe([
          client(call(1, 8)),
          ...segments.map((each) => ({ ...each, captured: Math.min(each.captured, each.bytes.length) })),
        ]);
      }),
    );
  });
});
