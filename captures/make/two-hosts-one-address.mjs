/** A switch that hands every frame to two hosts with one address: both answer each SYN, and each resets what the other accepted. */
import { createNamespace, joinByVeth } from "./namespace.mjs";
import { counters } from "./observe.mjs";
import { outcomeTable, writePage } from "./page.mjs";
import { echoClients, startListener } from "./programs.mjs";
import { record } from "./recording.mjs";

const FILE = "two-hosts-one-address.pcap";
const ADDRESS = "10.77.0.2";
const PORT = 8080;
const COUNT = 6;
/** Of both hosts, as a cluster's has it. RFC 9568, section 7.3. */
const SHARED_STATION = "00:00:5e:00:01:02";
/**
 * Namespaces share their kernel's secrets: their ISNs would differ by the nanoseconds between them, and their timestamps not at all. By
 * these settings the second host has numbers of its own, as another kernel has.
 */
const SECOND_SYSCTLS = { "net.ipv4.tcp_syncookies": 2, "net.ipv4.tcp_timestamps": 2 };

const client = createNamespace();
const bridge = createNamespace();
const hosts = [createNamespace(), createNamespace()];
// What IPv6 says of itself on new links is no part of this.
for (const namespace of [client, bridge, ...hosts]) namespace.set({ "net.ipv6.conf.all.disable_ipv6": 1 });
joinByVeth(
  { namespace: client, device: "veth-client", addresses: ["10.77.0.1/24"] },
  { namespace: bridge, device: "port-client", addresses: [] },
);
bridge.run("ip", "link", "add", "bridge0", "type", "bridge", "mcast_snooping", "0");
bridge.run("ip", "link", "set", "port-client", "master", "bridge0");
for (const [index, host] of hosts.entries()) {
  const port = `port-host-${index + 1}`;
  joinByVeth(
    { namespace: host, device: "veth-host", addresses: [] },
    { namespace: bridge, device: port, addresses: [] },
  );
  host.run("ip", "link", "set", "veth-host", "address", SHARED_STATION);
  host.run("ip", "address", "add", `${ADDRESS}/24`, "dev", "veth-host");
  bridge.run("ip", "link", "set", port, "master", "bridge0");
  // A switch that has not learned where a station is sends to all ports.
  bridge.run("bridge", "link", "set", "dev", port, "learning", "off", "flood", "on");
}
bridge.run("ip", "link", "set", "bridge0", "up");
hosts[1].set(SECOND_SYSCTLS);

for (const host of hosts)
  await startListener(host, { address: ADDRESS, port: PORT, backlog: 128, accepting: true });
const recording = await record(client, { device: "veth-client", file: FILE });
const outcomes = await echoClients(client, {
  host: ADDRESS,
  port: PORT,
  count: COUNT,
  gapMs: 150,
  delayMs: 20,
});
const recordedBy = await recording.stop();

writePage({
  file: FILE,
  recordedBy,
  sysctls: Object.fromEntries(
    Object.entries(SECOND_SYSCTLS).map(([name, value]) => [name, `${value} on the second host`]),
  ),
  setup: [
    `client 10.77.0.1, a bridge, and two hosts that both have ${ADDRESS} and the link-layer address ${SHARED_STATION}; the bridge learns neither and sends to both`,
    "the settings stand in for a kernel of its own: namespaces share their kernel's secrets, so that their ISNs would differ by the time between them and their timestamps not at all",
  ],
  happened: `
Both nodes of a cluster hold its address, and the switch hands each frame to both. Each SYN is answered twice within some 10 us. The client takes the
number that comes first and acknowledges it; its ACK goes to both, and the host whose number it is not answers by a RST without ACK, which takes its own
number from that ACK and so fits the connection exactly. The client answers the second SYN-ACK by an ACK as well (a challenge ACK, RFC 5961), which that host
resets once more. No connection lives long enough for a word. A host that answered second and uses no cookies
has not learned of the end, and repeats its SYN-ACK a second later.`,
  signature: [
    ["SYNs", "tcp.flags == 0x0002", COUNT],
    ["SYN-ACKs", "tcp.flags == 0x0012", 2 * COUNT, 3 * COUNT],
    [
      "RSTs without ACK in the server's name",
      `tcp.flags == 0x0004 && tcp.srcport == ${PORT}`,
      COUNT,
      3 * COUNT,
    ],
    ["segments with data", "tcp.len > 0", 0],
  ],
  example: "tcp.flags == 0x0012",
  observed: [
    ["nstat of the first host at the end", counters(hosts[0])],
    ["nstat of the second host at the end", counters(hosts[1])],
    ["The clients, in the order they connected", outcomeTable(outcomes)],
  ],
});
