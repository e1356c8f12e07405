import { expect } from "chai";
import { acceptQueueSynDrop } from "../../src/rules/accept-queue-syn-drop.js";
import { analyzeScript } from "../support/analyze-script.js";
import { testRule } from "../support/rule-tester.js";

/** A connection that the listener answers, number 9. */
const answered = (at: string, ends = "") => `
  connection 9 ${ends}
  ${at} -> S  0:0(0)
  +.001 <- S. 0:0(0) ack 1
  +0    -> .  1:1(0) ack 1
  +0    -> P. 1:6(5) ack 1
  +.001 <- P. 1:6(5) ack 6`;

/** One connection is opened, the handshake of another is dropped. */
const droppedHandshake = `
  connection 1 client 192.0.2.1:40000 server 192.0.2.2:80
  0    -> S  0:0(0)
  +.02 <- S. 0:0(0) ack 1
  +0   -> .  1:1(0) ack 1
  connection 2
  0    -> S  0:0(0)
  +.02 <- S. 0:0(0) ack 1
  +0   -> .  1:1(0) ack 1
  +0   -> P. 1:6(5) ack 1
  +.2  -> P. 1:6(5) ack 1
  +.4  -> P. 1:6(5) ack 1
  +.4  <- S. 0:0(0) ack 1
  +.4  -> P. 1:6(5) ack 1
  +1.6 <- S. 0:0(0) ack 1`;
/** A connection that is opened, number 10. */
const opened = (at: string, ends = "") => `
  connection 10 ${ends}
  ${at}  -> S  0:0(0)
  +.001 <- S. 0:0(0) ack 1
  +0    -> .  1:1(0) ack 1`;
/** The kernel acknowledges what its client says, the application says nothing. */
const held = (at: string, ends = "") => `
  ${opened(at, ends)}
  +0    -> P. 1:6(5) ack 1
  +.001 <- .  1:1(0) ack 6`;

/** Two connections that are opened at the same moment, numbers 11 and 12, of which the second is answered. */
const openedAtOnce = `
  connection 11
  +1 -> S  0:0(0)
  connection 12
  +0 -> S  0:0(0)
  +0 <- S. 0:0(0) ack 1
  connection 11
  +0 <- S. 0:0(0) ack 1
  +0 -> .  1:1(0) ack 1
  connection 12
  +0 -> .  1:1(0) ack 1
  +.001 <- P. 1:6(5) ack 1`;

/** Three clients whose SYNs are answered at the fourth attempt. */
const threeWait = `
  connection 1 client 192.0.2.1:40000 server 192.0.2.2:80
  repeat 3 every 0.01 {
    +1   -> S  0:0(0) @syn
    +1   -> S  0:0(0) @repeat
    +1   -> S  0:0(0)
    +1   -> S  0:0(0)
    +.02 <- S. 0:0(0) ack 1
    +0   -> .  1:1(0) ack 1
  }`;

/** Another port of the same host answers. */
const otherPort = `
  connection 8 client 192.0.2.1:40080 server 192.0.2.2:81
  +.2   -> S  0:0(0)
  +.001 <- S. 0:0(0) ack 1
  +0    -> .  1:1(0) ack 1`;
/** Three clients whose SYNs are in vain, before and after `between`, until the last is answered. */
const threeWaitAround = (between: string, before = "") => `
  ${answered("0")}
  ${before}
  connection 1 client 192.0.2.1:40000 server 192.0.2.2:80
  repeat 3 every 0.01 {
    +1   -> S  0:0(0) @syn
    +1   -> S  0:0(0) @repeat
  }
  ${between}
  connection 1
  repeat 3 every 0.01 {
    +1   -> S  0:0(0)
    +1   -> S  0:0(0)
    +.02 <- S. 0:0(0) ack 1
    +0   -> .  1:1(0) ack 1
  }`;

/** Another connection to the listener, which is opened and answered without a wait. */
const servedAtOnce = `
  connection 12 client 192.0.2.1:40120 server 192.0.2.2:80
  +.01  -> S  0:0(0)
  +.001 <- S. 0:0(0) ack 1
  +0    -> .  1:1(0) ack 1
  +0    -> P. 1:6(5) ack 1
  +.001 <- P. 1:6(5) ack 6`;

/** A client talks to that other port. */
const talk = `
  connection 8 client 192.0.2.1:40080 server 192.0.2.2:81
  +.2   -> S  0:0(0)
  +.001 <- S. 0:0(0) ack 1
  +0    -> .  1:1(0) ack 1
  +0    -> P. 1:101(100) ack 1
  +.001 <- P. 1:101(100) ack 101`;
/** It sends 100 octets after each of `gaps` seconds, and hears nothing. */
const stillInVain = (gaps: readonly number[]) => `
  connection 8
  ${gaps.map((gap) => `+${gap} -> P. 101:201(100) ack 101`).join("\n  ")}`;
/** It sends 100 octets from `first` on, twice: they were lost, or `acknowledgment` was. */
const goesOn = (first: number, acknowledgment = "") => `
  connection 8
  +.2   -> P. ${first}:${first + 100}(100) ack ${first}
  ${acknowledgment}
  +.25  -> P. ${first}:${first + 100}(100) ack ${first}
  +.001 <- P. ${first}:${first + 100}(100) ack ${first + 100}`;

/** The same of a connection of its own. */
const earlier = (packets: string) =>
  packets.replace("connection 8", "connection 7").replace(":40080", ":40070");

/** Where lost packets cannot be excluded. */
const threeWaitPerhaps = {
  messageId: "dropped",
  evidence: { syn: "syn-1", repeat: "repeat-1" },
  flows: 3,
  confidence: "weak",
  severity: "warning",
} as const;

/** The three over loopback, of whom none is answered. */
const threeSilent = threeWait
  .replace(/ *\+.02 <-.*\n.*ack 1\n/, "")
  .replace("192.0.2.1:40000 server 192.0.2.2:80", "127.0.0.1:40000 server 127.0.0.1:80");
const SILENT = {
  messageId: "silent",
  evidence: { syn: "syn-1", repeat: "repeat-1" },
  flows: 3,
  data: { droppedSyns: 12, worstSeconds: "3.0" },
} as const;

const threeWaitForSure = {
  ...threeWaitPerhaps,
  confidence: "strong",
  severity: "error",
  vantage: "server-host",
  data: { queueNote: "" },
} as const;
const QUEUE_EMPTY = ", and when one of these came nothing in the capture was in its accept queue";
/** As the server's host sees it: what the clients send has come a long way. */
const onServersHost = (packets: string) => packets.replace(/->.*?(?= @|$)/gm, "$& {ttl 50}");

const threeFallBack = `
  connection 1 client 192.0.2.1:40000 server 192.0.2.2:80
  repeat 3 every 0.01 {
    +1   -> SEW 0:0(0) {ttl 50} @syn
    +1   -> S   0:0(0) {ttl 50} @repeat
    +0   <- S.  0:0(0) ack 1
    +.05 -> .   1:1(0) ack 1 {ttl 50}
    +0   -> P.  1:6(5) ack 1 {ttl 50}
    +0   <- .   1:1(0) ack 6
  }`;

testRule(acceptQueueSynDrop, {
  invalid: [
    {
      name: "over loopback, of a listener that answers nobody in the capture: there is one, or it would refuse",
      ipVersion: 4,
      packets: threeSilent,
      findings: [{ ...SILENT, confidence: "weak", severity: "warning" }],
    },
    {
      name: "the same beside a connection that hangs from before the capture on",
      ipVersion: 4,
      packets: `
        connection 9 client 127.0.0.1:40009 server 127.0.0.1:80
        0    -> P. 1:6(5) ack 1
        ${threeSilent}
        connection 9
        +1   -> P. 1:6(5) ack 1
        +10  -> P. 1:6(5) ack 1`,
      findings: [{ ...SILENT, confidence: "strong" }],
    },
    {
      name: "SYNs on loopback, one of which is answered at last; the longest wait is shown",
      ipVersion: 4,
      packets: `
        ${held("0", "client 127.0.0.1:40009 server 127.0.0.1:8080")}
        connection 1 client 127.0.0.1:40001 server 127.0.0.1:8080
        1  -> S  0:0(0)
        +1 -> S  0:0(0)
        +0 <- S. 0:0(0) ack 1
        +0 -> .  1:1(0) ack 1
        connection 2 client 127.0.0.1:40002 server 127.0.0.1:8080
        1  -> S  0:0(0) @syn
        +1 -> S  0:0(0) @repeat
        +2 -> S  0:0(0)
        +4 -> S  0:0(0)`,
      findings: [
        {
          messageId: "dropped",
          evidence: { syn: "syn", repeat: "repeat" },
          flows: 2,
          data: {
            listener: "127.0.0.1:8080",
            port: 8080,
            waitingFlows: 2,
            listenerFlows: 3,
            worstSeconds: "7.0",
            ending: "1 never answered in the capture",
            droppedSyns: 5,
          },
          confidence: "strong",
          vantage: "server-host",
        },
      ],
    },
    {
      name: "while handshakes at the same listener are dropped, seen from anywhere",
      packets: `
        ${droppedHandshake}
        connection 3
        1    -> S  0:0(0) @syn
        +1   -> S  0:0(0) @repeat
        +1   -> S  0:0(0)`,
      findings: [
        {
          messageId: "dropped",
          evidence: { syn: "syn", repeat: "repeat" },
          confidence: "strong",
          data: { ending: "none answered in the capture", droppedSyns: 3, droppedNote: "3 SYNs" },
        },
      ],
    },
    {
      name: "SYNs at the intervals of newer clients, which do not double at first (tcp_syn_linear_timeouts)",
      ipVersion: 4,
      packets: `
        ${held("0", "client 127.0.0.1:40009 server 127.0.0.1:8080")}
        connection 1 client 127.0.0.1:40001 server 127.0.0.1:8080
        1    -> S  0:0(0) @syn
        2.03 -> S  0:0(0) @repeat
        3.05 -> S  0:0(0)
        4.08 -> S  0:0(0)
        5.1  -> S  0:0(0)
        6.12 -> S  0:0(0)
        8.14 -> S  0:0(0)
        12.2 -> S  0:0(0)
        20.5 -> S  0:0(0)`,
      findings: [
        {
          messageId: "dropped",
          evidence: { syn: "syn", repeat: "repeat" },
          confidence: "strong",
          data: { droppedSyns: 9, worstSeconds: "19.5" },
        },
      ],
    },
    {
      name: "three clients at once, from where lost packets cannot be excluded: a warning",
      packets: `${answered("0")} ${threeWait}`,
      findings: [{ ...threeWaitPerhaps, data: { ending: "all answered in the end", droppedSyns: 9 } }],
    },
    {
      name: "three clients at once, which have to send their data again as well: that they get on then says nothing of before",
      packets: `${answered("0")}
        connection 1 client 192.0.2.1:40000 server 192.0.2.2:80
        repeat 3 every 0.01 {
          +1   -> S  0:0(0) @syn
          +1   -> S  0:0(0) @repeat
          +1   -> S  0:0(0)
          +1   -> S  0:0(0)
          +.02 <- S. 0:0(0) ack 1
          +0   -> .  1:1(0) ack 1
          +0   -> P. 1:6(5) ack 1
          +.02 -> P. 1:6(5) ack 1
          +.03 -> P. 1:6(5) ack 1
          +.02 <- .  1:1(0) ack 6
        }`,
      findings: [threeWaitPerhaps],
    },
    {
      name: "three clients at once, while another port of the host answers them: the path was open, and others may fill the queue",
      packets: threeWaitAround(otherPort),
      findings: [{ ...threeWaitForSure, vantage: "unknown" }],
    },
    {
      name: "the same while the listener itself serves another at once: something before it divides or limits them",
      packets: threeWaitAround(`${otherPort}${servedAtOnce}`),
      findings: [threeWaitPerhaps],
    },
    {
      name: "the same on the server's host",
      packets: onServersHost(threeWaitAround(servedAtOnce)),
      findings: [{ ...threeWaitPerhaps, vantage: "server-host" }],
    },
    ...[
      { name: "while one may fill the queue that only the kernel has answered", before: held("+1") },
      {
        name: "while one may fill it whose client has gone",
        before: `${opened("+1")}\n+.1 -> R. 1:1(0) ack 1`,
      },
      {
        name: "while one may fill it that was reset from there, perhaps by a packet filter",
        before: `${opened("+1")}\n+.1 <- R. 1:1(0) ack 1`,
      },
      {
        name: "while one may fill it whose handshake ended at the same moment as that of one that was served",
        before: openedAtOnce,
      },
      {
        name: "while one may fill it that was opened by Fast Open, whose handshake ends later",
        before: `
          connection 10
          +1    -> S  0:5(5) <fastopen 0011223344556677>
          +.001 <- S. 0:0(0) ack 6`,
        between: `
          connection 10
          +0    -> .  6:6(0) ack 1`,
      },
    ].map(({ name, before, between = "" }) => ({
      name: `three clients at once on the server's host ${name}`,
      packets: onServersHost(threeWaitAround(between, before)),
      findings: [threeWaitForSure],
    })),
    {
      name: "three clients at once on the server's host that first has answered nobody else: others may fill the queue",
      packets: onServersHost(threeWait),
      findings: [threeWaitForSure],
    },
    ...[
      { name: "where all that were opened before were answered", before: "" },
      {
        name: "where the last one was closed by the server",
        before: `${opened("+1")}\n+.1 <- F. 1:1(0) ack 1`,
      },
      {
        name: "where one that is never answered was opened before another that was",
        before: `${opened("+1")} ${servedAtOnce}`,
      },
      {
        name: "where one is opened only after the first SYNs in vain",
        before: "",
        between: opened("+.2"),
      },
      {
        name: "where all that were opened last, at one moment, were answered",
        before: `${openedAtOnce}
          connection 11
          +.01 <- P. 1:6(5) ack 1`,
      },
      {
        name: "where the last one is answered before the second SYNs in vain",
        before: opened("+1"),
        between: `
          connection 10
          +.2 <- P. 1:6(5) ack 1`,
      },
    ].map(({ name, before, between = "" }) => ({
      name: `three clients at once on the server's host ${name}: nothing seen fills the queue`,
      packets: onServersHost(threeWaitAround(between, before)),
      findings: [{ ...threeWaitPerhaps, data: { queueNote: QUEUE_EMPTY } }],
    })),
    {
      name: "over loopback, where the one opened before was answered: nothing seen fills the queue",
      ipVersion: 4 as const,
      packets: `
        ${answered("0", "client 127.0.0.1:40009 server 127.0.0.1:8080")}
        connection 1 client 127.0.0.1:40001 server 127.0.0.1:8080
        1  -> S  0:0(0) @syn
        +1 -> S  0:0(0) @repeat
        +0 <- S. 0:0(0) ack 1
        +0 -> .  1:1(0) ack 1`,
      findings: [
        {
          ...threeWaitPerhaps,
          evidence: { syn: "syn", repeat: "repeat" },
          flows: 1,
          data: { queueNote: QUEUE_EMPTY },
        },
      ],
    },
    {
      name: "the same where each is answered as soon as it asks for less: a packet filter may have dropped the SYNs before for that",
      packets: threeFallBack,
      findings: [{ ...threeWaitPerhaps, vantage: "server-host" }],
    },
    {
      name: "one that is answered as soon as it asks for less, while handshakes at the same listener are dropped",
      packets: `
        ${droppedHandshake}
        connection 3
        1    -> SEW 0:0(0) @syn
        +1   -> S   0:0(0) @repeat
        +.02 <- S.  0:0(0) ack 1`,
      findings: [{ messageId: "dropped", evidence: { syn: "syn", repeat: "repeat" }, confidence: "strong" }],
    },
    {
      name: "the same when no SYN is in vain after that: an outage of the path may have ended just then",
      packets: threeWaitAround(otherPort).replace(
        "+1   -> S  0:0(0)\n    +1   -> S  0:0(0)\n",
        "+1   -> S  0:0(0)\n",
      ),
      findings: [threeWaitPerhaps],
    },
    {
      name: "the same of a client that sends SYNs in vain to other networks, too: its own way there, perhaps",
      ipVersion: 4,
      packets: `${threeWaitAround(otherPort)}
        ${["198.51.100.2", "203.0.113.2"]
          .map(
            (server, index) => `
        connection ${50 + index} client 192.0.2.1:${50_000 + index} server ${server}:80
        +0   -> S  0:0(0)
        +1   -> S  0:0(0)
        +.02 <- S. 0:0(0) ack 1
        +0   -> .  1:1(0) ack 1`,
          )
          .join("\n")}`,
      findings: [threeWaitPerhaps],
    },
    {
      name: "the same while the way to the server loses data of theirs, too: the path, perhaps",
      packets: threeWaitAround(goesOn(101), talk),
      findings: [threeWaitPerhaps],
    },
    {
      name: "the same when it lost data long before and long after, or the way back does",
      packets: `${threeWaitAround(
        `${talk} ${goesOn(101, "+.001 <- . 101:101(0) ack 201")}`,
        `${earlier(talk)} ${earlier(goesOn(101))}
        connection 9
        +3 -> . 6:6(0) ack 6`,
      )}
        connection 9
        +9 -> . 6:6(0) ack 6
        ${earlier(goesOn(201))}`,
      findings: [{ ...threeWaitPerhaps, confidence: "strong", severity: "error" }],
    },
    {
      name: "the same when only the first data of a connection is sent again, as where its handshake was dropped",
      packets: threeWaitAround(`${otherPort}
        +0   -> P. 1:101(100) ack 1
        +.25 -> P. 1:101(100) ack 1
        +.001 <- . 1:1(0) ack 101`),
      findings: [{ ...threeWaitPerhaps, confidence: "strong", severity: "error" }],
    },
    {
      name: "three clients at once, when the other port answered before and after: the path may have had an outage",
      packets:
        threeWaitAround("", otherPort) +
        otherPort.replace("connection 8", "connection 7").replace("80 s", "81 s"),
      findings: [threeWaitPerhaps],
    },
  ],

  valid: [
    {
      name: "three clients at once, while an open connection to the host stands still as well: an outage of the path",
      packets: threeWaitAround(stillInVain([0.4, 0.8]), `${talk}${stillInVain([0.2, 0.2])}`),
      others: ["syn-answered-late"],
    },
    {
      name: "a single SYN lost on the way, and two at once",
      packets: `
        ${answered("0")}
        connection 1
        repeat 2 every 0.01 {
          +1   -> S  0:0(0)
          +1   -> S  0:0(0)
          +.02 <- S. 0:0(0) ack 1
          +0   -> .  1:1(0) ack 1
        }`,
    },
    {
      name: "a SYN-ACK slower than the client's timer: it echoes the first SYN",
      ipVersion: 4,
      packets: `
        ${answered("0", "client 127.0.0.1:40009 server 127.0.0.1:8080")}
        connection 1 client 127.0.0.1:40001 server 127.0.0.1:8080
        1    -> S  0:0(0) <TS val 1000 ecr 0>
        +1   -> S  0:0(0) <TS val 2000 ecr 0>
        +.2  <- S. 0:0(0) ack 1 <TS val 9000 ecr 1000>
        +0   -> .  1:1(0) ack 1 <TS val 2200 ecr 9000>`,
    },
    {
      name: "a client whom the server's firewall does not let in, though others are answered",
      others: ["syn-unanswered"],
      ipVersion: 4,
      packets: `
        ${answered("0", "client 127.0.0.1:40009 server 127.0.0.1:8080")}
        connection 1 client 127.0.0.66:40001 server 127.0.0.1:8080
        1  -> S 0:0(0)
        +1 -> S 0:0(0)
        +2 -> S 0:0(0)`,
    },
    {
      name: "an answer that was not captured",
      ipVersion: 4,
      packets: `
        ${answered("0", "client 127.0.0.1:40009 server 127.0.0.1:8080")}
        connection 1 client 127.0.0.1:40001 server 127.0.0.1:8080
        +1  -> S  0:0(0)
        +1  -> S  0:0(0)
        +0  -> .  1:1(0) ack 1
        +0  -> P. 1:6(5) ack 1`,
    },
    {
      name: "a capture of one direction",
      ipVersion: 4,
      packets: `
        connection 1 client 127.0.0.1:40001 server 127.0.0.1:8080
        repeat 4 every 0.01 {
          +1  -> S  0:0(0)
          +1  -> S  0:0(0)
          +0  -> .  1:1(0) ack 1
        }`,
    },
    {
      name: "a SYN recorded twice",
      ipVersion: 4,
      packets: `
        connection 1 client 127.0.0.1:40001 server 127.0.0.1:8080
        0      -> S  0:0(0)
        +.0001 -> S  0:0(0) {copy}
        +.0001 <- S. 0:0(0) ack 1
        +0     -> .  1:1(0) ack 1`,
    },
    {
      name: "a simultaneous open whose first SYN was lost",
      packets: `
        ${answered("0")}
        connection 1
        0     -> S  0:0(0)
        +1    -> S  0:0(0)
        +.01  <- S  0:0(0)
        +.01  -> S. 0:0(0) ack 1
        +0    <- S. 0:0(0) ack 1`,
    },
  ],
});

describe("rule accept-queue-syn-drop", () => {
  const alternativesOf = async (packets: string) =>
    (await analyzeScript(packets, { rules: [acceptQueueSynDrop] }, { ipVersion: 4 })).report.findings[0]
      ?.alternatives;

  it("suspects the path unless the SYNs were seen to arrive", async () => {
    const suspicion = "The path lost the SYNs, or had an outage: capture on the server's host to tell.";
    expect(await alternativesOf(`${answered("0")} ${threeWait}`)).to.include(suspicion);
    expect(await alternativesOf(onServersHost(threeWaitAround("")))).to.not.include(suspicion);
    expect(await alternativesOf(threeSilent)).to.not.include(suspicion);
  });

  it("suspects a packet filter where all that were answered asked for less than before", async () => {
    const suspicion = "A packet filter drops SYNs with ECN: each was answered as soon as it came without.";
    expect(await alternativesOf(threeFallBack)).to.include(suspicion);
    const plain = threeFallBack.replace("SEW", "S  ");
    expect(await alternativesOf(plain)).to.not.include(suspicion);
    const others = plain
      .replaceAll(/@\w+/g, "")
      .replace("connection 1 client 192.0.2.1:40000", "connection 11 client 192.0.2.1:40010");
    expect(await alternativesOf(threeFallBack + others)).to.not.include(suspicion);
  });
});
