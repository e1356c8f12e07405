/** Every frame recorded twice, as a mirror port or `-i any` on a bridge does: served and hung connections. */
import { openTogether } from "./burst.mjs";
import { sleep } from "./command.mjs";
import { createNamespace, joinByVeth } from "./namespace.mjs";
import { acceptQueueHolds, counters, listeners } from "./observe.mjs";
import { outcomeTable, writePage } from "./page.mjs";
import { echoClients, startListener } from "./programs.mjs";
import { record } from "./recording.mjs";

const FILE = "mirrored.pcap";
const SYSCTLS = { "net.ipv4.tcp_syncookies": 0 };
const BACKLOG = 4;

const client = createNamespace();
const bridge = createNamespace();
const server = createNamespace();
const clientEnd = { namespace: client, device: "veth-client", addresses: ["10.77.0.1/24"] };
const serverEnd = { namespace: server, device: "veth-server", addresses: ["10.77.0.2/24"] };
joinByVeth(clientEnd, { namespace: bridge, device: "port-client", addresses: [] });
joinByVeth(serverEnd, { namespace: bridge, device: "port-server", addresses: [] });
bridge.run("ip", "link", "add", "bridge0", "type", "bridge");
for (const device of ["port-client", "port-server"])
  bridge.run("ip", "link", "set", device, "master", "bridge0");
bridge.run("ip", "link", "set", "bridge0", "up");
server.set(SYSCTLS);

const address = "10.77.0.2";
const listener = await startListener(server, { address, port: 8080, backlog: BACKLOG, accepting: true });
const recording = await record(bridge, { device: "any", file: FILE });
const echo = { host: address, port: 8080 };
const outcomes = await echoClients(client, { ...echo, count: 10, gapMs: 60 });
listener.switchAccepting();
await sleep(100);
const waiting = echoClients(client, { ...echo, count: 3, gapMs: 20 });
await acceptQueueHolds(server, 8080, 3);
const burst = await openTogether(client, clientEnd.device, { ...echo, count: 5 });
const full = listeners(server);
await sleep(5000);
listener.switchAccepting();
outcomes.push(
  ...(await waiting),
  ...(await burst.outcomes),
  ...(await echoClients(client, { ...echo, count: 4, gapMs: 60 })),
);
const recordedBy = await recording.stop();

writePage({
  file: FILE,
  recordedBy,
  sysctls: SYSCTLS,
  setup: [
    "client and server in namespaces joined by a bridge in a third, recorded there on all interfaces",
    `\`listen(fd, ${BACKLOG})\`, accept() held for 5 s`,
  ],
  happened: `
A bridge between client and server is recorded on all its interfaces, so each frame stands twice in the file: on arrival and again on
departure, a few microseconds later and with the same IP identification. Fourteen connections to port 8080 are served
at once. In between the server does not accept for 5 s and its accept queue takes five of eight connections;
the handshake ACKs of the others are dropped and the server repeats its SYN-ACKs after the clients' data. To a reader that
does not know the copies every connection seems to repeat its SYN-ACK and its data.`,
  signature: [
    ["SYNs, each recorded twice", "tcp.flags == 0x0002", 44, 80],
    [
      "SYN-ACKs that repeat an earlier one after more than 100 ms",
      "tcp.flags == 0x0012 && tcp.analysis.rto > 0.1",
      1,
      12,
    ],
  ],
  example: "tcp.flags == 0x0012 && tcp.analysis.rto > 0.1",
  observed: [
    ["ss -ltn while accept() was held", full],
    ["ss -ltn at the end", listeners(server)],
    ["nstat of the server at the end", counters(server)],
    ["The clients, in the order they connected", outcomeTable(outcomes)],
  ],
});
