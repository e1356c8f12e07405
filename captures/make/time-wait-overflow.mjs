/** A server that closes connections first and has room for few connections in TIME-WAIT; its counters and sockets are recorded, too. */
import { sleep } from "./command.mjs";
import { counters } from "./observe.mjs";
import { writePage } from "./page.mjs";
import { startWebServer, webClients } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onVeth } from "./topology.mjs";
import { watch } from "./watch.mjs";

const NAME = "time-wait-overflow";
const FILE = `${NAME}.pcap.gz`;
const SYSCTLS = { "net.ipv4.tcp_max_tw_buckets": 50 };
const COUNTERS = "TcpExtTW TcpExtTCPTimeWaitOverflow 'TcpExtListen*'";
const CONNECTIONS = 200;

const { client, server, address, serverDevice } = onVeth();
server.set(SYSCTLS);
await startWebServer(server, 8080);
const recording = await record(server, { device: serverDevice, file: FILE, snaplen: 100 });
const watching = await watch(server, NAME, "ss -ltn; ss -tan state time-wait", COUNTERS);
await sleep(1100);
const web = { host: address, port: 8080, connections: CONNECTIONS, parallel: 2, gapMs: 15, closer: "server" };
await webClients(client, web);
await sleep(1100);
const commands = await watching.stop();
const recordedBy = await recording.stop();

writePage({
  file: FILE,
  recordedBy,
  sysctls: SYSCTLS,
  setup: Object.entries(commands).map(([kind, command]) => `\`${NAME}.${kind}.txt\`: \`${command}\``),
  happened: `
Of ${CONNECTIONS} connections to a web server some are closed by the server first, the others by the client. The server's kernel has room for
50 in TIME-WAIT; further ones it forgets as they end. In the packets nothing is wrong: each ends by a FIN from both sides. Only the counters
beside them tell.`,
  signature: [
    ["FINs of the server", "tcp.srcport == 8080 && tcp.flags.fin == 1", CONNECTIONS],
    ["FINs of the clients", "tcp.dstport == 8080 && tcp.flags.fin == 1", CONNECTIONS],
    ["resets", "tcp.flags.reset == 1", 0],
  ],
  example: "tcp.flags.fin == 1",
  observed: [["nstat of the server at the end", counters(server)]],
});
