/** SYNs from hundreds of forged addresses beside real clients; the server's counters and sockets are recorded, too. */
import { sleep } from "./command.mjs";
import { counters } from "./observe.mjs";
import { outcomeTable, writePage } from "./page.mjs";
import { echoClients, startListener, synFlood } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onVeth } from "./topology.mjs";
import { watch } from "./watch.mjs";

const COUNTERS = "'TcpExtTCPReqQFull*' 'TcpExtSyncookies*' 'TcpExtListen*'";
const SYNS = 250;
const SOURCES = 240;
const GAP_US = 4000;
const BACKLOG = 64;

async function flood({ name, family, syncookies, happened, signature }) {
  const { client, server, address, serverDevice } = onVeth({ family });
  server.set({ "net.ipv4.tcp_syncookies": syncookies, "net.ipv4.tcp_max_syn_backlog": BACKLOG });
  const [forged, gateway] = family === 4 ? ["198.18.0.0/15", "10.77.0.1"] : ["2001:db8:bad::/48", "fd77::1"];
  server.run("ip", "route", "add", forged, "via", gateway);
  await startListener(server, { address, port: 8080, backlog: BACKLOG, accepting: true });
  const recording = await record(server, { device: serverDevice, file: `${name}.pcap`, snaplen: 100 });
  const watching = await watch(server, name, "ss -ltn", COUNTERS);

  const echo = { host: address, port: 8080 };
  const outcomes = await echoClients(client, { ...echo, count: 3, gapMs: 30 });
  const first = family === 4 ? "198.18.7.1" : "2001:db8:bad::7:1";
  const flooding = synFlood(client, first, SOURCES, address, 8080, SYNS, GAP_US);
  await sleep((SYNS * GAP_US) / 1000 / 2);
  outcomes.push(...(await echoClients(client, { ...echo, count: 6, gapMs: 120 })));
  await flooding;
  await sleep(1500);
  const commands = await watching.stop();
  const recordedBy = await recording.stop();

  writePage({
    file: `${name}.pcap`,
    recordedBy,
    sysctls: { "net.ipv4.tcp_syncookies": syncookies, "net.ipv4.tcp_max_syn_backlog": BACKLOG },
    setup: [
      `\`listen(fd, ${BACKLOG})\`; \`captures/make/syn-flood.c\` sends ${SYNS} SYNs, ${GAP_US / 1000} ms apart, from ${SOURCES} addresses of ${forged} that nobody has`,
      ...Object.entries(commands).map(([kind, command]) => `\`${name}.${kind}.txt\`: \`${command}\``),
    ],
    happened,
    signature: [["SYNs from forged addresses", forgedSyns(family), SYNS], ...signature],
    example: `tcp.flags == 0x0002 && ${family === 4 ? "ip.src == 198.18.7.1" : "ipv6.src == 2001:db8:bad::7:1"}`,
    observed: [
      ["nstat of the server at the end", counters(server)],
      ["The clients, in the order they connected", outcomeTable(outcomes)],
    ],
  });
}

function forgedSyns(family) {
  return `tcp.flags == 0x0002 && ${family === 4 ? "ip.src == 198.18.0.0/15" : "ipv6.src == 2001:db8:bad::/48"}`;
}

await flood({
  name: "syn-flood",
  family: 4,
  syncookies: 1,
  happened: `
Within one second 250 SYNs from 240 addresses that nobody has reach an echo server. Its SYN queue takes some; for the others it sends SYN cookies. None of its
SYN-ACKs is ever answered, and those that are no cookies it repeats. Nine real clients, three of them before, are served at once. Recorded at the server, with
its counters and sockets beside.`,
  signature: [
    ["SYN-ACKs", "tcp.flags == 0x0012", SYNS, 4 * SYNS],
    ["answers to real clients", "tcp.srcport == 8080 && tcp.len == 5", 9],
  ],
});
