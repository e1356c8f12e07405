/** A firewall that drops SYNs with ECN on the way to one of three hosts, and a path to another that loses a SYN once. */
import { sleep } from "./command.mjs";
import { counters } from "./observe.mjs";
import { outcomeTable, writePage } from "./page.mjs";
import { echoClients, startEchoClients, startListener } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onRouter } from "./topology.mjs";

const FILE = "syn-extension-dropped.pcap";
const PORT = 8080;
const COUNT = 6;
const SYSCTLS = { "net.ipv4.tcp_ecn": 1 };

const { client, router, hosts, addresses, clientAddress } = onRouter({ family: 4 });
const [filtered, open, unlucky] = addresses;
client.set(SYSCTLS);
router.run("nft", "add table ip filter");
router.run("nft", "add chain ip filter forward { type filter hook forward priority 0 ; }");
const isEcnSetup = "tcp flags & (syn | ack | ecn | cwr) == syn | ecn | cwr";
router.run("nft", `add rule ip filter forward ip daddr ${filtered} ${isEcnSetup} counter drop`);
router.run("nft", "add chain ip filter outage");
router.run("nft", `add rule ip filter forward ip daddr ${unlucky} jump outage`);

for (const address of addresses)
  await startListener(hosts, { address, port: PORT, backlog: 16, accepting: true });
const recording = await record(client, { device: "uplink", file: FILE });
const begun = [];
for (let round = 0; round < COUNT; round++) {
  begun.push(startEchoClients(client, { host: filtered, port: PORT, count: 1 }));
  await echoClients(client, { host: open, port: PORT, count: 1 });
  if (round === 2) router.run("nft", "add rule ip filter outage counter drop");
  begun.push(startEchoClients(client, { host: unlucky, port: PORT, count: 1 }));
  await sleep(700);
  router.run("nft", "flush chain ip filter outage");
}
const outcomes = [];
for (const program of begun) outcomes.push(...(await program.outcomes()));
const recordedBy = await recording.stop();

const ecnSyns = (address) => `ip.dst == ${address} && tcp.flags == 0x00c2`;
const plainSyns = (address) => `ip.dst == ${address} && tcp.flags == 0x0002`;
writePage({
  file: FILE,
  recordedBy,
  sysctls: { "net.ipv4.tcp_ecn": "1 on the client" },
  setup: [
    `client ${clientAddress}, a router, and ${filtered}, ${open} and ${unlucky} behind it; recorded on the client's host`,
  ],
  happened: `
The client asks for ECN. The router drops SYNs with ECE and CWR to ${filtered}: each of ${COUNT} connections there opens a second late, by a SYN without
(RFC 3168, section 6.1.1.1). ${open} and ${unlucky} agree to ECN; of ${unlucky} one SYN gets lost in an outage of 0.7 s, so that one connection falls back, too.`,
  signature: [
    [`SYNs with ECN to ${filtered}`, ecnSyns(filtered), COUNT],
    [`SYNs without ECN to ${filtered}`, plainSyns(filtered), COUNT],
    [`SYNs with ECN to ${open}`, ecnSyns(open), COUNT],
    [`SYNs without ECN to ${open}`, plainSyns(open), 0],
    [`SYNs without ECN to ${unlucky}`, plainSyns(unlucky), 1],
  ],
  example: ecnSyns(filtered),
  observed: [
    ["nstat of the client at the end", counters(client)],
    ["The clients of the two, in the order they connected", outcomeTable(outcomes)],
  ],
});
