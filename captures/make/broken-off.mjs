/** Connections that end before their time: reset unread, forgotten by the server, and dead under keepalive probes. */
import { sleep } from "./command.mjs";
import { counters } from "./observe.mjs";
import { outcomeTable, writePage } from "./page.mjs";
import { echoClients, startListener } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onVeth } from "./topology.mjs";

const FILE = "broken-off.pcap";

const { client, server, address: host, clientDevice } = onVeth();
const rule = (text) => server.run("nft", `add rule inet filter ${text}`);
server.run("nft", "add table inet filter");
server.run("nft", "add chain inet filter input { type filter hook input priority 0 ; }");
server.run("nft", "add chain inet filter output { type filter hook output priority 0 ; }");
const listener = { address: host, backlog: 16 };
const killed = await startListener(server, { ...listener, port: 8081, accepting: false });
await startListener(server, { ...listener, port: 8082, accepting: true });
await startListener(server, { ...listener, port: 8083, accepting: true });
const recording = await record(client, { device: clientDevice, file: FILE });

const unread = echoClients(client, { host, port: 8081, count: 3, gapMs: 30 });
const forgotten = echoClients(client, { host, port: 8082, count: 2, gapMs: 30, holdMs: 9000 });
const dead = echoClients(client, { host, port: 8083, count: 1, keepAliveMs: 1000 });
await sleep(2500);
killed.end();
// What a crash does: the sockets vanish, and nothing tells the client.
rule("output tcp sport 8082 drop");
server.run("ss", "-K", "sport = :8082 and dst 10.77.0.1");
rule("input tcp dport 8083 drop");
await sleep(2500);
server.run("nft", "flush chain inet filter output");
const outcomes = [...(await unread), ...(await forgotten), ...(await dead)];
const recordedBy = await recording.stop();

writePage({
  file: FILE,
  recordedBy,
  setup: [
    "port 8081: accept() held, the listener killed with the requests unread",
    "port 8082: sockets destroyed by `ss -K` while nftables on the server drops what they would say",
    "port 8083: all its input dropped after the first exchange",
  ],
  happened: `
Six connections to an echo server that end before their time. Three to port 8081 have sent a request when the server is killed: its kernel
resets what nobody has read. Two to port 8082 have had an answer and are silent for 9 s, in which the server's sockets vanish without a
word; the next request is answered by a RST without ACK. One to port 8083 has had an answer and probes the silent server by
keepalive from then on, ten times, before the client gives it up.`,
  signature: [
    ["RSTs with ACK from port 8081", "tcp.srcport == 8081 && tcp.flags == 0x0014", 3],
    ["RSTs without ACK from port 8082", "tcp.srcport == 8082 && tcp.flags == 0x0004", 2],
    ["keepalive probes to port 8083", "tcp.dstport == 8083 && tcp.analysis.keep_alive", 9, 11],
    ["the RST that gives up", "tcp.dstport == 8083 && tcp.flags.reset == 1", 1],
  ],
  example: "tcp.port == 8082",
  observed: [
    ["The clients", outcomeTable(outcomes)],
    ["nstat of the client at the end", counters(client)],
    ["nstat of the server at the end", counters(server)],
  ],
});
