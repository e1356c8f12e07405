/**
 * A web client run inside a namespace with its options as one JSON argument: `connections` one after the other
 * (`parallel` at a time), each with `requests` requests of `sizes` octets in turn, `gapMs` between connections.
 * With `closer: "server"` the last request says "connection: close"; otherwise the client closes.
 */
import { Agent, get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const {
  host,
  port,
  localAddress,
  connections,
  parallel = 1,
  requests = 1,
  sizes = [120],
  gapMs = 0,
  closer = "client",
} = JSON.parse(process.argv[2]);

function request(agent, size, headers) {
  return new Promise((resolve, reject) => {
    get({ host, port, localAddress, agent, path: `/${size}`, headers }, (response) => {
      response.resume();
      response.on("end", resolve);
    }).on("error", reject);
  });
}

let opened = 0;
async function worker() {
  while (opened < connections) {
    const turn = opened++;
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let i = 0; i < requests; i++) {
      const isLast = i === requests - 1;
      const headers = isLast && closer === "server" ? { connection: "close" } : {};
      await request(agent, sizes[(turn + i) % sizes.length], headers);
    }
    // The socket is handed back to the agent a tick after the response's end.
    await sleep(1);
    agent.destroy();
    if (gapMs > 0) await sleep(gapMs * (0.5 + Math.random()));
  }
}
await Promise.all(Array.from({ length: parallel }, worker));
process.stdout.write(String(opened));
