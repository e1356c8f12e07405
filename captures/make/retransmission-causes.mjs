/** Retransmissions of every cause, beside what the kernel that sent them counted. */
import { counters } from "./observe.mjs";
import { writePage } from "./page.mjs";
import { fillWindow, startWebServer, webClients } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onPath } from "./topology.mjs";

const SNAPLEN = 100;
/** One congestion control on every machine: what a timeout does depends on it. */
const SYSCTLS = { "net.ipv4.tcp_congestion_control": "reno" };
const WEB = { host: "10.77.0.2", port: 8080, connections: 8, sizes: [30_000] };

async function webOverPath(delayUs, rules) {
  const path = await onPath({ delayUs, rules });
  for (const namespace of [path.client, path.server]) namespace.set(SYSCTLS);
  await startWebServer(path.server, WEB.port);
  return path;
}

function made(delayUs, rules) {
  const rulesText = rules.length > 0 ? `, rules \`${rules.join(" ")}\`` : "";
  return [
    `\`captures/make/path.c\` joins both: ${delayUs / 1000} ms each way${rulesText}; a is the client's end`,
  ];
}

function observed(namespaces) {
  return Object.entries(namespaces).map(([name, namespace]) => [
    `nstat of the ${name} at the end`,
    counters(namespace),
  ]);
}

async function lossRecovery() {
  const file = "loss-recovery.pcap";
  const delayUs = 10_000;
  const rules =
    "b:data:drop:21 b:data:drop:30 b:data:outage:47:700000 b:data:drop:103 b:data:drop:135 b:data:drop:136 b:data:drop:138 a:syn:drop:4 b:syn:drop:4".split(
      " ",
    );
  const { client, server, serverDevice } = await webOverPath(delayUs, rules);
  const recording = await record(server, { device: serverDevice, file, snaplen: SNAPLEN });
  await webClients(client, WEB);
  const recordedBy = await recording.stop();
  writePage({
    file,
    recordedBy,
    sysctls: SYSCTLS,
    setup: made(delayUs, rules),
    happened: `
Eight HTTP connections over a path that loses single segments, the last of an answer, three of one flight, everything for 700 ms, a SYN and
a SYN-ACK. Recorded at the server, before the loss of what it sends: every retransmission that its kernel counted is here.`,
    signature: [
      ["SYNs that arrived", "tcp.flags == 0x0002", 8, 10],
      ["tshark's retransmissions of data", "tcp.analysis.retransmission && tcp.len > 0", 10, 40],
    ],
    example: "tcp.analysis.fast_retransmission",
    observed: observed({ server }),
  });
}

async function needlessRetransmissions() {
  const file = "needless-retransmissions.pcap";
  const receiverFile = "needless-retransmissions-receiver.pcap";
  const delayUs = 10_000;
  const rules =
    "b:data:late:15:4000 b:data:late:40:25000 b:data:stall:70:600000 b:data:twice:115:15000 b:data:stall:140:250000".split(
      " ",
    );
  const { client, server, clientDevice, serverDevice } = await webOverPath(delayUs, rules);
  const recordings = [
    await record(server, { device: serverDevice, file, snaplen: SNAPLEN }),
    await record(client, { device: clientDevice, file: receiverFile, snaplen: SNAPLEN }),
  ];
  await webClients(client, WEB);
  const [recordedBy, receiverRecordedBy] = [await recordings[0].stop(), await recordings[1].stop()];
  const common = { sysctls: SYSCTLS, setup: made(delayUs, rules), example: "tcp.analysis.retransmission" };
  const happened = `
Eight HTTP connections over a path that loses nothing: it delivers one segment 4 ms and one 25 ms late, one twice, and twice holds
everything back for a while. What the server sends again was never needed, as the client's D-SACKs tell it.`;
  const listed = [
    ["D-SACKs", "tcp.options.sack.dsack", 3, 8],
    ["tshark's retransmissions of data", "tcp.analysis.retransmission && tcp.len > 0", 1, 10],
  ];
  writePage({
    ...common,
    file,
    recordedBy,
    happened: `${happened} Recorded at the server.`,
    signature: listed,
    observed: observed({ server, client }),
  });
  writePage({
    ...common,
    file: receiverFile,
    recordedBy: receiverRecordedBy,
    happened: `${happened} The same connections as in needless-retransmissions, recorded at the client, behind all that the path did.`,
    signature: listed,
    observed: observed({ server, client }),
  });
}

async function probes() {
  const file = "keepalives-and-window-probes.pcap";
  const delayUs = 5000;
  const { client, server, address, clientDevice } = await onPath({ delayUs, rules: [] });
  const recording = await record(client, { device: clientDevice, file, snaplen: SNAPLEN });
  await fillWindow({ client, server, address, port: 9000, sleepS: 9, idleMs: 3500 });
  const recordedBy = await recording.stop();
  writePage({
    file,
    recordedBy,
    setup: made(delayUs, []),
    happened: `
A client sends 100 octets, is idle for 3.5 s with keepalives every second, then sends 30000 octets to a server that has not read anything yet
and whose window closes for some five seconds. tshark calls the window probes keep-alives, too.`,
    signature: [
      ["tshark's keep-alives", "tcp.analysis.keep_alive", 5, 12],
      ["closed windows", "tcp.analysis.zero_window", 2, 10],
    ],
    example: "tcp.analysis.keep_alive",
    observed: observed({ client }),
  });
}

await lossRecovery();
await needlessRetransmissions();
await probes();
