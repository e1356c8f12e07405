/** A router lets handshakes pass and drops requests with a certain content; recorded on it, on all interfaces. */
import { counters } from "./observe.mjs";
import { outcomeTable, writePage } from "./page.mjs";
import { echoClients, startEchoClients, startListener } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onRouter } from "./topology.mjs";

const FILE = "not-forwarded.pcap";
const PORT = 8080;
const COUNT = 4;
const GIVE_UP_MS = 6000;
/** The first octets of the payload behind a TCP header with timestamps: "hello". */
const FORBIDDEN = "@th,256,40 0x68656c6c6f";

const { client, router, hosts, addresses, clientAddress } = onRouter({ family: 4 });
const [host] = addresses;
router.run("nft", "add table ip filter");
router.run("nft", "add chain ip filter forward { type filter hook forward priority 0 ; }");
router.run("nft", `add rule ip filter forward tcp dport ${PORT} ${FORBIDDEN} counter drop`);
await startListener(hosts, { address: host, port: PORT, backlog: 16, accepting: true });
const recording = await record(router, { device: "any", file: FILE });
const options = { host, port: PORT, gapMs: 200 };
const waiting = startEchoClients(client, {
  ...options,
  count: COUNT,
  payload: "hello",
  giveUpMs: GIVE_UP_MS,
});
await echoClients(client, { ...options, count: 6, payload: "good day" });
const outcomes = await waiting.outcomes();
const recordedBy = await recording.stop();

const forbidden = 'tcp.payload == "hello"';
const allowed = `ip.src == ${clientAddress} && tcp.payload == "good day"`;
writePage({
  file: FILE,
  recordedBy,
  setup: [`client ${clientAddress}, a router, and ${host} behind it; recorded on the router`],
  happened: `
Ten clients connect to ${host} through a router and send a request each. A rule on the router drops what begins with "hello", which ${COUNT} of them say: these send it again and
again, and give up after ${GIVE_UP_MS / 1000} s. The recording has every packet twice, as it comes in and as it leaves, but these once.`,
  signature: [
    ["requests that come in and do not leave", forbidden, 4 * COUNT, 8 * COUNT],
    ["requests that come in and leave", allowed, 12],
    ["handshakes, before and behind the router", "tcp.flags.syn == 1 && tcp.flags.ack == 0", 20],
  ],
  example: forbidden,
  observed: [
    ["nftables on the router", router.run("nft", "list chain ip filter forward").trim()],
    ["nstat of the client at the end", counters(client)],
    ['The clients that say "hello"', outcomeTable(outcomes)],
  ],
});
