/** A receiver with a small buffer over a long way: one window per round trip, on a path that carries much more. */
import { writePage } from "./page.mjs";
import { startWebServer, webClients } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onPath } from "./topology.mjs";

const FILE = "window-limited.pcap";
const RECEIVER_FILE = "window-limited-receiver.pcap";
const DELAY_US = 50_000;
const SIZES = [1_000_000, 120];
const BUFFER = "4096 32768 32768";

const { client, server, address, clientDevice, serverDevice } = await onPath({
  delayUs: DELAY_US,
  rules: [],
});
client.set({ "net.ipv4.tcp_rmem": BUFFER });
// One that does not pace.
server.set({ "net.ipv4.tcp_congestion_control": "reno" });
await startWebServer(server, 8080);
const recordings = [
  await record(server, { device: serverDevice, file: FILE, snaplen: 80 }),
  await record(client, { device: clientDevice, file: RECEIVER_FILE, snaplen: 80 }),
];
await webClients(client, { host: address, port: 8080, connections: SIZES.length, sizes: SIZES });
const [recordedBy, receiverRecordedBy] = [await recordings[0].stop(), await recordings[1].stop()];

const made = {
  sysctls: {
    "net.ipv4.tcp_rmem": `${BUFFER} on the client`,
    "net.ipv4.tcp_congestion_control": "reno on the server",
  },
  setup: [`\`captures/make/path.c\` joins both: ${DELAY_US / 1000} ms each way`],
};
writePage({
  ...made,
  file: FILE,
  recordedBy,
  happened: `
Two HTTP connections over a path with a round trip of 100 ms that loses nothing and has no limit of its own. The client's kernel may keep no more
than 32 KiB for a connection, and offers less than that. An answer of a million octets takes tens of round trips: in each the server sends what
the window allows within a few milliseconds, then waits for the ACKs. An answer of 120 octets never needs the window. Recorded at the server.`,
  signature: [
    ["segments sent again", "tcp.analysis.retransmission", 0],
    ["ACKs after a wait of 80 ms", "tcp.dstport == 8080 && tcp.len == 0 && tcp.time_delta > 0.08", 20, 80],
    ["segments that fill the window", "tcp.srcport == 8080 && tcp.analysis.window_full", 20, 400],
  ],
  example: "tcp.analysis.window_full",
});
writePage({
  ...made,
  file: RECEIVER_FILE,
  recordedBy: receiverRecordedBy,
  happened: `
The connections of [window-limited](window-limited.md), recorded at the client. What arrives is acknowledged at once: nothing is ever long in
flight here, and the window looks open. Only that each round trip brings as much as the window, and then nothing, tells what limits it.`,
  signature: [
    ["segments sent again", "tcp.analysis.retransmission", 0],
    ["data after a wait of 50 ms", "tcp.srcport == 8080 && tcp.len > 0 && tcp.time_delta > 0.05", 20, 80],
  ],
  example: "tcp.srcport == 8080 && tcp.len > 1000",
});
