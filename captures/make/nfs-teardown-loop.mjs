/** The whole story of an NFS client that hangs: a call outstanding, no route, the server restarts, and the loop behind it. */
import { sleep } from "./command.mjs";
import { counters } from "./observe.mjs";
import { writePage } from "./page.mjs";
import { startRpcServer, startWaitingRpcClient, teardownLoop } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onVeth } from "./topology.mjs";
import { watch } from "./watch.mjs";

const NAME = "nfs-teardown-loop";
const PORT = 2049;
const LOOPS = 120;
const OUTAGE_MS = 7000;

const { client, server, address, clientDevice } = onVeth();
const serving = await startRpcServer(server, PORT, 20, address);
const recording = await record(client, { device: clientDevice, file: `${NAME}.pcap` });
const watching = await watch(client, NAME, "ss -tino");
const waiting = await startWaitingRpcClient(client, { host: address, port: PORT });
client.run("ip", "route", "add", "blackhole", `${address}/32`);
await sleep(300);
serving.end();
await startRpcServer(server, PORT, 20, address);
await sleep(OUTAGE_MS);
client.run("ip", "route", "del", "blackhole", `${address}/32`);
await waiting.ended;
await teardownLoop(client, address, PORT, LOOPS, 1000, 1, "fin");
await sleep(1500);
const commands = await watching.stop();
const recordedBy = await recording.stop();

writePage({
  file: `${NAME}.pcap`,
  recordedBy,
  setup: Object.entries(commands).map(
    ([kind, command]) => `\`${NAME}.${kind}.txt\`, on the client: \`${command}\``,
  ),
  happened: `
A client of NFS version 3 sends GETATTR calls; twenty are answered, the twenty-first is not. With that call outstanding the client gets a
blackhole route to the server, and the server is killed and started again: its FIN arrives, and comes again and again, since nothing leaves the client. After ${OUTAGE_MS / 1000} s the
route is taken away. The client closes what is left of the old connection, then connects to the new server and closes at once, ${LOOPS} times,
each time from the next lower reserved port. It never sends the call again.

Client and server are small programs that speak ONC RPC over plain sockets: the kernel whose client did this is not at hand. Packets, timers, routes and counters are this kernel's.`,
  signature: [
    ["calls", "rpc.msgtyp == 0", 21],
    ["replies", "rpc.msgtyp == 1", 20],
    ["the call without a reply", "rpc.xid == 0x5eed0015", 1],
    [
      "FINs of the server that come again",
      "tcp.srcport == 2049 && tcp.flags.fin == 1 && tcp.analysis.retransmission",
      3,
      12,
    ],
    ["connections opened", "tcp.flags == 0x0002", 1 + LOOPS],
    ["segments with payload in the loop", "tcp.port <= 1000 && tcp.len > 0", 0],
  ],
  example: "rpc.xid == 0x5eed0015",
  observed: [["nstat of the client at the end", counters(client)]],
});
