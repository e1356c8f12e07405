/** The same connections recorded at three places at once: on the client, on a router in between, on the server. */
import { createNamespace, joinByVeth } from "./namespace.mjs";
import { writePage } from "./page.mjs";
import { echoClients, startListener } from "./programs.mjs";
import { record } from "./recording.mjs";

const COUNT = 4;
/** Of the router. */
const SYSCTLS = { "net.ipv4.ip_forward": 1 };

const client = createNamespace();
const router = createNamespace();
const server = createNamespace();
const clientEnd = { namespace: client, device: "veth-client", addresses: ["10.77.1.1/24"] };
const serverEnd = { namespace: server, device: "veth-server", addresses: ["10.77.2.2/24"] };
joinByVeth(clientEnd, { namespace: router, device: "to-client", addresses: ["10.77.1.254/24"] });
joinByVeth(serverEnd, { namespace: router, device: "to-server", addresses: ["10.77.2.254/24"] });
client.run("ip", "route", "add", "default", "via", "10.77.1.254");
server.run("ip", "route", "add", "default", "via", "10.77.2.254");
router.set(SYSCTLS);

const PLACES = [
  {
    name: "vantage-client",
    namespace: client,
    device: "veth-client",
    where: "On the client's host",
    copies: 1,
  },
  {
    name: "vantage-router",
    namespace: router,
    device: "any",
    where: "On a router between the two, on all its interfaces",
    copies: 2,
  },
  {
    name: "vantage-server",
    namespace: server,
    device: "veth-server",
    where: "On the server's host",
    copies: 1,
  },
];

const address = "10.77.2.2";
await startListener(server, { address, port: 8080, backlog: 128, accepting: true });
const recordings = [];
for (const { name, namespace, device } of PLACES)
  recordings.push(await record(namespace, { device, file: `${name}.pcap` }));
await echoClients(client, { host: address, port: 8080, count: COUNT, gapMs: 100 });
for (const [index, { name, where, copies }] of PLACES.entries()) {
  const recordedBy = await recordings[index].stop();
  writePage({
    file: `${name}.pcap`,
    recordedBy,
    sysctls: SYSCTLS,
    setup: [
      "client 10.77.1.1, router, and server 10.77.2.2 in namespaces of their own, joined by veth links",
    ],
    happened: `
${COUNT} connections to port 8080 are served at once; nothing is wrong here. Client, router and server recorded the same connections
at the same time: \`vantage-client\`, \`vantage-router\` and \`vantage-server\`. ${where}: this file.`,
    signature: [
      ["SYNs", "tcp.flags == 0x0002", COUNT * copies],
      ["retransmissions that are no copies", "tcp.analysis.retransmission && tcp.analysis.rto > 0.01", 0],
    ],
    example: "tcp.flags == 0x0002",
  });
}
