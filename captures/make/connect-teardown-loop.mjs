/** A client on reserved ports that connects and closes without a byte, 60 times, beside clients that are served. */
import { sleep } from "./command.mjs";
import { counters, listeners } from "./observe.mjs";
import { writePage } from "./page.mjs";
import { echoClients, startListener, teardownLoop } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onVeth } from "./topology.mjs";

const COUNT = 60;

async function loop({ file, sourcePort, step, closing, happened, signature }) {
  const { client, server, address, serverDevice } = onVeth();
  const listener = { address, port: 2049, backlog: 128, accepting: true };
  await startListener(server, listener);
  const recording = await record(server, { device: serverDevice, file });
  const served = echoClients(client, {
    ...{ host: address, port: 2049, localAddress: "10.77.0.3", count: 14 },
    ...{ gapMs: 50, jitterMs: 30, delayMs: 5 },
  });
  await sleep(300);
  await teardownLoop(client, address, 2049, COUNT, sourcePort, step, closing);
  const outcomes = await served;
  const recordedBy = await recording.stop();
  const answered = outcomes.filter(({ repliedMs }) => repliedMs !== null).length;
  writePage({
    file,
    recordedBy,
    happened: `${happened.trim()}
The pauses between the connections are irregular, 0.2 to 12 ms. Meanwhile another address of the same host, 10.77.0.3,
opens 14 connections to the same port and gets an answer on each. Recorded on the server's side of a veth link.`,
    signature: [
      ["SYNs of 10.77.0.1", "ip.src == 10.77.0.1 && tcp.flags == 0x0002", COUNT],
      ["segments of 10.77.0.1 with payload", "ip.addr == 10.77.0.1 && tcp.len > 0", 0],
      ["repeated SYNs and SYN-ACKs", "tcp.flags.syn == 1 && tcp.analysis.retransmission", 0],
      ["answers to 10.77.0.3", "ip.dst == 10.77.0.3 && tcp.len > 0", 14],
      ...signature,
    ],
    example: "ip.src == 10.77.0.1 && tcp.flags.syn == 1",
    observed: [
      ["The clients at 10.77.0.3", `${answered} of ${outcomes.length} answered`],
      ["ss -ltn at the end", listeners(server)],
      ["nstat of the client at the end", counters(client)],
      ["nstat of the server at the end", counters(server)],
    ],
  });
}

await Promise.all([
  loop({
    file: "connect-teardown-loop.pcap",
    sourcePort: 1023,
    step: 1,
    closing: "fin",
    happened: `
A client connects to port 2049 and closes at once, ${COUNT} times. Each connection is bound to a reserved source port, from
1023 downwards; each handshake is complete, no octet of data is sent, the client's FIN comes first.`,
    signature: [["FINs of 10.77.0.1", "ip.src == 10.77.0.1 && tcp.flags.fin == 1", COUNT]],
  }),
  loop({
    file: "connect-teardown-loop-reset.pcap",
    sourcePort: 894,
    step: 0,
    closing: "reset",
    happened: `
A client connects to port 2049 and closes at once, ${COUNT} times, always from source port 894. Each handshake is complete, no
octet of data is sent, and since the client sets SO_LINGER to 0 its close() sends an RST: the four-tuple is free again at once.`,
    signature: [["RSTs of 10.77.0.1", "ip.src == 10.77.0.1 && tcp.flags.reset == 1", COUNT]],
  }),
]);
