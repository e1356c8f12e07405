/**
 * A client of the echo server, run inside a namespace with its options as one JSON argument. It opens `count`
 * connections, `gapMs` apart (plus up to `jitterMs`), sends `payload` after `delayMs`, waits for the echo and
 * closes; after `giveUpMs` it closes anyway. An empty payload means: connect, then close after `delayMs`.
 * With `holdMs` it does not close at the echo, but sends `payload` once more so much later; with `keepAliveMs` it only
 * holds the connection then, by keepalive probes.
 * Prints a JSON array with an outcome per connection.
 */
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const {
  host,
  port,
  localAddress,
  count = 1,
  gapMs = 0,
  jitterMs = 0,
  payload = "hello",
  delayMs = 0,
  giveUpMs = 60_000,
  holdMs = 0,
  keepAliveMs = 0,
} = JSON.parse(process.argv[2]);

function converse() {
  return new Promise((resolve) => {
    const startedMs = performance.now();
    const outcome = { localPort: 0, connectedMs: null, repliedMs: null, error: null };
    const socket = connect({ host, port, localAddress, noDelay: true });
    const elapsedMs = () => Math.round(performance.now() - startedMs);
    socket.setTimeout(0);
    const patience = setTimeout(
      () => (outcome.repliedMs === null ? socket.destroy() : socket.end()),
      giveUpMs,
    );
    socket.on("connect", async () => {
      outcome.localPort = socket.localPort;
      outcome.connectedMs = elapsedMs();
      if (delayMs > 0) await sleep(delayMs);
      if (payload === "") socket.end();
      else socket.write(payload);
    });
    socket.on("data", () => {
      const isFirst = outcome.repliedMs === null;
      outcome.repliedMs = elapsedMs();
      if (keepAliveMs > 0) socket.setKeepAlive(true, keepAliveMs);
      else if (holdMs > 0 && isFirst) setTimeout(() => socket.write(payload), holdMs);
      else if (outcome.repliedMs - outcome.connectedMs >= holdMs) socket.end();
    });
    socket.on("error", (error) => {
      outcome.error = error.code;
    });
    socket.on("close", () => {
      clearTimeout(patience);
      resolve(outcome);
    });
  });
}

const conversations = [];
for (let i = 0; i < count; i++) {
  conversations.push(converse());
  if (gapMs > 0) await sleep(gapMs + Math.random() * jitterMs);
}
// connect() itself is called in the next tick.
setImmediate(() => process.stderr.write("opened\n"));
process.stdout.write(JSON.stringify(await Promise.all(conversations)));
