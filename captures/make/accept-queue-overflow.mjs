/** Handshake ACKs dropped because the accept queue is full, on lo, over veth (client's side) and over IPv6. */
import { openTogether } from "./burst.mjs";
import { sleep } from "./command.mjs";
import { acceptQueueHolds, counters, listeners } from "./observe.mjs";
import { outcomeTable, writePage } from "./page.mjs";
import { echoClients, startListener, startWebServer, webClients } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onLoopback, onVeth } from "./topology.mjs";

const SYSCTLS = { "net.ipv4.tcp_syncookies": 0 };
const BACKLOG = 4;
const HELD_MS = 36_000;

async function overflow({ file, place, vantage, precision }) {
  const { client, server, address, clientDevice } = place;
  server.set(SYSCTLS);
  const listener = await startListener(server, { address, port: 8080, backlog: BACKLOG, accepting: false });
  await startWebServer(server, 8081);
  const recording = await record(client, { device: clientDevice, file, precision });
  const echo = { host: address, port: 8080 };

  const healthy = webClients(client, {
    host: address,
    port: 8081,
    connections: 12,
    gapMs: 4000,
    sizes: [300],
  });
  await sleep(500);
  const waiting = echoClients(client, { ...echo, count: 3, gapMs: 20 });
  await acceptQueueHolds(server, 8080, 3);
  const burst = await openTogether(client, clientDevice, { ...echo, count: 5 });
  const late = echoClients(client, { ...echo, count: 2, gapMs: 50, giveUpMs: 45_000 });
  await sleep(1500);
  const full = listeners(server);
  await sleep(HELD_MS - 2300);
  listener.switchAccepting();
  const outcomes = [await waiting, await burst.outcomes, await late];
  await healthy;
  const recordedBy = await recording.stop();

  writePage({
    file,
    recordedBy,
    sysctls: SYSCTLS,
    setup: [`\`listen(fd, ${BACKLOG})\`, accept() held for ${HELD_MS / 1000} s after the burst`],
    happened: `
An echo server on port 8080 does not accept for ${HELD_MS / 1000} s. Three connections wait in its accept queue; then five more
are opened at once, so that their SYNs are answered before the first of their handshake ACKs arrives. Two
take the last places in the queue (it holds backlog + 1), the handshake ACKs of the others are dropped. Their clients hold the connection
for established, send 5 octets and retransmit them; the server repeats its SYN-ACK after 1, 3, 7, 15 and 31 s. Two
later clients find the queue full: their SYNs are dropped. When accept() resumes, each connection completes at
its client's next retransmission and not before; one that comes later than 63 s is answered by an RST, for by then the server has
given the request up. Meanwhile port 8081 serves twelve HTTP requests without a flaw.
${vantage}`,
    signature: [
      [
        "SYN-ACKs of port 8080 that repeat an earlier one",
        "tcp.srcport == 8080 && tcp.flags.syn == 1 && tcp.analysis.retransmission",
        15,
        20,
      ],
      ["repeated first data", "tcp.dstport == 8080 && tcp.len > 0 && tcp.analysis.retransmission", 18, 60],
      ["repeated SYNs", "tcp.dstport == 8080 && tcp.flags == 0x0002 && tcp.analysis.retransmission", 4, 30],
      ["any retransmission on port 8081", "tcp.port == 8081 && tcp.analysis.retransmission", 0],
      ["RSTs of the server, without ACK", "tcp.flags == 0x0004", 0, 3],
    ],
    example: "tcp.srcport == 8080 && tcp.flags.syn == 1 && tcp.analysis.retransmission",
    observed: [
      ["ss -ltn while accept() was held", full],
      ["ss -ltn at the end", listeners(server)],
      [client === server ? "nstat at the end" : "nstat of the server at the end", counters(server)],
      ["The clients of port 8080, in the order they connected", outcomeTable(outcomes.flat())],
    ],
  });
}

await Promise.all([
  overflow({
    file: "accept-queue-overflow.pcap",
    place: onLoopback(),
    vantage: "Recorded on lo, so the server's host is known to have received the dropped ACKs.",
  }),
  overflow({
    file: "accept-queue-overflow-veth.pcap",
    place: onVeth(),
    precision: "micro",
    vantage: "Recorded on the client's side of the link: from there a loss on the way cannot be excluded.",
  }),
  overflow({
    file: "accept-queue-overflow-ipv6.pcap",
    place: onVeth({ family: 6, offload: true }),
    vantage:
      "Recorded on the client's side of the link, over IPv6. Checksums were left to the device and are wrong.",
  }),
]);
