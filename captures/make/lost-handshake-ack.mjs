/** The client's handshake ACK is lost once on the way; recorded at the server, which never sees it. */
import { counters, listeners } from "./observe.mjs";
import { outcomeTable, writePage } from "./page.mjs";
import { echoClients, startListener } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onVeth } from "./topology.mjs";

const FILE = "lost-handshake-ack.pcap";
/** IPv4 header, TCP header and the timestamps option: the length of one handshake ACK. */
const ACK_LENGTH_BYTES = 52;

const { client, server, address, serverDevice } = onVeth();
await startListener(server, { address, port: 8080, backlog: 128, accepting: true });

/** Drops the client's next segment that is nothing but an ACK. */
function loseNextAck() {
  const bareAck = "tcp dport 8080 tcp flags & (fin | syn | rst | psh | ack) == ack";
  client.run(
    "nft",
    "flush ruleset; table ip loss { chain out { type filter hook postrouting priority 0; }; }",
  );
  client.run("nft", `add rule ip loss out ${bareAck} quota until ${ACK_LENGTH_BYTES} bytes drop`);
}

const recording = await record(server, { device: serverDevice, file: FILE });
const echo = { host: address, port: 8080 };
const outcomes = await echoClients(client, { ...echo, count: 2, gapMs: 50 });
loseNextAck();
outcomes.push(...(await echoClients(client, { ...echo, delayMs: 2500 })));
loseNextAck();
outcomes.push(...(await echoClients(client, { ...echo, delayMs: 30 })));
outcomes.push(...(await echoClients(client, { ...echo, count: 2, gapMs: 50 })));
const recordedBy = await recording.stop();

writePage({
  file: FILE,
  recordedBy,
  setup: ["nftables at the client drops one bare ACK, twice"],
  happened: `
Of six connections two lose the client's handshake ACK on the way. In the first of them the client says nothing for
2.5 s: after 1 s the server repeats its SYN-ACK, the client acknowledges, and the data sent later is answered at once. In the second the data follow after
30 ms and carry the acknowledgment, so the loss changes nothing. The first data is never repeated. Nothing is wrong with the
server here. Recorded on the server's side of a veth link, where the lost ACKs were never seen.`,
  signature: [
    ["repeated SYN-ACKs", "tcp.flags == 0x0012 && tcp.analysis.retransmission", 1],
    ["repeated data", "tcp.len > 0 && tcp.analysis.retransmission", 0],
    ["answers", "tcp.srcport == 8080 && tcp.len > 0", 6],
  ],
  example: "tcp.flags == 0x0012 && tcp.analysis.retransmission",
  observed: [
    ["ss -ltn at the end", listeners(server)],
    ["nstat of the server at the end", counters(server)],
    ["The clients, in the order they connected", outcomeTable(outcomes)],
  ],
});
