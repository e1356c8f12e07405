/** Clients close, and the server's program does not: its sockets stay in CLOSE-WAIT. */
import { sleep } from "./command.mjs";
import { counters } from "./observe.mjs";
import { writePage } from "./page.mjs";
import { echoClients, startLeakyServer } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onVeth } from "./topology.mjs";

const FILE = "close-wait-leak.pcap";
const PORT = 8080;
const COUNT = 12;
/** More than `net.ipv4.tcp_fin_timeout`, after which the clients' kernel forgets its half. */
const LASTING_MS = 66_000;

const { client, server, address: host, serverDevice } = onVeth();
await startLeakyServer(server, PORT);
const recording = await record(server, { device: serverDevice, file: FILE });
// They wait for the server's FIN: the program ends with the script.
void echoClients(client, { host, port: PORT, count: COUNT, gapMs: 50, giveUpMs: LASTING_MS });
await sleep(LASTING_MS);
await echoClients(client, { host, port: PORT, count: 1, holdMs: 500, giveUpMs: 100 });
const waiting = server.run("ss", "-tnH", "state", "close-wait", `sport = :${PORT}`).trim().split("\n").length;
const recordedBy = await recording.stop();

writePage({
  file: FILE,
  recordedBy,
  setup: [
    "an echo server that never closes, on a host of its own",
    `${COUNT} clients, 50 ms apart, and one at the end`,
  ],
  happened: `
${COUNT} clients send a request each, get the answer and close. The server's kernel acknowledges their FINs, and its program does nothing about them:
${LASTING_MS / 1000} s later \`ss -tn state close-wait\` on the server still shows ${waiting} sockets. One more client comes then, so that the capture lasts as long.`,
  signature: [
    ["FINs of the clients", "tcp.flags.fin == 1 && tcp.dstport == 8080", COUNT, COUNT + 1],
    ["FINs of the server", "tcp.flags.fin == 1 && tcp.srcport == 8080", 0],
  ],
  example: "tcp.flags.fin == 1",
  observed: [["nstat of the server at the end", counters(server)]],
});
