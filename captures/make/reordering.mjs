/** A path that holds back single segments until later ones have overtaken them, and loses none. */
import { counters } from "./observe.mjs";
import { writePage } from "./page.mjs";
import { startWebServer, webClients } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onPath } from "./topology.mjs";

const FILE = "reordering.pcap";
const DELAY_US = 10_000;
const RULES = ["b:data:late:/25:1500"];

const { client, server, address, clientDevice } = await onPath({ delayUs: DELAY_US, rules: RULES });
await startWebServer(server, 8080);
const recording = await record(client, { device: clientDevice, file: FILE, snaplen: 100 });
await webClients(client, { host: address, port: 8080, connections: 5, sizes: [120_000] });
const recordedBy = await recording.stop();

writePage({
  file: FILE,
  recordedBy,
  setup: [
    `\`captures/make/path.c\` joins both: ${DELAY_US / 1000} ms each way, rule \`${RULES.join(" ")}\`; a is the client's end`,
  ],
  happened: `
Five HTTP connections over a path that loses nothing, but holds every 25th of the server's segments back for 1.5 ms, while those behind
it pass. Recorded at the client, behind the path.`,
  signature: [
    ["segments that tshark calls out of order", "tcp.srcport == 8080 && tcp.analysis.out_of_order", 3, 40],
    ["gaps before overtaking segments", "tcp.srcport == 8080 && tcp.analysis.lost_segment", 3, 40],
  ],
  example: "tcp.analysis.out_of_order",
  observed: [
    ["nstat of the client at the end", counters(client)],
    ["nstat of the server at the end", counters(server)],
  ],
});
