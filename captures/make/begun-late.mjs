/** Connections that hang before anybody captures: what is left to see of a full accept queue, with and without SYN cookies. */
import { openTogether } from "./burst.mjs";
import { sleep } from "./command.mjs";
import { acceptQueueHolds, counters, listeners } from "./observe.mjs";
import { outcomeTable, writePage } from "./page.mjs";
import { startEchoClients, startListener } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onLoopback } from "./topology.mjs";

const FILE = "begun-late.pcap";
const BACKLOG = 4;
const UNSEEN_MS = 2500;
const HELD_MS = 16_000;

const { client, server, address, clientDevice } = onLoopback();
const listening = [];
const bursts = [];
// The second listener's handshakes are made by cookie, all of them.
for (const [port, cookies] of [
  [8080, 0],
  [8081, 2],
]) {
  server.set({ "net.ipv4.tcp_syncookies": cookies });
  listening.push(await startListener(server, { address, port, backlog: BACKLOG, accepting: false }));
  const echo = { host: address, port, giveUpMs: 60_000 };
  // More at once would find the SYN queue full.
  bursts.push(startEchoClients(client, { ...echo, count: 3, gapMs: 20 }).outcomes());
  await acceptQueueHolds(server, port, 3);
  bursts.push((await openTogether(client, clientDevice, { ...echo, count: 5 })).outcomes);
}
await sleep(UNSEEN_MS);
const recording = await record(client, { device: clientDevice, file: FILE });
await sleep(HELD_MS);
const full = listeners(server);
for (const listener of listening) listener.switchAccepting();
const outcomes = await Promise.all(bursts);
const recordedBy = await recording.stop();

writePage({
  file: FILE,
  recordedBy,
  sysctls: { "net.ipv4.tcp_syncookies": "0 for port 8080, 2 for port 8081" },
  setup: [
    `\`listen(fd, ${BACKLOG})\` on both ports; three and then five connections to each, ${UNSEEN_MS / 1000} s before the recording begins`,
    `accept() held for another ${HELD_MS / 1000} s`,
  ],
  happened: `
Two echo servers do not accept. Three connections wait at each, and five more are opened at once: two take the last places in the accept
queue, the handshake ACKs of the others find it full and are dropped. Somebody begins to record only then. On port 8080 the server repeats its SYN-ACKs, behind data whose
acknowledgment numbers show that the client has long had one. On port 8081, where every handshake is made by SYN cookie, there is
nothing to see but data that clients repeat, and silence. When accept() resumes, each connection completes at its client's next
retransmission.`,
  signature: [
    ["SYNs of clients", "tcp.flags == 0x0002", 0],
    ["SYN-ACKs of port 8080", "tcp.srcport == 8080 && tcp.flags == 0x0012", 4, 20],
    ["SYN-ACKs of port 8081", "tcp.srcport == 8081 && tcp.flags == 0x0012", 0],
    ["data of clients, most of it again", "tcp.dstport in {8080,8081} && tcp.len > 0", 16, 80],
  ],
  example: "tcp.srcport == 8080 && tcp.flags == 0x0012",
  observed: [
    ["ss -ltn while accept() was held", full],
    ["ss -ltn at the end", listeners(server)],
    ["nstat at the end", counters(server)],
    ["The clients of port 8080, in the order they connected", outcomeTable(outcomes.slice(0, 2).flat())],
    ["The clients of port 8081, in the order they connected", outcomeTable(outcomes.slice(2).flat())],
  ],
});
