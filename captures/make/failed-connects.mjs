/** Connections that never come about: refused, dropped and rejected, beside a scan, a health check and a start. */
import { sleep } from "./command.mjs";
import { counters, listeners } from "./observe.mjs";
import { writePage } from "./page.mjs";
import { echoClients, startListener } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onVeth } from "./topology.mjs";

const FILE = "failed-connects.pcap";

const { client, server, address, clientDevice } = onVeth({ family: 6 });
server.run("nft", "add table inet filter");
server.run("nft", "add chain inet filter input { type filter hook input priority 0 ; }");
server.run("nft", "add rule inet filter input tcp dport 8443 drop");
server.run("nft", "add rule inet filter input tcp dport 8444 reject with icmpx type admin-prohibited");
const served = { address, backlog: 128, accepting: true };
await startListener(server, { ...served, port: 8080 });
const recording = await record(client, { device: clientDevice, file: FILE });

const host = address;
const localAddress = "fd77::1";
const dropped = echoClients(client, { host, localAddress, port: 8443, count: 2, gapMs: 700, giveUpMs: 5600 });
await echoClients(client, { host, localAddress, port: 8080, count: 3, gapMs: 20 });
// Nobody listens on 8081; a health check asks 8082 once a second; 8083 comes up after three attempts.
await echoClients(client, { host, localAddress, port: 8081, count: 5, gapMs: 40, jitterMs: 90 });
await echoClients(client, { host, localAddress, port: 8444, count: 2, gapMs: 300, giveUpMs: 500 });
const checks = echoClients(client, { host, localAddress, port: 8082, count: 5, gapMs: 1000, payload: "" });
await echoClients(client, { host, localAddress, port: 8083, count: 3, gapMs: 150 });
await startListener(server, { ...served, port: 8083 });
await echoClients(client, { host, localAddress, port: 8083, count: 2, gapMs: 20 });
for (let port = 9000; port < 9020; port++)
  await echoClients(client, { host, port, count: 1, localAddress: "fd77::3" });
const outcomes = await dropped;
await checks;
await sleep(1200);
const recordedBy = await recording.stop();

writePage({
  file: FILE,
  recordedBy,
  setup: ["nftables on the server: port 8443 is dropped, port 8444 rejected with ICMPv6"],
  happened: `
Clients at fd77::1 of an IPv6 host whose connections do not come about: five are refused on port 8081, where nobody listens; two get no
answer from port 8443, whose segments are dropped; two are told by ICMPv6 that port 8444 is prohibited. Beside them what is no trouble: three
connections to port 8080 are served, a health check asks port 8082 once a second and is refused, port 8083 refuses three
connections and then comes up, and another client, fd77::3, scans 20 ports.`,
  signature: [
    ["refusals of port 8081", "tcp.srcport == 8081 && tcp.flags.reset == 1", 5],
    ["SYNs to port 8443", "tcp.dstport == 8443 && tcp.flags == 0x0002", 8, 14],
    ["answers of port 8443", "tcp.srcport == 8443 && !icmpv6", 0],
    ["ICMPv6 errors", "icmpv6.type == 1 && icmpv6.code == 1", 2, 8],
    ["refusals of port 8082", "tcp.srcport == 8082 && tcp.flags.reset == 1", 5],
    ["refusals of port 8083", "tcp.srcport == 8083 && tcp.flags.reset == 1 && tcp.seq == 1", 3],
    ["refusals of the scan", "ipv6.dst == fd77::3 && tcp.flags.reset == 1", 20],
  ],
  example: "tcp.dstport == 8443",
  observed: [
    [
      "The clients of port 8443",
      `${outcomes.filter(({ connectedMs }) => connectedMs === null).length} of 2 never connected`,
    ],
    ["ss -ltn of the server at the end", listeners(server)],
    ["nstat of the client at the end", counters(client)],
    ["nstat of the server at the end", counters(server)],
  ],
});
