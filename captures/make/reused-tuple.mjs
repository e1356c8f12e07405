/** A client that takes its source port again while the server, which closed first, still holds the connection in TIME-WAIT. */
import { counters } from "./observe.mjs";
import { writePage } from "./page.mjs";
import { reuseTuple, startWebServer, webClients } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onVeth } from "./topology.mjs";

const FILE = "reused-tuple.pcap";
const SYSCTLS = { "net.ipv4.tcp_timestamps": 0 };
const PORT = 8080;

const { client, server, address, clientDevice } = onVeth({ family: 6 });
client.set(SYSCTLS);
await startWebServer(server, PORT);
const recording = await record(client, { device: clientDevice, file: FILE });
await webClients(client, { host: address, port: PORT, connections: 4, closer: "server", gapMs: 20 });
const rising = await reuseTuple(client, address, PORT, 40001, 4, 100, "rise");
const falling = await reuseTuple(client, address, PORT, 40002, 4, 100, "fall");
const recordedBy = await recording.stop();

writePage({
  file: FILE,
  recordedBy,
  sysctls: { "net.ipv4.tcp_timestamps": "0 on the client" },
  setup: [
    "`captures/make/reuse-tuple.c` takes ports 40001 and 40002 four times each, 0.1 s apart, with initial sequence numbers of its own",
  ],
  happened: `
A web server over IPv6 closes its connections first, so it holds each in TIME-WAIT for a minute. Two clients without timestamps use one source port again and
again. Where the initial sequence number has risen since, from port 40001, the server takes the SYN at once. Where it has fallen, from port 40002, it
takes the SYN for an old segment and answers with the last ACK of the connection before; the client resets that, and only its next SYN
is accepted. Four connections from other ports are served at once.`,
  signature: [
    ["SYNs from port 40001", "tcp.flags == 0x0002 && tcp.srcport == 40001", 4],
    ["SYNs from port 40002, three of them again", "tcp.flags == 0x0002 && tcp.srcport == 40002", 7],
    ["resets by the client", "tcp.srcport == 40002 && tcp.flags.reset == 1", 3],
    ["resets by the server", "tcp.srcport == 8080 && tcp.flags.reset == 1", 0],
  ],
  example: "tcp.srcport == 40002 && tcp.flags.reset == 1",
  observed: [
    ["The client on port 40001", rising.trimEnd()],
    ["The client on port 40002", falling.trimEnd()],
    ["nstat of the server at the end", counters(server)],
  ],
});
