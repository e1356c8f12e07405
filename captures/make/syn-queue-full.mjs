/** SYNs from forged addresses fill the SYN queue of a server without SYN cookies; the server's counters are recorded, too. */
import { sleep } from "./command.mjs";
import { counters } from "./observe.mjs";
import { outcomeTable, writePage } from "./page.mjs";
import { echoClients, startEchoClients, startListener, synFlood } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onVeth } from "./topology.mjs";
import { watch } from "./watch.mjs";

const NAME = "syn-queue-full";
const PORT = 8080;
const BACKLOG = 16;
const [SYNS, GAP_US] = [200, 100_000];
const [BEFORE, DURING] = [3, 8];
const FORGED = "198.18.0.0/15";
const SYSCTLS = { "net.ipv4.tcp_syncookies": 0 };

const { client, server, address, serverDevice } = onVeth();
server.set(SYSCTLS);
server.run("ip", "route", "add", FORGED, "via", "10.77.0.1");
await startListener(server, { address, port: PORT, backlog: BACKLOG, accepting: true });
const recording = await record(server, { device: serverDevice, file: `${NAME}.pcap`, snaplen: 100 });
const watching = await watch(
  server,
  NAME,
  "ss -tan",
  "'TcpExtTCPReqQFull*' 'TcpExtSyncookies*' 'TcpExtListen*'",
);

const echo = { host: address, port: PORT };
const outcomes = await echoClients(client, { ...echo, count: BEFORE, gapMs: 30 });
// Open before, and used again in the midst of it.
const open = startEchoClients(client, { ...echo, holdMs: (SYNS * GAP_US) / 1000 / 2 });
const flooding = synFlood(client, "198.18.7.1", SYNS, address, PORT, SYNS, GAP_US);
await sleep(4000);
outcomes.push(...(await echoClients(client, { ...echo, count: DURING, gapMs: 900 })));
await flooding;
outcomes.push(...(await open.outcomes()));
await sleep(1500);
const commands = await watching.stop();
const recordedBy = await recording.stop();

const forged = `tcp.flags == 0x0002 && ip.src == ${FORGED}`;
const real = "tcp.flags == 0x0002 && ip.src == 10.77.0.1";
writePage({
  file: `${NAME}.pcap`,
  recordedBy,
  sysctls: SYSCTLS,
  setup: [
    `\`listen(fd, ${BACKLOG})\`; \`captures/make/syn-flood.c\` sends ${SYNS} SYNs, ${GAP_US / 1000} ms apart, from as many addresses of ${FORGED} that nobody has`,
    ...Object.entries(commands).map(([kind, command]) => `\`${NAME}.${kind}.txt\`: \`${command}\``),
  ],
  happened: `
For ${(SYNS * GAP_US) / 1e6} s ten SYNs a second reach an echo server from addresses that nobody has. Its SYN queue holds ${BACKLOG + 1} of them, one more than the backlog, and
without SYN cookies everything else is dropped, until one of these has waited for 7 s. ${BEFORE} real clients before it are served at once, and so is a connection that was
open before; ${DURING} that come meanwhile send their SYN again and again. Recorded at the server, with its counters and sockets beside.`,
  signature: [
    ["SYNs from forged addresses", forged, SYNS],
    ["SYNs of real clients", real, BEFORE + 1 + DURING + 8, 150],
    ["answers to real clients", `tcp.srcport == ${PORT} && tcp.len == 5`, BEFORE + DURING + 2],
  ],
  example: `${real} && tcp.analysis.retransmission`,
  observed: [
    ["nstat of the server at the end", counters(server)],
    ["The clients, in the order they connected, and the one that was open", outcomeTable(outcomes)],
  ],
});
