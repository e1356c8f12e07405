/** Full accept queues with the kernel's counters, sockets and routes recorded beside the packets. */
import { openTogether } from "./burst.mjs";
import { sleep } from "./command.mjs";
import { acceptQueueHolds } from "./observe.mjs";
import { outcomeTable, writePage } from "./page.mjs";
import { echoClients, startListener } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onLoopback, onVeth } from "./topology.mjs";
import { watch, watchedQueues } from "./watch.mjs";

const BACKLOG = 4;
const HELD_MS = 7000;
const WAITING = 3;
const BURST = 5;

async function overflowWatched({ name, place, mode, sockets, happened, signature }) {
  const { client, server, address, clientDevice } = place;
  const sysctls = { "net.ipv4.tcp_syncookies": mode };
  server.set(sysctls);
  const listener = await startListener(server, { address, port: 8080, backlog: BACKLOG, accepting: true });
  const recording = await record(client, { device: clientDevice, file: `${name}.pcap` });
  const watching = await watch(server, name, sockets);
  const echo = { host: address, port: 8080 };

  const healthy = await echoClients(client, { ...echo, count: 4, gapMs: 30 });
  await sleep(1000);
  listener.switchAccepting();
  const waiting = echoClients(client, { ...echo, count: WAITING, gapMs: 20 });
  await acceptQueueHolds(server, 8080, WAITING);
  const burst = await openTogether(client, clientDevice, { ...echo, count: BURST });
  server.run("ip", "route", "add", "unreachable", "192.0.2.0/24");
  await sleep(HELD_MS);
  server.run("ip", "route", "del", "unreachable", "192.0.2.0/24");
  listener.switchAccepting();
  const outcomes = [...(await waiting), ...(await burst.outcomes)];
  healthy.push(...(await echoClients(client, { ...echo, count: 4, gapMs: 30 })));
  await sleep(1100);
  const commands = await watching.stop();
  const recordedBy = await recording.stop();

  writePage({
    file: `${name}.pcap`,
    recordedBy,
    sysctls,
    setup: [
      `\`listen(fd, ${BACKLOG})\`, accept() held for ${HELD_MS / 1000} s after ${WAITING} and ${BURST} connections were opened`,
      ...Object.entries(commands).map(([kind, command]) => `\`${name}.${kind}.txt\`: \`${command}\``),
    ],
    happened: `${happened}

Four connections before and four after it are answered at once. Meanwhile a route that nobody uses is added and deleted.`,
    signature: [
      [
        "repeated first data",
        "tcp.dstport == 8080 && tcp.len > 0 && tcp.analysis.retransmission",
        ...signature.dataRepeats,
      ],
      ["repeated SYN-ACKs", "tcp.flags == 0x0012 && tcp.analysis.retransmission", ...signature.synAckRepeats],
    ],
    example: "tcp.dstport == 8080 && tcp.len > 0 && tcp.analysis.retransmission",
    observed: [
      ["The listener in the samples: State, Recv-Q, Send-Q, Local Address", watchedQueues(name, 8080)],
      ["The clients, in the order they connected", outcomeTable(outcomes)],
    ],
  });
}

await Promise.all([
  overflowWatched({
    name: "accept-queue-watched",
    place: onVeth(),
    mode: 0,
    sockets: "ss -ltnp; ss -tino state established",
    happened: `
An echo server on port 8080 does not accept. Three connections wait in its accept queue, then five more are opened at once.
The queue takes two of them; the handshake ACKs of the others are dropped, and their data with them. Recorded on the client's side of the link, from where a
loss on the way cannot be excluded: only what the server's kernel says beside the packets names the queue.`,
    signature: { dataRepeats: [4, 60], synAckRepeats: [1, 20] },
  }),
  overflowWatched({
    name: "syncookies-watched",
    place: onLoopback(),
    mode: 2,
    sockets: "ss -ltnp; ss -tn",
    happened: `
An echo server on port 8080 does not accept. Three connections wait in its accept queue, then five more are opened at once;
all SYNs are answered by SYN cookies. The queue takes two of the five; the handshake ACKs of the others find it full and are
dropped without a trace.`,
    signature: { dataRepeats: [4, 60], synAckRepeats: [0] },
  }),
]);
