/** A router translates a client's addresses and has two ports for that; recorded on it, on all interfaces. */
import { counters } from "./observe.mjs";
import { outcomeTable, writePage } from "./page.mjs";
import { startEchoClients, startListener } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onRouter } from "./topology.mjs";

const FILE = "syns-not-forwarded.pcap";
const PORT = 8080;
const COUNT = 6;
const PORTS = 2;
const GIVE_UP_MS = 6000;

const { client, router, hosts, addresses, clientAddress } = onRouter({ family: 4 });
const [host] = addresses;
router.run("nft", "add table ip nat");
router.run("nft", "add chain ip nat postrouting { type nat hook postrouting priority 100 ; }");
router.run(
  "nft",
  `add rule ip nat postrouting ip saddr ${clientAddress} ip protocol tcp masquerade to :40000-${40_000 + PORTS - 1}`,
);
// It never accepts: connections stay open, and the ports taken.
await startListener(hosts, { address: host, port: PORT, backlog: 16, accepting: false });
const recording = await record(router, { device: "any", file: FILE });
const clients = startEchoClients(client, {
  host,
  port: PORT,
  count: COUNT,
  gapMs: 200,
  payload: "good day",
  giveUpMs: GIVE_UP_MS,
});
const outcomes = await clients.outcomes();
const statistics = router.run("cat", "/proc/net/stat/nf_conntrack").trim();
const recordedBy = await recording.stop();

const syn = "tcp.flags.syn == 1 && tcp.flags.ack == 0";
writePage({
  file: FILE,
  recordedBy,
  setup: [
    `client ${clientAddress}, a router that translates its address (NAT), and ${host} behind it; recorded on the router`,
  ],
  happened: `
${COUNT} clients connect to ${host} through a router that gives them its own address and one of ${PORTS} ports. ${PORTS} get through; the SYNs of the others are dropped, and no ICMP
error tells them: they send them again, and give up after ${GIVE_UP_MS / 1000} s. The recording has each packet of the former twice, with two addresses, and these SYNs once.`,
  signature: [
    [
      "SYNs that come in",
      `ip.src == ${clientAddress} && ${syn}`,
      PORTS + 3 * (COUNT - PORTS),
      PORTS + 8 * (COUNT - PORTS),
    ],
    [
      "SYNs that leave, with a port of the router's",
      `${syn} && tcp.srcport >= 40000 && tcp.srcport < ${40_000 + PORTS} && ip.src != ${clientAddress}`,
      PORTS,
    ],
    ["ICMP errors", "icmp", 0],
  ],
  example: `ip.src == ${clientAddress} && ${syn}`,
  observed: [
    ["/proc/net/stat/nf_conntrack of the router (in hexadecimal)", statistics],
    ["nstat of the client at the end", counters(client)],
    ["The clients", outcomeTable(outcomes)],
  ],
});
