import { expect } from "chai";
import { windowLimited } from "../../src/rules/window-limited.js";
import { analyzeScript } from "../support/analyze-script.js";
import { testRule } from "../support/rule-tester.js";

interface Handshake {
  readonly rtt?: number;
  readonly window?: number;
  readonly options?: string;
}

/** As captured at the client. */
function handshake({ rtt = 0.25, window = 3000, options = "mss 1000" }: Handshake = {}): string {
  return `
    0       -> S  0:0(0) <${options}>
    +${rtt} <- S. 0:0(0) ack 1 win ${Math.min(window, 65535)} <${options}>
    +0      -> .  1:1(0) ack 1 win 3000
    `;
}

interface Rounds {
  readonly count?: number;
  /** Octets that the sender has sent before. */
  readonly from?: number;
  /** Octets of each round, in segments of at most 1000. */
  readonly bytes?: number;
  readonly window?: number;
  /** From a round's data to its ACK. */
  readonly rtt?: number;
  /** From there to the next data. */
  readonly rest?: number;
  /** Label of the last data of the first and of the last round. */
  readonly labels?: readonly [string, string];
}

/** Rounds of a client that sends, as captured beside it. */
function sentRounds({
  count = 12,
  from = 0,
  bytes = 3000,
  window = 3000,
  rtt = 0.25,
  rest = 0,
  labels = ["first", "last"],
}: Rounds = {}): string {
  let packets = "";
  for (let round = 0; round < count; round++) {
    const begin = 1 + from + round * bytes;
    packets += segments(begin, bytes, rest, labelOf(round, count, labels));
    packets += `\n+${rtt} <- . 1:1(0) ack ${begin + bytes} win ${window}`;
  }
  return packets;
}

/** An empty label is none. */
function labelOf(round: number, count: number, [first, last]: readonly [string, string]): string {
  const label = round === 0 ? first : round === count - 1 ? last : "";
  return label === "" ? "" : `@${label}`;
}

function segments(begin: number, bytes: number, afterSeconds: number, label: string): string {
  let packets = "";
  for (let at = 0; at < bytes; at += 1000) {
    const end = begin + Math.min(at + 1000, bytes);
    const time = at === 0 ? afterSeconds : 0;
    packets += `\n+${time} -> . ${begin + at}:${end}(${end - begin - at}) ack 1 ${end === begin + bytes ? label : ""}`;
  }
  return packets;
}

/** Rounds of a client that sends, as captured at the server: each is acknowledged at once, and the next comes a round trip later. */
function arrivedRounds({
  count = 13,
  from = 0,
  bytes = 3000,
  window = 3000,
  rtt = 0.25,
  spread = 0,
  labels = ["first", "last"],
}: Rounds & { readonly spread?: number } = {}): string {
  let packets = "";
  for (let round = 0; round < count; round++) {
    const begin = 1 + from + round * bytes;
    const label = labelOf(round, count, labels);
    const pieces = Math.ceil(bytes / 1000);
    for (let piece = 0; piece < pieces; piece++) {
      const end = begin + Math.min((piece + 1) * 1000, bytes);
      const time = piece === 0 ? rtt - spread * (pieces - 1) : spread;
      packets += `
        +${time} -> . ${begin + piece * 1000}:${end}(${end - begin - piece * 1000}) ack 1 ${piece === 0 ? label : ""}
        +0 <- . 1:1(0) ack ${end} win ${window}`;
    }
  }
  return packets;
}

/** A client that keeps a window of 10000 octets full and is never still: each ACK lets a segment go. `first` is labelled so. */
function pacedRounds(count: number, gapSeconds: number, from = 0, first = -1): string {
  let packets = segments(1 + from, 10_000, from > 0 ? 1 : 0, first < 0 ? "@first" : "");
  for (let segment = 0; segment < count * 10; segment++) {
    const time = segment === 0 ? Math.max(0, 0.25 - 9 * gapSeconds) : gapSeconds;
    const begin = from + 10_001 + segment * 1000;
    packets += `
      +${time.toFixed(6)} <- . 1:1(0) ack ${begin - 9000} win 10000
      +0 -> . ${begin}:${begin + 1000}(1000) ack 1 ${segment === first ? "@first" : segment === count * 10 - 1 ? "@last" : ""}`;
  }
  return packets;
}

/** A client that sends a window's worth for each of the server's requests; `near` and `far`: the ways from the capture to the server and to the client. */
function askedRounds(toServer: number, toClient: number): string {
  return Array.from({ length: 13 }, (_, round) => {
    const at = 1 + round * 3000;
    const asked = 1 + round * 40;
    return `+0 <- P. ${asked}:${asked + 40}(40) ack ${at} win 3000
      +${toClient} -> . ${at}:${at + 1000}(1000) ack ${asked + 40}
      +0 -> . ${at + 1000}:${at + 2000}(1000) ack ${asked + 40}
      +0 -> . ${at + 2000}:${at + 3000}(1000) ack ${asked + 40} ${round === 0 ? "@first" : round === 12 ? "@last" : ""}
      +${toServer} <- . ${asked + 40}:${asked + 40}(0) ack ${at + 3000} win 3000`;
  }).join("\n");
}

/** Full windows, each larger than the one before by this factor. */
function grownRounds(factor: number): string {
  let packets = "";
  let window = 10_000;
  for (let round = 0, from = 0; round < 14; round++) {
    const next = Math.round(window * factor);
    packets += sentRounds({ count: 1, from, bytes: window, window: next, labels: ["", ""] });
    from += window;
    window = next;
  }
  return packets;
}

/** The same packets in the other direction, from the end that has sent nothing yet. */
function mirrored(packets: string, acked = 36_001): string {
  return packets.replaceAll(/(->|<-) \. (\d+):(\d+)\((\d+)\) ack (\d+)/g, (_, way, ...numbers) => {
    const [first, last, length, ack] = numbers.map(Number);
    return way === "->"
      ? `<- . ${first}:${last}(${length}) ack ${acked}`
      : `-> . ${acked}:${acked}(0) ack ${ack}`;
  });
}

const EVIDENCE = { first: "first", last: "last" };

testRule(windowLimited, {
  invalid: [
    {
      name: "a client that fills the server's window in each round trip and waits, seen beside it",
      packets: handshake() + sentRounds(),
      findings: [
        {
          messageId: "filled",
          evidence: EVIDENCE,
          data: {
            side: "server",
            peer: "client",
            windowBytes: 3000,
            roundTripMs: 250,
            ceilingMbits: "0.10",
            count: 1,
            totalSeconds: "2.8",
          },
          confidence: "strong",
        },
      ],
    },
    {
      name: "a window that whole segments do not fill to the last octet",
      packets: handshake() + sentRounds({ bytes: 2400 }),
      findings: [{ messageId: "filled", evidence: EVIDENCE, confidence: "strong" }],
    },
    {
      name: "the same where no MSS is known",
      packets: handshake({ options: "sackOK" }) + sentRounds({ bytes: 2400 }),
      findings: [{ messageId: "filled", evidence: EVIDENCE }],
    },
    {
      name: "a window that is filled but for a tenth",
      packets: handshake({ window: 12_000 }) + sentRounds({ bytes: 11_000, window: 12_000 }),
      findings: [{ messageId: "filled", evidence: EVIDENCE, data: { windowBytes: 12_000 } }],
    },
    {
      name: "windows that are scaled",
      packets:
        handshake({ window: 48_000, options: "mss 1000,wscale 4" }) +
        sentRounds({ count: 1, bytes: 48_000, labels: ["", ""] }) +
        sentRounds({ from: 48_000, bytes: 48_000 }),
      findings: [
        { messageId: "filled", evidence: EVIDENCE, data: { windowBytes: 48_000, ceilingMbits: "1.5" } },
      ],
    },
    {
      name: "a window that is smaller now and then, when the receiver is late to read",
      packets:
        handshake() +
        sentRounds({ count: 6, labels: ["first", ""] }) +
        sentRounds({ count: 1, from: 18_000, window: 2000, labels: ["", ""] }) +
        sentRounds({ count: 1, from: 21_000, bytes: 2000, rest: 0.08, labels: ["", ""] }) +
        sentRounds({ count: 6, from: 23_000, labels: ["", "last"] }),
      findings: [{ messageId: "filled", evidence: EVIDENCE, data: { windowBytes: 3000 } }],
    },
    {
      name: "a window that is settled after a first round with a little less",
      packets:
        handshake({ window: 2500 }) +
        sentRounds({ count: 1, bytes: 2500, labels: ["first", ""] }) +
        sentRounds({ from: 2500, labels: ["", "last"] }),
      findings: [{ messageId: "filled", evidence: EVIDENCE, data: { windowBytes: 3000 } }],
    },
    {
      name: "three transfers with an idle time between them, the second one longest",
      packets:
        handshake() +
        sentRounds({ labels: ["", ""] }) +
        sentRounds({ count: 1, from: 36_000, rest: 60, labels: ["first", ""] }) +
        sentRounds({ count: 19, from: 39_000, labels: ["", "last"] }) +
        sentRounds({ count: 1, from: 96_000, rest: 60, labels: ["", ""] }) +
        sentRounds({ count: 11, from: 99_000, labels: ["", ""] }),
      findings: [
        {
          messageId: "filled",
          evidence: EVIDENCE,
          data: { count: 3, totalSeconds: "10.3", worstSeconds: "4.8" },
        },
      ],
    },
    {
      name: "a capture between both ends: the flow rests twice in each round trip",
      packets: handshake() + sentRounds({ count: 13, rtt: 0.08, rest: 0.17 }),
      findings: [{ messageId: "filled", evidence: EVIDENCE, confidence: "strong" }],
    },
    {
      name: "a receiver that says something now and then",
      packets: `${handshake()}
        ${sentRounds({ labels: ["first", ""] })}
        +0 <- P. 1:11(10) ack 36001 win 3000
        ${sentRounds({ from: 36_000, labels: ["", "last"] })
          .replaceAll("<- . 1:1(0)", "<- . 11:11(0)")
          .replaceAll("ack 1 ", "ack 11 ")}`,
      findings: [{ messageId: "filled", evidence: EVIDENCE, data: { count: 1 }, confidence: "strong" }],
    },
    {
      name: "a server that reads pieces of a window's size, one request each: less sure",
      packets: handshake() + askedRounds(0.25, 0),
      findings: [{ messageId: "filled", evidence: EVIDENCE, data: { side: "server" }, confidence: "weak" }],
    },
    {
      name: "the same seen at the receiver: each round trip brings a window, and nothing more",
      packets: handshake() + arrivedRounds(),
      findings: [
        { messageId: "arrived", evidence: EVIDENCE, data: { side: "server", count: 1 }, confidence: "weak" },
      ],
    },
    {
      name: "windows at the receiver that differ, and rounds that follow them",
      packets: `${handshake()}
        ${Array.from({ length: 13 }, (_, round) => {
          // A smaller window in every other round is what the next one brings.
          const bytes = round % 2 === 0 ? 3000 : 2200;
          const from = Math.floor(round / 2) * 5200 + (round % 2) * 3000;
          const label = round === 0 ? "first" : round === 12 ? "last" : "";
          const window = bytes === 3000 ? 2200 : 3000;
          return arrivedRounds({ count: 1, from, bytes, window, labels: [label, ""] });
        }).join("\n")}`,
      findings: [{ messageId: "arrived", evidence: EVIDENCE, confidence: "weak" }],
    },
    {
      name: "two transfers at the receiver with an idle time between them",
      packets: `${handshake()}
        ${arrivedRounds()}
        ${arrivedRounds({ count: 1, from: 39_000, rtt: 60, labels: ["", ""] })}
        ${arrivedRounds({ count: 11, from: 42_000, labels: ["", ""] })}`,
      findings: [{ messageId: "arrived", evidence: EVIDENCE, data: { count: 2, totalSeconds: "5.8" } }],
    },
    {
      name: "rounds at the receiver that end with a delayed ACK",
      packets: `${handshake()}
        ${Array.from({ length: 13 }, (_, round) => {
          const at = 1 + round * 3000;
          return `+.21 -> . ${at}:${at + 1000}(1000) ack 1 ${round === 0 ? "@first" : ""}
            +0     -> . ${at + 1000}:${at + 2000}(1000) ack 1
            +0     <- . 1:1(0) ack ${at + 2000} win 3000
            +0     -> . ${at + 2000}:${at + 3000}(1000) ack 1
            +.04   <- . 1:1(0) ack ${at + 3000} win 3000 ${round === 12 ? "@last" : ""}`;
        }).join("\n")}`,
      findings: [{ messageId: "arrived", evidence: EVIDENCE, confidence: "weak" }],
    },
    {
      name: "a receiver that opens its window a little later than it acknowledges",
      packets: `${handshake()}
        ${Array.from({ length: 13 }, (_, round) => {
          const at = 1 + round * 3000;
          const label = round === 0 ? "@first" : round === 12 ? "@last" : "";
          return `+.21 -> . ${at}:${at + 1000}(1000) ack 1 ${label}
            +0    <- . 1:1(0) ack ${at + 1000} win 2900
            +0    -> . ${at + 1000}:${at + 3000}(2000) ack 1
            +0    <- . 1:1(0) ack ${at + 3000} win 2800
            +.04  <- . 1:1(0) ack ${at + 3000} win 3000`;
        }).join("\n")}`,
      findings: [{ messageId: "arrived", evidence: EVIDENCE, confidence: "weak" }],
    },
    {
      name: "a receiver that says something, which the sender acknowledges late, as its window is full",
      packets: `${handshake()}
        ${sentRounds({ count: 6, labels: ["first", ""] })}
        +0   -> . 18001:21001(3000) ack 1 win 3000
        +.1  <- P. 1:11(10) ack 18001 win 3000
        +.04 -> . 21001:21001(0) ack 11 win 3000
        +.11 <- . 11:11(0) ack 21001 win 3000
        ${sentRounds({ count: 6, from: 21_000, labels: ["", "last"] })
          .replaceAll("<- . 1:1(0)", "<- . 11:11(0)")
          .replaceAll("ack 1 ", "ack 11 ")}`,
      findings: [{ messageId: "filled", evidence: EVIDENCE, data: { count: 1 }, confidence: "strong" }],
    },
    {
      name: "an ACK at the receiver that is late once: the window looks full there",
      packets: `${handshake()}
        ${arrivedRounds({ count: 3, labels: ["first", ""] })}
        +.25 -> . 9001:10001(1000) ack 1
        +0   -> . 10001:11001(1000) ack 1
        +0   -> . 11001:12001(1000) ack 1
        +0   <- . 1:1(0) ack 12001 win 3000
        ${arrivedRounds({ count: 9, from: 12_000, labels: ["", "last"] })}`,
      findings: [{ messageId: "arrived", evidence: EVIDENCE, data: { count: 1 } }],
    },
    {
      name: "the same in the first round, before there is anything to compare",
      packets: `${handshake()}
        +0   -> . 1:1001(1000) ack 1
        +0   -> . 1001:2001(1000) ack 1
        +0   -> . 2001:3001(1000) ack 1
        +0   <- . 1:1(0) ack 3001 win 3000
        +.15 -> . 3001:4001(1000) ack 1
        +0   <- . 1:1(0) ack 4001 win 3000
        ${arrivedRounds({ from: 4000 })}`,
      findings: [{ messageId: "arrived", evidence: EVIDENCE }],
    },
    {
      name: "a sender that paces: the window is always full, and the round trip as short as the handshake's",
      packets: handshake({ window: 10_000 }) + pacedRounds(12, 0.025),
      findings: [
        {
          messageId: "paced",
          evidence: EVIDENCE,
          data: { side: "server", windowBytes: 10_000, roundTripMs: 250 },
          confidence: "weak",
        },
      ],
    },
    {
      name: "the same after an idle time, where the first round trip looks like the receiver's side",
      packets: `${handshake({ window: 10_000 })}
        ${sentRounds({ count: 1, bytes: 1000, window: 10_000, labels: ["", ""] })}
        ${pacedRounds(13, 0.025, 1000, 15)}`,
      findings: [{ messageId: "paced", evidence: EVIDENCE, confidence: "weak" }],
    },
    {
      name: "both ends held up one after the other: the one that sends more counts",
      packets: `${handshake()}
        ${sentRounds({ count: 20, labels: ["", ""] })}
        ${mirrored(arrivedRounds({ count: 1, rtt: 1, bytes: 6000, window: 6000, labels: ["", ""] }), 60_001)}
        ${mirrored(arrivedRounds({ count: 13, from: 6000, bytes: 6000, window: 6000 }), 60_001)}`,
      findings: [
        {
          messageId: "arrived",
          evidence: EVIDENCE,
          data: { side: "client", peer: "server", count: 1, totalSeconds: "3.0" },
        },
      ],
    },
    {
      name: "the same in the other order",
      packets: `${handshake()}
        ${mirrored(arrivedRounds({ count: 25 }), 1)}
        ${sentRounds({ labels: ["", ""] })
          .replaceAll("<- . 1:1(0)", "<- . 75001:75001(0)")
          .replaceAll("ack 1 ", "ack 75001 ")}`,
      findings: [{ messageId: "arrived", evidence: EVIDENCE, data: { side: "client", peer: "server" } }],
    },
    {
      name: "several connections to one listener as one finding, with the longest as evidence",
      packets: `${handshake()}
        ${sentRounds({ labels: ["", ""] })}
        connection 2
        +1 -> S  0:0(0) <mss 1000>
        +.25 <- S. 0:0(0) ack 1 win 3000 <mss 1000>
        +0 -> . 1:1(0) ack 1
        ${sentRounds({ count: 14 })}`,
      findings: [
        {
          messageId: "filled",
          evidence: EVIDENCE,
          data: { hitFlows: 2, listenerFlows: 2, totalSeconds: "6.0", worstSeconds: "3.3" },
          flows: 2,
        },
      ],
    },
  ],

  valid: [
    {
      name: "a round trip of 20 ms",
      packets: handshake({ rtt: 0.02 }) + sentRounds({ rtt: 0.02, count: 120 }),
    },
    {
      name: "a connection whose handshake was not captured",
      packets: sentRounds(),
    },
    {
      name: "a SYN-ACK that was not captured: nobody knows whether windows are scaled",
      packets: `
        0    -> S  0:0(0) <mss 1000>
        +.25 -> .  1:1(0) ack 1
        ${sentRounds()}`,
    },
    {
      name: "a sender with less in flight, as its own buffer allows",
      packets: handshake({ window: 12_000 }) + sentRounds({ bytes: 9000, window: 12_000 }),
    },
    {
      name: "more in flight than the window: it was scaled after all",
      packets: handshake({ window: 10_000 }) + sentRounds({ bytes: 12_000, window: 10_000 }),
    },
    {
      name: "less than a window in each round trip, seen at the receiver",
      packets: handshake() + arrivedRounds({ bytes: 2400 }),
    },
    {
      name: "more than a window in each round trip, seen at the receiver",
      packets: handshake() + arrivedRounds({ bytes: 3300 }),
    },
    {
      name: "requests that are each answered by a window's worth, seen at the receiver",
      packets: handshake() + askedRounds(0, 0.25),
    },
    {
      name: "requests at the receiver that a server acknowledges at once and answers a little later",
      packets: `${handshake()}
        ${Array.from({ length: 16 }, (_, round) => {
          const [at, asked] = [1 + round * 3000, 1 + round * 40];
          return `+0   <- P. ${asked}:${asked + 40}(40) ack ${at} win 3000
            +.25 -> . ${at}:${at}(0) ack ${asked + 40}
            +.05 -> . ${at}:${at + 1000}(1000) ack ${asked + 40}
            +0   -> . ${at + 1000}:${at + 2800}(1800) ack ${asked + 40}
            +0   -> . ${at + 2800}:${at + 3000}(200) ack ${asked + 40}`;
        }).join("\n")}`,
    },
    {
      name: "a receiver that takes less and less, because it does not read",
      packets: `${handshake()}
        ${sentRounds({ count: 3, labels: ["", ""] })}
        ${sentRounds({ count: 1, from: 9000, window: 1500, labels: ["", ""] })}
        ${sentRounds({ count: 12, from: 12_000, bytes: 1500, window: 1500, labels: ["", ""] })}`,
    },
    {
      name: "a window that auto-tuning still enlarges in each round",
      packets: `${handshake({ window: 10_000 })}
        ${grownRounds(1.03)}`,
    },
    {
      name: "a timeout every few rounds: loss is what limits it",
      packets: `${handshake()}
        ${Array.from({ length: 6 }, (_, turn) => {
          const from = turn * 15_000;
          return `${sentRounds({ count: 4, from, labels: ["", ""] })}
            ${segments(1 + from + 12_000, 3000, 0, "")}
            +.3  -> . ${1 + from + 12_000}:${1 + from + 13_000}(1000) ack 1
            +.05 <- . 1:1(0) ack ${1 + from + 15_000} win 3000`;
        }).join("\n")}`,
      others: ["loss-rate-high", "rto-tail-loss"],
    },
    {
      name: "a sender that has less to send in every sixth round",
      packets: `${handshake({ window: 10_000 })}
        ${Array.from({ length: 4 }, (_, turn) => {
          const rounds = { window: 10_000, bytes: 10_000, labels: ["", ""] } as const;
          return `${sentRounds({ ...rounds, count: 5, from: turn * 55_000 })}
            ${sentRounds({ ...rounds, count: 1, from: turn * 55_000 + 50_000, bytes: 5000 })}`;
        }).join("\n")}`,
    },
    {
      name: "a program that writes a window's worth at an interval of its own",
      packets: handshake() + sentRounds({ rest: 0.08 }),
    },
    {
      name: "round trips that are much shorter than the handshake's was",
      packets: handshake({ rtt: 0.2 }) + sentRounds({ rtt: 0.12, count: 25 }),
    },
    {
      name: "a few rounds over a long way",
      packets: handshake({ rtt: 0.5 }) + sentRounds({ rtt: 0.5, count: 8 }),
    },
    {
      name: "a transfer that is over soon",
      packets: handshake({ rtt: 0.1 }) + sentRounds({ rtt: 0.1, count: 18 }),
    },
    {
      name: "a full window on a path with a queue: round trips are longer than the handshake's",
      packets: handshake({ window: 10_000 }) + pacedRounds(12, 0.028),
    },
    {
      name: "the same after a few rounds with waits",
      packets: `${handshake({ window: 10_000 })}
        ${sentRounds({ count: 9, bytes: 10_000, window: 10_000, labels: ["", ""] })}
        ${pacedRounds(16, 0.028, 90_000)}`,
    },
    {
      name: "a window's worth that takes most of a round trip to arrive",
      packets: handshake({ window: 10_000 }) + arrivedRounds({ bytes: 10_000, window: 10_000, spread: 0.02 }),
    },
    {
      name: "a window that limits the first third of a transfer",
      packets: `${handshake()}
        ${sentRounds({ labels: ["", ""] })}
        +0   <- . 1:1(0) ack 36001 win 60000
        ${sentRounds({ count: 8, from: 36_000, bytes: 10_000, window: 60_000, labels: ["", ""] })}`,
    },
  ],
});

describe("rule window-limited", () => {
  const alternatives = async (options: string) => {
    const { report } = await analyzeScript(handshake({ options }) + sentRounds());
    return report.findings.find(({ ruleId }) => ruleId === windowLimited.id)!.alternatives.join(" ");
  };

  it("begins with the first of several spells and ends with the longest", async () => {
    const spells =
      sentRounds() +
      sentRounds({ count: 1, from: 36_000, rest: 0.3, labels: ["", ""] }) +
      sentRounds({ count: 19, from: 39_000, labels: ["", ""] });
    const { report } = await analyzeScript(handshake() + spells);
    const { startNs, endNs } = report.findings.find(({ ruleId }) => ruleId === windowLimited.id)!;
    expect(startNs).to.equal(250_000_000);
    expect(endNs).to.be.above(8_000_000_000);
  });

  it("says where no window scale was agreed on", async () => {
    expect(await alternatives("mss 1000")).to.include("Window scaling was not agreed on");
    expect(await alternatives("mss 1000,wscale 0")).not.to.include("Window scaling");
  });
});
