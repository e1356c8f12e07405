/** A router with a link of a smaller MTU that may not say so: full-size segments vanish, small ones pass. */

import { createNamespace, joinByVeth } from "./namespace.mjs";
import { counters } from "./observe.mjs";
import { outcomeTable, writePage } from "./page.mjs";
import { echoClients, startListener } from "./programs.mjs";
import { record } from "./recording.mjs";

const FILE = "narrow-path.pcap";

const client = createNamespace();
const router = createNamespace();
const server = createNamespace();
joinByVeth(
  { namespace: client, device: "veth-client", addresses: ["fd77:1::1/64"] },
  { namespace: router, device: "to-client", addresses: ["fd77:1::254/64"] },
);
joinByVeth(
  { namespace: server, device: "veth-server", addresses: ["fd77:2::2/64"] },
  { namespace: router, device: "to-server", addresses: ["fd77:2::254/64"] },
);
client.run("ip", "route", "add", "default", "via", "fd77:1::254");
server.run("ip", "route", "add", "default", "via", "fd77:2::254");
router.set({ "net.ipv6.conf.all.forwarding": 1 });
router.run("ip", "link", "set", "to-server", "mtu", "1380");
router.run("nft", "add table inet filter");
router.run("nft", "add chain inet filter output { type filter hook output priority 0 ; }");
router.run("nft", "add rule inet filter output icmpv6 type packet-too-big drop");

const host = "fd77:2::2";
await startListener(server, { address: host, port: 8080, backlog: 16, accepting: true });
const recording = await record(client, { device: "veth-client", file: FILE });
const small = await echoClients(client, { host, port: 8080, count: 3, gapMs: 20 });
const large = { host, port: 8080, payload: "x".repeat(4000) };
const stuck = echoClients(client, { ...large, count: 2, gapMs: 300, giveUpMs: 6000 });
const outcomes = [...small, ...(await stuck)];
client.set({ "net.ipv4.tcp_mtu_probing": 1 });
outcomes.push(...(await echoClients(client, { ...large, count: 1, giveUpMs: 9000 })));
const recordedBy = await recording.stop();

writePage({
  file: FILE,
  recordedBy,
  sysctls: { "net.ipv4.tcp_mtu_probing": "1 on the client, for the last connection only" },
  setup: ["the router's link to the server takes 1380 octets; nftables on it drops packet-too-big"],
  happened: `
Client and server believe in an MTU of 1500; a router between them has a link of 1380 and may not say so. Three connections that send 5 octets
are served. Two that send 4000 octets hang: their segments of full size are never acknowledged, only the short one at the end
arrives. A last one hangs until the client tries a smaller size.`,
  signature: [
    [
      "repeated segments of 1428 octets",
      "tcp.dstport == 8080 && tcp.len == 1428 && tcp.analysis.retransmission",
      6,
      30,
    ],
    ["ICMPv6 packet too big", "icmpv6.type == 2", 0],
    ["echoes of 5 octets", "tcp.srcport == 8080 && tcp.len == 5", 3],
  ],
  example: "tcp.len == 1428",
  observed: [
    ["The clients, in the order they connected", outcomeTable(outcomes)],
    ["nstat of the client at the end", counters(client)],
  ],
});
