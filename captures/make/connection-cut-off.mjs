/** A router that spreads connections over two next hops, one of which swallows what it gets: some connections hang, others go on. */
import { sleep } from "./command.mjs";
import { counters } from "./observe.mjs";
import { writePage } from "./page.mjs";
import { startTalk, startTalkServer } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onRouter } from "./topology.mjs";

const FILE = "connection-cut-off.pcap";
const PORT = 8080;
const CONNECTIONS = 6;
const SECOND_HOP = "203.0.113.6";
/** Source, destination, protocol and both ports. Linux Documentation/networking/ip-sysctl.rst. */
const ADDRESSES_AND_PORTS = 0x37;
/** An address of the link layer that nobody has. */
const NOBODY = "02:00:00:00:00:99";
const OUTAGE_MS = 6000;
/** Long enough for the timer of a sender that backs off to fire once more. */
const RECOVERY_MS = 7500;

const { client, router, hosts, addresses, prefix, next, clientAddress, ip } = onRouter({ family: 4 });
const [host] = addresses;
ip(hosts, "address", "add", `${SECOND_HOP}/24`, "dev", "hosts");
// By the fields of the packets: policy 1 would take the hash that the client's kernel chose, which it changes with each timeout.
router.set({
  "net.ipv4.fib_multipath_hash_policy": 3,
  "net.ipv4.fib_multipath_hash_fields": ADDRESSES_AND_PORTS,
});
ip(router, "route", "replace", prefix, "nexthop", "via", next, "nexthop", "via", SECOND_HOP);

await startTalkServer(hosts, PORT);
const recording = await record(client, { device: "uplink", file: FILE });
const talk = await startTalk(client, { hosts: [host], port: PORT, count: CONNECTIONS, everyMs: 250 });
await sleep(2000);
ip(router, "neighbour", "replace", SECOND_HOP, "lladdr", NOBODY, "dev", "to-hosts", "nud", "permanent");
await sleep(OUTAGE_MS);
ip(router, "neighbour", "delete", SECOND_HOP, "dev", "to-hosts");
await sleep(RECOVERY_MS);
await talk.stop();
const recordedBy = await recording.stop();

const outage = "frame.time_relative > 3.5 && frame.time_relative < 7.5";
writePage({
  file: FILE,
  recordedBy,
  sysctls: {
    "net.ipv4.fib_multipath_hash_policy": "3 on the router",
    "net.ipv4.fib_multipath_hash_fields": `${ADDRESSES_AND_PORTS}: it chooses by addresses and ports`,
  },
  setup: [
    `client ${clientAddress}, router, and ${host} behind it by two next hops, ${next} and ${SECOND_HOP}; ${CONNECTIONS} connections to it`,
  ],
  happened: `
The client sends 100 octets every 250 ms on every connection; the router spreads them over two next hops. After 2 s the router takes a wrong
link-layer address for the second of them, for 6 s, so that what goes there reaches nobody. The connections on it hang and repeat their data with a timer
that doubles; those on the other go on with the same host as if nothing were.`,
  signature: [
    ["data sent again", "tcp.analysis.retransmission && tcp.len > 0", 8, 60],
    ["answers of the same host meanwhile", `ip.src == ${host} && tcp.len > 0 && ${outage}`, 16, 80],
    ["ICMP errors", "icmp", 0],
  ],
  example: "tcp.analysis.retransmission && tcp.len > 0",
  observed: [["nstat of the client at the end", counters(client)]],
});
