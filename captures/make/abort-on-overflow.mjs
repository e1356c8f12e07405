/** tcp_abort_on_overflow: the handshake ACK that finds the accept queue full is answered by an RST. */
import { openTogether } from "./burst.mjs";
import { sleep } from "./command.mjs";
import { acceptQueueHolds, counters, listeners } from "./observe.mjs";
import { outcomeTable, writePage } from "./page.mjs";
import { echoClients, startListener } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onVeth } from "./topology.mjs";

const FILE = "abort-on-overflow.pcap";
const SYSCTLS = { "net.ipv4.tcp_syncookies": 0, "net.ipv4.tcp_abort_on_overflow": 1 };
const BACKLOG = 4;

const { client, server, address, clientDevice, serverDevice } = onVeth();
server.set(SYSCTLS);
const listener = await startListener(server, { address, port: 8080, backlog: BACKLOG, accepting: false });
const recording = await record(server, { device: serverDevice, file: FILE });
const echo = { host: address, port: 8080 };
const waiting = echoClients(client, { ...echo, count: 3, gapMs: 20 });
await acceptQueueHolds(server, 8080, 3);
const burst = await openTogether(client, clientDevice, { ...echo, count: 5 });
const full = listeners(server);
await sleep(1000);
listener.switchAccepting();
const outcomes = [...(await waiting), ...(await burst.outcomes)];
const recordedBy = await recording.stop();

writePage({
  file: FILE,
  recordedBy,
  sysctls: SYSCTLS,
  setup: [`\`listen(fd, ${BACKLOG})\`, accept() held for 2 s`],
  happened: `
Three connections wait in the accept queue of port 8080, five more are opened at once. Two take the last places; the
handshake ACK of each of the others is answered at once by an RST without ACK, whose sequence number is the
acknowledgment number of that ACK. Their clients were told that the connection was open and see it reset (ECONNRESET).
Recorded on the server's side of a veth link.`,
  signature: [
    [
      "RSTs without ACK from the server, nothing sent after its SYN-ACK",
      "tcp.srcport == 8080 && tcp.flags == 0x0004 && tcp.seq == 1",
      2,
      6,
    ],
    ["repeated SYN-ACKs", "tcp.flags == 0x0012 && tcp.analysis.retransmission", 0],
  ],
  example: "tcp.flags.reset == 1",
  observed: [
    ["ss -ltn while accept() was held", full],
    ["ss -ltn at the end", listeners(server)],
    ["nstat of the server at the end", counters(server)],
    ["The clients, in the order they connected", outcomeTable(outcomes)],
  ],
});
