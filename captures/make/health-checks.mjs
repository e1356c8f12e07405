/** A health checker: connects and closes without data, once a second. */
import { counters, listeners } from "./observe.mjs";
import { writePage } from "./page.mjs";
import { echoClients, startListener } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onVeth } from "./topology.mjs";

const FILE = "health-checks.pcap";
const COUNT = 25;

const { client, server, address, serverDevice } = onVeth();
await startListener(server, { address, port: 8080, backlog: 128, accepting: true });
const recording = await record(server, { device: serverDevice, file: FILE });
const served = echoClients(client, {
  host: address,
  port: 8080,
  localAddress: "10.77.0.3",
  count: 6,
  gapMs: 3700,
  delayMs: 3,
});
const checks = { host: address, port: 8080, payload: "", count: COUNT, gapMs: 996, jitterMs: 8 };
await echoClients(client, checks);
await served;
const recordedBy = await recording.stop();

writePage({
  file: FILE,
  recordedBy,
  happened: `
A checker at 10.77.0.1 connects to port 8080 and closes without a byte, once a second with a jitter of a few milliseconds, ${COUNT}
times, as load balancers do to see whether a server lives. Another address, 10.77.0.3, is served as usual. Nothing is wrong here.`,
  signature: [
    ["SYNs of the checker", "ip.src == 10.77.0.1 && tcp.flags == 0x0002", COUNT],
    ["segments of the checker with payload", "ip.addr == 10.77.0.1 && tcp.len > 0", 0],
    ["retransmissions", "tcp.analysis.retransmission", 0],
    ["RSTs", "tcp.flags.reset == 1", 0],
  ],
  example: "ip.src == 10.77.0.1 && tcp.flags.syn == 1",
  observed: [
    ["ss -ltn at the end", listeners(server)],
    ["nstat of the server at the end", counters(server)],
  ],
});
