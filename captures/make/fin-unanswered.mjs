/** A router drops what belongs to some connections from a moment on at which they are idle; then their client closes them. Recorded on it. */
import { sleep } from "./command.mjs";
import { counters } from "./observe.mjs";
import { writePage } from "./page.mjs";
import { startTalk, startTalkServer } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onRouter } from "./topology.mjs";

const FILE = "fin-unanswered.pcap";
const [FORGOTTEN, KNOWN] = [8080, 8081];
const COUNT = 3;
const [EVERY_MS, KNOWN_EVERY_MS] = [2000, 250];
/** Long enough for a FIN to be sent again six times. */
const SILENCE_MS = 9000;

const { client, router, hosts, addresses, clientAddress } = onRouter({ family: 4 });
const [host] = addresses;
router.run("nft", "add table ip filter");
router.run("nft", "add chain ip filter forward { type filter hook forward priority 0 ; }");
for (const port of [FORGOTTEN, KNOWN]) await startTalkServer(hosts, port);
const recording = await record(client, { device: "uplink", file: FILE });
const known = await startTalk(client, { hosts: [host], port: KNOWN, everyMs: KNOWN_EVERY_MS });
const forgotten = await startTalk(client, {
  hosts: [host],
  port: FORGOTTEN,
  count: COUNT,
  everyMs: EVERY_MS,
});
await sleep(EVERY_MS + 700);
for (const port of ["sport", "dport"])
  router.run("nft", `add rule ip filter forward tcp ${port} ${FORGOTTEN} counter drop`);
await forgotten.stop();
await sleep(SILENCE_MS);
const sockets = client.run("ss", "-tano", "state", "fin-wait-1").trimEnd().replaceAll(/ +$/gm, "");
await known.stop();
const recordedBy = await recording.stop();

const ofForgotten = `tcp.port == ${FORGOTTEN}`;
writePage({
  file: FILE,
  recordedBy,
  setup: [`client ${clientAddress}, a router, and ${host} behind it`],
  happened: `
The client has ${COUNT} connections to port ${FORGOTTEN} of ${host}, on each of which it sends 100 octets every ${EVERY_MS / 1000} s, and one to port ${KNOWN}, every ${KNOWN_EVERY_MS} ms. While the ${COUNT}
are idle the router begins to drop, in both directions, what belongs to the ${COUNT}, as a firewall does that has lost its table. Then the client's program closes them and ends: its kernel
sends the FINs again and again. The connection to port ${KNOWN} goes on and is closed in order.`,
  signature: [
    [
      "FINs of the client, which are dropped",
      `${ofForgotten} && tcp.flags.fin == 1 && ip.src == ${clientAddress}`,
      5 * COUNT,
      8 * COUNT,
    ],
    ["data sent again", `${ofForgotten} && tcp.analysis.retransmission && tcp.len > 0`, 0],
    ["FINs of the server there", `${ofForgotten} && tcp.flags.fin == 1 && ip.src == ${host}`, 0],
    [
      "data of the server on the other connection",
      `tcp.port == ${KNOWN} && ip.src == ${host} && tcp.len > 0`,
      30,
      90,
    ],
  ],
  example: `${ofForgotten} && tcp.flags.fin == 1`,
  observed: [
    ["nftables on the router", router.run("nft", "list chain ip filter forward").trim()],
    ["Sockets of the client, before it closes the last connection", sockets],
    ["nstat of the client at the end", counters(client)],
  ],
});
