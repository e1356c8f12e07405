/** Nothing wrong: some hundred HTTP connections on lo, and some over a link that delays and loses a little. */
import { counters, listeners } from "./observe.mjs";
import { writePage } from "./page.mjs";
import { startWebServer, webClients } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onLoopback, onVeth } from "./topology.mjs";

async function healthyMany() {
  const file = "healthy-many.pcap.gz";
  const { client, server, serverDevice } = onLoopback();
  await startWebServer(server, 8080);
  const recording = await record(server, { device: serverDevice, file, snaplen: 96 });
  const [four, six] = ["127.0.0.1", "::1"].map((host) => ({
    host,
    port: 8080,
    sizes: [0, 90, 700, 3000, 40_000],
  }));
  const opened = await Promise.all([
    webClients(client, { ...four, connections: 100, parallel: 4, gapMs: 5 }),
    webClients(client, { ...four, connections: 60, parallel: 3, gapMs: 9, closer: "server" }),
    webClients(client, { ...six, connections: 60, parallel: 4, gapMs: 8 }),
    webClients(client, { ...six, connections: 50, parallel: 2, gapMs: 6, closer: "server" }),
    webClients(client, { ...four, connections: 20, parallel: 5, requests: 12, gapMs: 20 }),
    webClients(client, { ...six, connections: 10, parallel: 2, requests: 8, closer: "server" }),
  ]);
  const recordedBy = await recording.stop();
  const count = opened.reduce((sum, connections) => sum + connections, 0);
  writePage({
    file,
    recordedBy,
    happened: `
${count} HTTP connections to port 8080 on lo, over IPv4 and IPv6: most with one request, some kept alive for 8 or 12, closed by the client
or by the server, answers of 0 to 40000 octets, up to twenty at a time. Nothing is wrong here. Frames are cut at 96 octets.`,
    signature: [
      ["SYNs", "tcp.flags == 0x0002", count],
      [
        "repeated SYNs, SYN-ACKs and data",
        "tcp.analysis.retransmission && (tcp.len > 0 || tcp.flags.syn == 1)",
        0,
      ],
      ["FINs sent again as a tail loss probe", "tcp.analysis.retransmission && tcp.flags.fin == 1", 0, 60],
      ["RSTs", "tcp.flags.reset == 1", 0],
    ],
    example: "ip && tcp.flags.fin == 1",
    observed: [
      ["ss -ltn at the end", listeners(server)],
      ["nstat at the end", counters(server)],
    ],
  });
}

async function healthyVeth() {
  const file = "healthy-veth.pcap";
  const { client, server, address, clientDevice, serverDevice } = onVeth();
  await startWebServer(server, 8080);
  // This kernel has no netem: a token bucket delays what is sent in bursts, with room for all of it, nftables loses one frame in a hundred.
  const bucket = "rate 20mbit burst 6000 limit 1000000";
  for (const [namespace, device] of [
    [client, clientDevice],
    [server, serverDevice],
  ]) {
    namespace.run(...`tc qdisc add dev ${device} root tbf ${bucket}`.split(" "));
    namespace.run(
      "nft",
      "add table ip loss; add chain ip loss in { type filter hook prerouting priority -400; }",
    );
    namespace.run("nft", "add rule ip loss in tcp flags & syn == 0 numgen random mod 100 == 0 drop");
  }
  const recording = await record(client, { device: clientDevice, file, snaplen: 96 });
  const web = { host: address, port: 8080 };
  const opened = await Promise.all([
    webClients(client, { ...web, connections: 40, parallel: 4, gapMs: 40, sizes: [200, 2000, 30_000] }),
    webClients(client, {
      ...web,
      connections: 6,
      parallel: 2,
      requests: 6,
      sizes: [60_000, 500],
      gapMs: 100,
      closer: "server",
    }),
  ]);
  const recordedBy = await recording.stop();
  const count = opened.reduce((sum, connections) => sum + connections, 0);
  writePage({
    file,
    recordedBy,
    setup: [
      `\`tbf ${bucket}\` at both ends`,
      "nftables drops 1 % of the frames without SYN on arrival, at both ends",
    ],
    happened: `
${count} HTTP connections to port 8080 over a veth link of 20 Mbit/s that loses one frame in a hundred on arrival, in either direction, and nothing else. Losses are
repaired by retransmission and every answer arrives: no connection hangs. Recorded on the client's side, before the
loss of arriving frames and before the loss of those that leave, which happens at the server. Frames are cut at 96 octets.`,
    signature: [
      ["SYNs", "tcp.flags == 0x0002", count],
      ["retransmissions", "tcp.analysis.retransmission", 3, 200],
      ["repeated SYN-ACKs", "tcp.flags == 0x0012 && tcp.analysis.retransmission", 0, 3],
      ["RSTs", "tcp.flags.reset == 1", 0],
    ],
    example: "tcp.analysis.retransmission",
    observed: [
      ["ss -ltn at the end", listeners(server)],
      ["nstat of the client at the end", counters(client)],
      ["nstat of the server at the end", counters(server)],
    ],
  });
}

await Promise.all([healthyMany(), healthyVeth()]);
