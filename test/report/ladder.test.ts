import { expect } from "chai";
import fc from "fast-check";
import { ladderLines } from "../../src/report/ladder.js";
import { ladderJson } from "../../src/report/ladder-json.js";
import type { FlowTimeline } from "../../src/report/timeline.js";
import { parseScript, printPacketLine } from "../../src/tcp/notation.js";
import { packetLineArbitrary } from "../support/packet-line-arbitrary.js";
import { sampleRow, sampleTimeline } from "../support/sample-timeline.js";

const print = (timeline: FlowTimeline): string => [...ladderLines(timeline)].join("\n");
/** The note behind each packet, several blanks as one. */
const notesOf = (timeline: FlowTimeline): (string | undefined)[] =>
  parseScript(print(timeline)).lines.map((line) => line.comment?.replaceAll(/ +/g, " "));

describe("a flow as a ladder", () => {
  it("is a script that the notation reads back packet by packet", () => {
    fc.assert(
      fc.property(fc.array(packetLineArbitrary, { minLength: 1, maxLength: 20 }), (packets) => {
        const stored = packets.map((packet) => ({
          ...packet,
          ttl: null,
          ipId: null,
          label: null,
          comment: null,
        }));
        const rows = stored.map((packet, index) => {
          const [, direction, ...text] = printPacketLine({ ...packet, isCopy: false }).split(" ");
          return sampleRow({
            frame: index + 1,
            timeNs: packet.timeNs,
            direction: direction === "->" ? "->" : "<-",
            packet: text.join(" "),
            isCopy: packet.isCopy,
          });
        });
        const script = parseScript(print(sampleTimeline(rows)));
        expect(script.connections).to.deep.equal([
          {
            number: 1,
            client: { address: "10.0.0.1", port: 40000 },
            server: { address: "10.0.0.2", port: 80 },
          },
        ]);
        expect(script.lines).to.deep.equal(
          stored.map((packet, index) => ({ ...packet, comment: `frame ${index + 1}`, connection: 1 })),
        );
      }),
    );
  });

  it("names IPv6 ends as the notation does", () => {
    const timeline = sampleTimeline([sampleRow()], { client: "[2001:db8::1]:1", server: "[::1]:65535" });
    expect(parseScript(print(timeline)).connections).to.deep.equal([
      { number: 1, client: { address: "2001:db8::1", port: 1 }, server: { address: "::1", port: 65535 } },
    ]);
  });

  it("keeps options that the notation has no word for, by their kind", () => {
    const packet = "S 0:0(0) win 1 <md5 0x0011,mptcp 0x0081,accecn0,fastopen-exp aabb,user-timeout 0x8001>";
    const timeline = sampleTimeline([sampleRow({ packet })]);
    expect(parseScript(print(timeline)).lines[0]!.options).to.deep.equal([
      { name: "unknown", kind: 19, data: "0011" },
      { name: "unknown", kind: 30, data: "0081" },
      { name: "unknown", kind: 172, data: "" },
      { name: "unknown", kind: 254, data: "f989aabb" },
      { name: "unknown", kind: 28, data: "8001" },
    ]);
    expect(notesOf(timeline)).to.deep.equal(["frame 5 md5 mptcp accecn0 fastopen-exp user-timeout"]);
  });

  it("tells octets that are no options in the note", () => {
    const timeline = sampleTimeline([
      sampleRow({ packet: ". 1:1(0) ack 1 win 1 <mss 1,malformed 0x08>" }),
      sampleRow({ packet: ". 1:1(0) ack 1 win 1 <malformed 0x0800>" }),
    ]);
    const { lines } = parseScript(print(timeline));
    expect(lines.map((line) => line.options)).to.deep.equal([[{ name: "mss", mss: 1 }], []]);
    expect(notesOf(timeline)).to.deep.equal(["frame 5 malformed 0x08", "frame 5 malformed 0x0800"]);
  });

  it("tells beside a packet what it proves, and its file when it is not the flow's first", () => {
    const timeline = sampleTimeline([
      sampleRow({ findings: "some-rule/synack other-rule/data" }),
      sampleRow({ source: "dump.pcap1", frame: 1 }),
    ]);
    expect(notesOf(timeline)).to.deep.equal([
      "frame 5 some-rule/synack other-rule/data",
      "frame 1 of dump.pcap1",
    ]);
  });

  it("tells tshark's labels and why a packet was sent again", () => {
    const timeline = sampleTimeline([
      sampleRow({ labels: "retransmission fast_retransmission", cause: "fast" }),
      sampleRow({ frame: 6, labels: "duplicate_ack", findings: "some-rule/synack" }),
    ]);
    expect(notesOf(timeline)).to.deep.equal([
      "frame 5 retransmission fast_retransmission cause fast",
      "frame 6 duplicate_ack some-rule/synack",
    ]);
  });

  it("makes a note of a packet whose clock is months away, which the notation cannot tell", () => {
    const timeline = sampleTimeline([sampleRow(), sampleRow({ frame: 6, timeNs: 2 ** 53 })]);
    expect(notesOf(timeline)).to.deep.equal(["frame 5"]);
    expect(print(timeline)).to.match(/^\/\/ 9007199\.254740992 -> S .*\/\/ frame 6$/m);
  });

  it("puts ICMP errors between the packets, in order of time", () => {
    const error = {
      source: "dump.pcap",
      name: "fragmentation needed",
      reporter: "10.0.0.9",
      quotedFrom: "10.0.0.1:40000",
      mtu: 1400,
    };
    const timeline = sampleTimeline(
      [sampleRow(), sampleRow({ timeNs: 2e9 })],
      {},
      {
        icmpErrors: [
          { ...error, frame: 6, timeNs: 1e9 },
          { ...error, frame: 9, timeNs: 3e9, mtu: null },
        ],
      },
    );
    const lines = print(timeline).split("\n").slice(-4);
    expect(lines[0]).to.match(/^0\.0/);
    expect(lines[1]).to.equal(
      "// 1.000000 ICMP fragmentation needed from 10.0.0.9 about a segment from 10.0.0.1:40000, mtu 1400  frame 6",
    );
    expect(lines[2]).to.match(/^2\.0/);
    expect(lines[3]).to.match(/^\/\/ 3\.000000 ICMP .* 10\.0\.0\.1:40000 {2}frame 9$/);
  });

  it("says who the client is and how that is known, what became of the flow, and what was found", () => {
    const finding = { id: 3, ruleId: "some-rule", severity: "error" as const, message: "It happened." };
    const timeline = sampleTimeline(
      [],
      { clientKnownBy: "ports", encapsulation: "vlan 10", synAckAfterNs: null, handshakeAckAfterNs: null },
      { findings: [finding] },
    );
    const header = print(timeline).replaceAll("\n//   ", " ").split("\n");
    expect(header).to.deep.equal([
      "// flow 17 of dump.pcap, inside vlan 10",
      "// client 10.0.0.1:40000 (a guess by the port numbers): 3 segments, 5 octets, mss 1460, wscale 7",
      "// server 10.0.0.2:80: 3 segments, 5 octets, mss 1460, wscale 7",
      "// state SF (established and closed in order), history ShADadFf",
      "// from 2024-01-31T11:59:59.000000001Z, 7.00 s; first FIN from the client at 6.00 s",
      "// finding 3, error, some-rule: It happened.",
      "connection 1 client 10.0.0.1:40000 server 10.0.0.2:80",
      "// its packets were not kept: analyse with --timeline all, or flagged when it has findings",
    ]);
  });

  it("lets no escape sequence through", () => {
    const timeline = sampleTimeline([sampleRow({ source: "\u001b[2J" })], {
      source: "\u009b",
      encapsulation: "\u202e",
    });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
    expect(print(timeline)).not.to.match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});

describe("a flow as JSON", () => {
  it("holds the flow, its findings, ICMP errors and packets", () => {
    const rows = [sampleRow(), sampleRow({ frame: 6, isCopy: true })];
    const { flow, findings, icmpErrors } = sampleTimeline(rows);
    const { startedAtNs: _, ...rest } = flow;
    expect(JSON.parse([...ladderJson(sampleTimeline(rows))].join("\n"))).to.deep.equal({
      flow: { ...rest, startedAt: "2024-01-31T11:59:59.000000001Z" },
      findings,
      icmpErrors,
      rows,
    });
    expect(JSON.parse([...ladderJson(sampleTimeline([]))].join("\n"))).to.deep.include({ rows: [] });
  });
});
