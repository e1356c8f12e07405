/** A firewall on the way forgets connections that are idle for 12 s, and drops or rejects what they send then. */
import { sleep } from "./command.mjs";
import { counters } from "./observe.mjs";
import { writePage } from "./page.mjs";
import { startEchoClients, startListener, startTalk } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onRouter } from "./topology.mjs";

const FILE = "idle-timeout.pcap";
const PORT = 8080;
const TIMEOUT_SECONDS = 12;
const KEPT_S = 4;
const DROPPED_S = 14;
const REJECTED_S = 17;

const { client, router, hosts, addresses, clientAddress } = onRouter({ family: 4 });
const [dropped, rejected] = addresses;
const unknown = "ct state new tcp flags & (fin | syn | rst | ack) != syn";
router.run("nft", "add table inet filter");
router.run("nft", "add chain inet filter forward { type filter hook forward priority 0 ; }");
router.run("nft", `add rule inet filter forward ip daddr ${rejected} ${unknown} reject with tcp reset`);
router.run("nft", `add rule inet filter forward ${unknown} drop`);
router.set({ "net.netfilter.nf_conntrack_tcp_timeout_established": TIMEOUT_SECONDS });

for (const address of [dropped, rejected])
  await startListener(hosts, { address, port: PORT, backlog: 16, accepting: true });
const recording = await record(client, { device: "uplink", file: FILE });
const talk = await startTalk(client, { hosts: [dropped, rejected], port: PORT, everyMs: 2500 });
const echo = (host, options) => startEchoClients(client, { host, port: PORT, ...options });
echo(dropped, { count: 4, gapMs: 1000, holdMs: KEPT_S * 1000 });
echo(dropped, { count: 3, gapMs: 3000, holdMs: DROPPED_S * 1000 });
echo(rejected, { count: 3, gapMs: 3000, holdMs: REJECTED_S * 1000 });
await sleep(30_000);
await talk.stop();
const recordedBy = await recording.stop();

writePage({
  file: FILE,
  recordedBy,
  sysctls: { "net.netfilter.nf_conntrack_tcp_timeout_established": `${TIMEOUT_SECONDS} on the router` },
  setup: [
    `client ${clientAddress}, a router that forwards no segment without SYN of a connection that it does not know, and ${dropped} and ${rejected} behind it`,
    `what belongs to no connection is dropped; on its way to ${rejected} it is answered by a RST`,
  ],
  happened: `
Connections to two hosts behind a firewall that forgets them after ${TIMEOUT_SECONDS} s without a segment. One to each says something every 2.5 s, and
four are silent for ${KEPT_S} s: nothing happens to these. Three to the first host are silent for ${DROPPED_S} s, and what they send then is never
answered; three to the second are silent for ${REJECTED_S} s and get a RST. Nobody had closed any of the six.`,
  signature: [
    ["data sent again into silence", `tcp.analysis.retransmission && ip.dst == ${dropped}`, 12, 40],
    ["RSTs in the name of the second host", `tcp.flags.reset == 1 && ip.src == ${rejected}`, 3],
    [
      "data behind silences that did no harm",
      "tcp.time_delta > 2 && tcp.time_delta < 6 && tcp.len > 0",
      16,
      40,
    ],
  ],
  example: `tcp.flags.reset == 1 && ip.src == ${rejected}`,
  observed: [["nstat of the client at the end", counters(client)]],
});
