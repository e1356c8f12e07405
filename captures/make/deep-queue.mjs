/** A queue that holds more than a second of traffic before a slow link: a download fills it, and all other connections wait in it. */
import { sleep } from "./command.mjs";
import { counters } from "./observe.mjs";
import { writePage } from "./page.mjs";
import { startTalk, startTalkServer, startWebServer, webClients } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onRouter } from "./topology.mjs";

const FILE = "deep-queue.pcap";
const TALK_PORT = 7000;
const WEB_PORT = 8080;
const QUEUE = "rate 1mbit burst 5000 limit 200000";

const { client, router, hosts, addresses } = onRouter({ family: 4 });
hosts.set({ "net.ipv4.tcp_congestion_control": "reno" });
router.run("tc", "qdisc", "add", "dev", "to-client", "root", "tbf", ...QUEUE.split(" "));
await startTalkServer(hosts, TALK_PORT);
await startWebServer(hosts, WEB_PORT);
const recording = await record(client, { device: "uplink", file: FILE, snaplen: 100 });
const talkers = await startTalk(client, { hosts: addresses, port: TALK_PORT, everyMs: 3000 });
await sleep(4000);
await webClients(client, { host: addresses[0], port: WEB_PORT, connections: 1, sizes: [900_000] });
await sleep(4000);
await talkers.stop();
const recordedBy = await recording.stop();

writePage({
  file: FILE,
  recordedBy,
  sysctls: { "net.ipv4.tcp_congestion_control": "reno on the hosts" },
  setup: [`\`tc qdisc add dev to-client root tbf ${QUEUE}\` on the router: its queue holds 1.6 s of traffic`],
  happened: `
A client talks to three hosts behind a router, a message of 100 octets and its answer every three seconds on each connection. Then it downloads
900,000 octets from one of them: in a few round trips these fill the queue before the link to the client. The messages still arrive at once; their answers wait
behind the download for more than a second, longer than the client's timer, which had learned of a few milliseconds. So it repeats what had arrived, and each
host reports by D-SACK that it came twice. Segments of the download are lost in the end, when the queue is full. Recorded at the client.`,
  signature: [
    ["messages sent again", `tcp.dstport == ${TALK_PORT} && tcp.analysis.retransmission`, 3, 40],
    ["reports of what came twice", `tcp.srcport == ${TALK_PORT} && tcp.options.sack.dsack`, 3, 40],
    ["segments of the download", `tcp.srcport == ${WEB_PORT} && tcp.len > 0`, 600, 800],
  ],
  example: `tcp.srcport == ${TALK_PORT} && tcp.options.sack.dsack`,
  observed: [
    ["nstat of the client at the end", counters(client)],
    ["nstat of the hosts at the end", counters(hosts)],
    [
      "`tc -s qdisc show dev to-client` of the router at the end",
      router.run("tc", "-s", "qdisc", "show", "dev", "to-client").trimEnd(),
    ],
  ],
});
