/**
 * A packet filter of a server's host answers one request of a connection by RST and drops what follows, as a ban does; a
 * router before it drops RSTs. Recorded on that host.
 */
import { counters } from "./observe.mjs";
import { outcomeTable, writePage } from "./page.mjs";
import { echoClients, startEchoClients, startListener } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onRouter } from "./topology.mjs";

const FILE = "rst-once.pcap";
const PORT = 8080;
const COUNT = 4;
const GIVE_UP_MS = 6000;

const { client, router, hosts, addresses, clientAddress } = onRouter({ family: 4 });
const [banning, heard, open] = addresses;
for (const namespace of [router, hosts]) namespace.run("nft", "add table ip filter");
hosts.run("nft", "add set ip filter banned { type ipv4_addr . inet_service ; flags dynamic ; }");
hosts.run("nft", "add chain ip filter input { type filter hook input priority 0 ; }");
router.run("nft", "add chain ip filter forward { type filter hook forward priority 0 ; }");
const connection = "ip daddr . tcp sport";
const isRequest = `tcp dport ${PORT} tcp flags & psh == psh`;
hosts.run("nft", `add rule ip filter input ${connection} @banned counter drop`);
for (const address of [banning, heard])
  hosts.run(
    "nft",
    `add rule ip filter input ip daddr ${address} ${isRequest} add @banned { ${connection} } counter reject with tcp reset`,
  );
router.run("nft", `add rule ip filter forward ip saddr ${banning} tcp flags & rst == rst counter drop`);

for (const address of addresses)
  await startListener(hosts, { address, port: PORT, backlog: 16, accepting: true });
const recording = await record(hosts, { device: "hosts", file: FILE });
const waiting = startEchoClients(client, {
  host: banning,
  port: PORT,
  count: COUNT,
  gapMs: 200,
  giveUpMs: GIVE_UP_MS,
});
await echoClients(client, { host: heard, port: PORT, count: 2 });
await echoClients(client, { host: open, port: PORT, count: 2 });
const outcomes = await waiting.outcomes();
const recordedBy = await recording.stop();

const data = (address) => `ip.dst == ${address} && tcp.len > 0`;
const resets = (address) => `ip.src == ${address} && tcp.flags.reset == 1`;
writePage({
  file: FILE,
  recordedBy,
  setup: [
    `client ${clientAddress}, a router, and ${banning}, ${heard} and ${open} behind it; recorded on the servers' host`,
  ],
  happened: `
A packet filter on the host of ${banning} and ${heard} lets handshakes pass, answers the first request of each connection by RST and drops all that comes on it later.
The RST of ${heard} ends its clients' connections at once; that of ${banning} is dropped by the router, so that its ${COUNT} clients send their request again and again,
draw nothing any more, and give up after ${GIVE_UP_MS / 1000} s. ${open} answers as it should.`,
  signature: [
    [`requests to ${banning}`, data(banning), 4 * COUNT, 8 * COUNT],
    [`RSTs from there`, resets(banning), COUNT],
    [`requests to ${heard}`, data(heard), 2],
    [`RSTs from there`, resets(heard), 2],
    [`RSTs from ${open}`, resets(open), 0],
  ],
  example: resets(banning),
  observed: [
    ["nftables on the router", router.run("nft", "list chain ip filter forward").trim()],
    ["nftables on the servers' host", hosts.run("nft", "list chain ip filter input").trim()],
    ["nstat of the client at the end", counters(client)],
    [`The clients of ${banning}`, outcomeTable(outcomes)],
  ],
});
