/** Handshakes completed by a SYN cookie whose ACK finds the accept queue full: four variants. */
import { openTogether } from "./burst.mjs";
import { sleep } from "./command.mjs";
import { counters, listeners } from "./observe.mjs";
import { outcomeTable, writePage } from "./page.mjs";
import { echoClients, startListener } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onLoopback, onVeth } from "./topology.mjs";

const BACKLOG = 4;

async function dropCookieAcks({
  file,
  place,
  mode,
  timestamps = true,
  heldMs,
  clients,
  device,
  observer,
  happened,
  signature,
}) {
  const { client, server, address, clientDevice } = place;
  const sysctls = { "net.ipv4.tcp_syncookies": mode };
  server.set(sysctls);
  if (!timestamps) client.set({ "net.ipv4.tcp_timestamps": 0 });
  const listener = await startListener(server, { address, port: 8080, backlog: BACKLOG, accepting: true });
  const recording = await record(observer, { device, file });
  const echo = { host: address, port: 8080 };

  const healthy = await echoClients(client, { ...echo, count: 8, gapMs: 30 });
  listener.switchAccepting();
  const burst = await openTogether(client, clientDevice, { ...echo, count: clients, giveUpMs: 130_000 });
  const full = listeners(server);
  await sleep(heldMs);
  listener.switchAccepting();
  const outcomes = await burst.outcomes;
  // Afterwards all is well again, and a late segment of the hung connections would still be seen.
  healthy.push(...(await echoClients(client, { ...echo, count: 4, gapMs: 30 })));
  const recordedBy = await recording.stop();

  writePage({
    file,
    recordedBy,
    sysctls: timestamps ? sysctls : { ...sysctls, "net.ipv4.tcp_timestamps": "0 (client)" },
    setup: [
      `\`listen(fd, ${BACKLOG})\`, accept() held for ${heldMs / 1000} s after ${clients} connections were opened at once`,
    ],
    happened: `${happened}

Eight connections before and four after it are answered at once.`,
    signature: [
      ["repeated SYN-ACKs", "tcp.flags == 0x0012 && tcp.analysis.retransmission", ...signature.synAckRepeats],
      [
        "repeated first data",
        "tcp.dstport == 8080 && tcp.len > 0 && tcp.analysis.retransmission",
        ...signature.dataRepeats,
      ],
      ["RSTs without ACK from the server", "tcp.srcport == 8080 && tcp.flags == 0x0004", ...signature.resets],
    ],
    example: "tcp.dstport == 8080 && tcp.analysis.rto > 1.4",
    observed: [
      ["ss -ltn while accept() was held", full],
      ["ss -ltn at the end", listeners(server)],
      [client === server ? "nstat at the end" : "nstat of the server at the end", counters(server)],
      ["The clients of the burst, in the order they connected", outcomeTable(outcomes)],
    ],
  });
}

const WHY = `
Some connections are opened at once while the echo server on port 8080 does not accept. Four requests fit
into its SYN queue, the SYNs that follow are answered by SYN cookies. The accept queue takes five connections; the
handshake ACKs of the cookie connections find it full and are dropped without a trace. Their clients hold the
connection for established, send 5 octets and retransmit them, and the server says nothing at all: no ACK, no SYN-ACK
again. (A request with state whose handshake ACK comes too late for the queue repeats its SYN-ACK; the count below
tells whether there is one.)`;

async function onLo(parameters) {
  const place = onLoopback();
  await dropCookieAcks({ place, observer: place.server, device: place.serverDevice, ...parameters });
}

async function atTheServer(parameters) {
  const place = onVeth();
  await dropCookieAcks({ place, observer: place.server, device: place.serverDevice, ...parameters });
}

await Promise.all([
  onLo({
    file: "syncookies.pcap",
    mode: 1,
    clients: 12,
    heldMs: 5000,
    happened: `${WHY} After 5 s accept() resumes; a retransmission carries the cookie again, so each connection completes at its
client's next one.`,
    signature: { synAckRepeats: [0, 4], dataRepeats: [20, 60], resets: [0] },
  }),
  atTheServer({
    file: "syncookies-no-timestamps.pcapng",
    mode: 1,
    timestamps: false,
    clients: 12,
    heldMs: 5000,
    happened: `${WHY} The clients send no timestamps, so the SYN-ACKs with a cookie have no room for window scale and SACK and
leave them out, unlike the SYN-ACKs of the same listener that keep state. After 5 s accept() resumes and the connections complete.
Recorded on the server's side of a veth link.`,
    signature: { synAckRepeats: [0, 4], dataRepeats: [20, 60], resets: [0] },
  }),
  onLo({
    file: "syncookies-expired.pcap",
    mode: 1,
    clients: 8,
    heldMs: 100_000,
    happened: `${WHY} accept() is held for 100 s. A cookie
is good for one to two minutes: when the clients retransmit again after that, theirs are too old and draw an RST without ACK.`,
    signature: { synAckRepeats: [0, 8], dataRepeats: [20, 120], resets: [2, 8] },
  }),
  onLo({
    file: "syncookies-always.pcap",
    mode: 2,
    clients: 12,
    heldMs: 3000,
    happened: `${WHY.replace(/ Four requests.*by SYN cookies\./s, " With `tcp_syncookies = 2` every SYN is answered by a cookie, also those of connections that go well.")}
After 3 s accept() resumes and the connections complete at their clients' next retransmission.`,
    signature: { synAckRepeats: [0], dataRepeats: [20, 60], resets: [0] },
  }),
]);
