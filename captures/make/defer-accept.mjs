/** TCP_DEFER_ACCEPT: the listener drops the bare handshake ACK on purpose and waits for data. */
import { counters, listeners } from "./observe.mjs";
import { outcomeTable, writePage } from "./page.mjs";
import { echoClients, startListener } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onLoopback } from "./topology.mjs";

const FILE = "defer-accept.pcap";
const SECONDS = 5;

const { client, server, address, serverDevice } = onLoopback();
await startListener(server, {
  address,
  port: 8080,
  backlog: 128,
  accepting: true,
  deferAcceptSeconds: SECONDS,
});
const recording = await record(server, { device: serverDevice, file: FILE });
const echo = { host: address, port: 8080 };
const outcomes = await Promise.all([
  echoClients(client, { ...echo, delayMs: 8000, giveUpMs: 20_000 }),
  echoClients(client, { ...echo, delayMs: 3000 }),
  echoClients(client, { ...echo, count: 3, gapMs: 700 }),
]);
const recordedBy = await recording.stop();

writePage({
  file: FILE,
  recordedBy,
  setup: [`\`setsockopt(TCP_DEFER_ACCEPT, ${SECONDS})\` on the listener`],
  happened: `
The listener on port 8080 has TCP_DEFER_ACCEPT set to ${SECONDS} s: a handshake ACK without data is dropped on purpose and the connection is
made only when data arrives. Three clients send their data at once, one after 3 s, one after 8 s. To the last, silent for longer
than the period, the server repeats its SYN-ACK; the client's answer to that establishes the connection, and the data at 8 s is served. In every
flow the repeated SYN-ACK, if any, comes before the client's first data, never after it. Nothing is wrong here. Recorded on lo.`,
  signature: [
    ["repeated SYN-ACKs", "tcp.flags == 0x0012 && tcp.analysis.retransmission", 1, 2],
    ["repeated data", "tcp.len > 0 && tcp.analysis.retransmission", 0],
    ["answers", "tcp.srcport == 8080 && tcp.len > 0", 5],
    ["RSTs", "tcp.flags.reset == 1", 0],
  ],
  example: "tcp.flags == 0x0012 && tcp.analysis.retransmission",
  observed: [
    ["ss -ltn at the end", listeners(server)],
    ["nstat at the end", counters(server)],
    ["The clients", outcomeTable(outcomes.flat())],
  ],
});
