/** SYN-ACKs that do not reach the client: a router drops them, or the client's own host does. Recorded on both hosts. */
import { sleep } from "./command.mjs";
import { counters } from "./observe.mjs";
import { writePage } from "./page.mjs";
import { echoClients, startEchoClients, startListener } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onRouter } from "./topology.mjs";

const PORT = 8080;
const FILTERED_PORT = 8443;
const GIVE_UP_MS = 8600;

const { client, router, hosts, addresses, clientAddress } = onRouter({ family: 4 });
const [onWay, briefly, atHome] = addresses;
for (const namespace of [router, client]) namespace.run("nft", "add table ip filter");
router.run("nft", "add chain ip filter forward { type filter hook forward priority 0 ; }");
client.run("nft", "add chain ip filter input { type filter hook input priority 0 ; }");
const isSynAck = "tcp flags & (syn | ack) == syn | ack";
router.run(
  "nft",
  `add rule ip filter forward ip saddr ${onWay} tcp sport ${FILTERED_PORT} ${isSynAck} counter drop`,
);
const untilLater = `add rule ip filter forward ip saddr ${briefly} ${isSynAck} counter drop`;
client.run("nft", `add rule ip filter input ip saddr ${atHome} ${isSynAck} counter drop`);

for (const [address, port] of [
  [onWay, PORT],
  [onWay, FILTERED_PORT],
  [briefly, PORT],
  [atHome, PORT],
])
  await startListener(hosts, { address, port, backlog: 16, accepting: true });
const atClient = await record(client, { device: "uplink", file: "syn-ack-dropped.pcap" });
const atServer = await record(hosts, { device: "hosts", file: "syn-ack-lost.pcap" });

router.run("nft", untilLater);
const waiting = [
  startEchoClients(client, {
    host: onWay,
    port: FILTERED_PORT,
    count: 3,
    gapMs: 400,
    giveUpMs: GIVE_UP_MS,
  }),
  startEchoClients(client, { host: atHome, port: PORT, count: 2, gapMs: 400, giveUpMs: GIVE_UP_MS }),
  startEchoClients(client, { host: briefly, port: PORT, count: 4, gapMs: 200 }),
];
await sleep(2500);
router.run("nft", "flush chain ip filter forward");
router.run(
  "nft",
  `add rule ip filter forward ip saddr ${onWay} tcp sport ${FILTERED_PORT} ${isSynAck} counter drop`,
);
for (let round = 0; round < 6; round++) {
  await echoClients(client, { host: onWay, port: PORT, count: 1 });
  await sleep(900);
}
for (const program of waiting) await program.outcomes();
await sleep(500);

const happened = `
Clients of three hosts behind a router. It drops the SYN-ACKs of port ${FILTERED_PORT} of ${onWay}, whose port ${PORT} answers as it should; those of ${briefly} it
drops for two and a half seconds, so that these connections open late. Those of ${atHome} reach the client's host, whose own packet filter drops them.
The clients send their SYNs again and give up after ${GIVE_UP_MS / 1000} s, the servers see each SYN and answer it.`;
const setup = [
  `client ${clientAddress}, a router, and ${onWay}, ${briefly} and ${atHome} behind it; recorded on both hosts at once`,
];
const observed = [
  ["nftables on the client", client.run("nft", "list chain ip filter input").trim()],
  ["nstat of the client at the end", counters(client)],
  ["nstat of the servers at the end", counters(hosts)],
];
const syns = (address, port) => `ip.dst == ${address} && tcp.dstport == ${port} && tcp.flags == 0x0002`;
const synAcks = (address, port) => `ip.src == ${address} && tcp.srcport == ${port} && tcp.flags == 0x0012`;

writePage({
  file: "syn-ack-lost.pcap",
  recordedBy: await atServer.stop(),
  setup: [...setup, "this one was recorded on the servers' host"],
  happened,
  signature: [
    [`SYNs to ${onWay}, port ${FILTERED_PORT}`, syns(onWay, FILTERED_PORT), 12, 30],
    [`SYN-ACKs from there`, synAcks(onWay, FILTERED_PORT), 12, 60],
    [`SYNs to ${briefly}`, syns(briefly, PORT), 8, 16],
    [`SYN-ACKs from there`, synAcks(briefly, PORT), 8, 24],
    [`SYNs to ${atHome}`, syns(atHome, PORT), 8, 20],
  ],
  example: syns(onWay, FILTERED_PORT),
  observed,
});
writePage({
  file: "syn-ack-dropped.pcap",
  recordedBy: await atClient.stop(),
  setup: [...setup, "this one was recorded on the client's host"],
  happened,
  signature: [
    [`SYN-ACKs of ${onWay}, port ${FILTERED_PORT}`, synAcks(onWay, FILTERED_PORT), 0],
    [`SYNs to ${atHome}`, syns(atHome, PORT), 8, 20],
    [`SYN-ACKs from there`, synAcks(atHome, PORT), 8, 40],
  ],
  example: syns(atHome, PORT),
  observed,
});
