/** The same connections recorded on both hosts; what lies between translates addresses, clamps the MSS, loses segments and resets. */
import { sleep } from "./command.mjs";
import { counters } from "./observe.mjs";
import { writePage } from "./page.mjs";
import { startTalk, startTalkServer } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onRouter } from "./topology.mjs";

const PORT = 8080;
const REFUSED_PORT = 8081;
const MSS = 1300;
const CONNECTIONS = 3;

const { client, router, hosts, addresses, clientAddress } = onRouter({ family: 4 });
const [host] = addresses;
const nft = (...words) => router.run("nft", ...words);
nft("add table ip between");
nft("add chain ip between forward { type filter hook forward priority 0 ; }");
nft("add chain ip between translate { type nat hook postrouting priority 100 ; }");
nft(`add rule ip between translate ip saddr ${clientAddress} masquerade`);
nft(`add rule ip between forward tcp flags syn tcp option maxseg size set ${MSS}`);
const isData = "meta length > 100";
nft(`add rule ip between forward tcp dport ${PORT} ${isData} numgen inc mod 23 == 11 counter drop`);
nft(`add rule ip between forward tcp sport ${PORT} ${isData} numgen inc mod 17 == 5 counter drop`);
nft(`add rule ip between forward tcp dport ${REFUSED_PORT} ${isData} counter reject with tcp reset`);

await startTalkServer(hosts, PORT);
await startTalkServer(hosts, REFUSED_PORT);
const atClient = await record(client, { device: "uplink", file: "both-ends-client.pcap" });
const atServer = await record(hosts, { device: "hosts", file: "both-ends-server.pcap" });
const talk = await startTalk(client, {
  hosts: [host],
  port: PORT,
  count: CONNECTIONS,
  bytes: 3000,
  everyMs: 150,
});
const refused = await startTalk(client, { hosts: [host], port: REFUSED_PORT, everyMs: 150 });
await sleep(4500);
await talk.stop();
await refused.stop();
await sleep(1000);
const ruleset = nft("list chain ip between forward");
const happened = `
Four connections of one client through a router that gives them an address of its own, sets the MSS of their SYNs to ${MSS}, loses every 23rd segment with data to
the server and every 17th from it, and answers data to port ${REFUSED_PORT} by a RST in the server's name: recorded on both hosts at once. \`tcptrace-analyze
between\` tells all of this from the two captures.`;
const lost = "tcp.analysis.retransmission || tcp.analysis.fast_retransmission";

for (const [recording, file, where] of [
  [atClient, "both-ends-client.pcap", "client"],
  [atServer, "both-ends-server.pcap", "server"],
]) {
  writePage({
    file,
    recordedBy: await recording.stop(),
    setup: [
      `client ${clientAddress}, router, and ${host} behind it; this one was recorded on the ${where}'s host`,
    ],
    happened,
    signature: [
      ["sent again", lost, 5, 80],
      ["SYNs with the clamped MSS", `tcp.flags.syn == 1 && tcp.options.mss_val == ${MSS}`, 4],
      [
        "RSTs in the server's name",
        `tcp.flags.reset == 1 && tcp.srcport == ${REFUSED_PORT}`,
        ...(where === "client" ? [1] : [0]),
      ],
    ],
    example: lost,
    observed: [
      ["What the router did: nftables", ruleset.trim()],
      [`nstat of the ${where} at the end`, counters(where === "client" ? client : hosts)],
    ],
  });
}
