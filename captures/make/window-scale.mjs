/** Connections without window scaling: the server does not scale, or a path takes the option out of its SYN-ACKs. */
import { counters } from "./observe.mjs";
import { outcomeTable, writePage } from "./page.mjs";
import { echoClients, startListener, startWebServer, webClients } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onPath } from "./topology.mjs";

const SNAPLEN = 100;

async function unscaledServer() {
  const file = "window-scale-lost.pcap";
  const delayUs = 15_000;
  const sysctls = { "net.ipv4.tcp_window_scaling": 0 };
  const { client, server, address, serverDevice } = await onPath({ delayUs, rules: [] });
  server.set(sysctls);
  await startWebServer(server, 8080);
  const recording = await record(server, { device: serverDevice, file, snaplen: SNAPLEN });
  await webClients(client, { host: address, port: 8080, connections: 3, sizes: [400_000, 400_000, 120] });
  const recordedBy = await recording.stop();
  writePage({
    file,
    recordedBy,
    sysctls: { "net.ipv4.tcp_window_scaling": "0 on the server" },
    setup: [`\`captures/make/path.c\` joins both: ${delayUs / 1000} ms each way`],
    happened: `
Three HTTP connections to a server that does not scale windows, over a path with a round trip of 30 ms. The clients offer to, and must do
without: what they take at one time is 64 KiB at most. Two answers of 400,000 octets fill that window in every round trip; one of 120 octets
never needs it. Recorded at the server, which sends the data.`,
    signature: [
      ["SYNs with a window scale", "tcp.flags == 0x0002 && tcp.options.wscale", 3],
      ["SYN-ACKs with one", "tcp.flags == 0x0012 && tcp.options.wscale", 0],
      ["segments that fill the window", "tcp.srcport == 8080 && tcp.analysis.window_full", 6, 400],
    ],
    example: "tcp.analysis.window_full",
    observed: [["nstat of the server at the end", counters(server)]],
  });
}

async function strippingPath() {
  const file = "window-scale-stripped.pcap";
  const delayUs = 5000;
  const rules = ["b:syn:unscale:/1"];
  const { client, server, address, clientDevice } = await onPath({ delayUs, rules, family: 6 });
  await startListener(server, { address, port: 7777, backlog: 16, accepting: true });
  const recording = await record(client, { device: clientDevice, file, snaplen: SNAPLEN });
  const echo = { host: address, port: 7777 };
  const outcomes = [
    ...(await echoClients(client, { ...echo, count: 3, gapMs: 50 })),
    ...(await echoClients(client, { ...echo, count: 2, gapMs: 200, payload: "x".repeat(16_000) })),
  ];
  const recordedBy = await recording.stop();
  writePage({
    file,
    recordedBy,
    setup: [
      `\`captures/make/path.c\` joins both: ${delayUs / 1000} ms each way, rules \`${rules.join(" ")}\`; a is the client's end`,
    ],
    happened: `
Five connections over IPv6 through a path that takes the window scale out of the SYN-ACKs, as some firewalls do. The server scales its windows,
the client does not know that and takes a window of 63 units of 1024 octets for 63 octets. Three connections that send 5 octets notice
nothing. Two that send 16,000 have the most of it on the way before the first such window arrives; then they send a window's few dozen octets
each 0.2 s, when their persist timer fires. Recorded at the client, behind what the path did.`,
    signature: [
      ["SYNs with a window scale", "tcp.flags == 0x0002 && tcp.options.wscale", 5],
      ["SYN-ACKs with one", "tcp.flags == 0x0012 && tcp.options.wscale", 0],
      ["data of the clients", "tcp.dstport == 7777 && tcp.len > 0", 20, 300],
    ],
    example: "tcp.dstport == 7777 && tcp.len > 5",
    observed: [
      ["The clients, in the order they connected", outcomeTable(outcomes)],
      ["nstat of the client at the end", counters(client)],
    ],
  });
}

await unscaledServer();
await strippingPath();
