/** A packet filter on a server's host that drops SYNs for some seconds, while nothing waits in the accept queue. Recorded on that host. */
import { sleep } from "./command.mjs";
import { counters } from "./observe.mjs";
import { outcomeTable, writePage } from "./page.mjs";
import { echoClients, startEchoClients, startListener } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onRouter } from "./topology.mjs";

const FILE = "syns-filtered.pcap";
const PORT = 8080;
const [SERVED, WAITING] = [3, 5];
const FILTERED_MS = 4500;

const { client, hosts: server, addresses, clientAddress } = onRouter({ family: 4 });
const [address] = addresses;
server.run("nft", "add table ip filter");
server.run("nft", "add chain ip filter input { type filter hook input priority 0 ; }");
await startListener(server, { address, port: PORT, backlog: 16, accepting: true });
const recording = await record(server, { device: "hosts", file: FILE });
await echoClients(client, { host: address, port: PORT, count: SERVED, gapMs: 100 });
await sleep(300);
server.run("nft", `add rule ip filter input tcp dport ${PORT} tcp flags & (syn | ack) == syn counter drop`);
const waiting = startEchoClients(client, { host: address, port: PORT, count: WAITING, gapMs: 50 });
await sleep(FILTERED_MS);
const filter = server.run("nft", "list chain ip filter input").trim();
server.run("nft", "flush chain ip filter input");
const outcomes = await waiting.outcomes();
const recordedBy = await recording.stop();

const syns = "tcp.flags == 0x0002";
writePage({
  file: FILE,
  recordedBy,
  setup: [`client ${clientAddress}, a router, and ${address} behind it, whose listener has a backlog of 16`],
  happened: `
${SERVED} clients are served. Then a packet filter on the server's host drops SYNs for ${FILTERED_MS / 1000} s, in which ${WAITING} clients try again and again. To them, and on the
wire, it looks as if the accept queue were full, but for what the capture shows of the ${SERVED} before: each was answered, so that the application had accepted it.`,
  signature: [
    ["SYNs", syns, SERVED + 4 * WAITING, SERVED + 8 * WAITING],
    ["SYN-ACKs", "tcp.flags == 0x0012", SERVED + WAITING],
    ["answers", `ip.src == ${address} && tcp.len > 0`, SERVED + WAITING],
  ],
  example: `${syns} && tcp.analysis.retransmission`,
  observed: [
    ["nftables on the server after these", filter],
    ["nstat of the server at the end", counters(server)],
    ["The clients that waited", outcomeTable(outcomes)],
  ],
});
