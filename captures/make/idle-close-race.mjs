/** A web server closes connections that were idle for 3 s, and some of a client's requests cross its FINs on the way. */
import { counters } from "./observe.mjs";
import { writePage } from "./page.mjs";
import { keepAliveClients, startWebServer } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onPath } from "./topology.mjs";

const FILE = "idle-close-race.pcap";
const PORT = 8080;
/** Node announces this to clients, and closes a second later. */
const KEEP_ALIVE_MS = 2000;
const DELAY_US = 40_000;
/** The server's FIN arrives that long after the answer, and a request that leaves less than 80 ms before that finds it closed. */
const RACING_MS = [2940, 2945, 2950, 2955, 2960];
const EARLY_MS = [300, 600, 900, 1200, 1500];

const { client, server, address, serverDevice } = await onPath({ delayUs: DELAY_US, rules: [] });
await startWebServer(server, PORT, KEEP_ALIVE_MS);
const recording = await record(server, { device: serverDevice, file: FILE });
const pausesMs = [...EARLY_MS, ...RACING_MS];
const answered = await keepAliveClients(client, { host: address, port: PORT, pausesMs, gapMs: 40 });
if (answered !== EARLY_MS.length) throw new Error(`${answered} second requests were answered`);
const recordedBy = await recording.stop();

writePage({
  file: FILE,
  recordedBy,
  setup: [
    `a web server (Node's, \`server.keepAliveTimeout\` ${KEEP_ALIVE_MS}) and a client on a path of ${DELAY_US / 1000} ms each way`,
  ],
  happened: `
Ten connections send a request each, and another one later. Five do so after ${EARLY_MS[0]} to ${EARLY_MS.at(-1)} ms and are answered. The others wait for ${RACING_MS[0]} to
${RACING_MS.at(-1)} ms: the server has just closed when the request arrives, and the client has not heard of it when it sends. The request is answered by a
RST, and the client's program gets ECONNRESET.`,
  signature: [
    ["FINs of the server", `tcp.flags.fin == 1 && tcp.srcport == ${PORT}`, 10],
    ["requests behind a FIN", "tcp.len > 0 && tcp.time_delta < 0.2 && tcp.time_relative > 2.9", 5],
    [
      "RSTs of the server where the request acknowledged",
      `tcp.flags.reset == 1 && tcp.srcport == ${PORT}`,
      5,
      10,
    ],
  ],
  example: `tcp.flags.reset == 1 && tcp.srcport == ${PORT}`,
  observed: [["nstat of the server at the end", counters(server)]],
});
