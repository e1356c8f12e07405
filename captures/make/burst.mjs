/** Connections whose handshakes overlap, as on a network with a round-trip time, even where there is none. */
import { sleep, until } from "./command.mjs";
import { startEchoClients } from "./programs.mjs";

/**
 * Opens `options.count` connections at once while `device` holds back what it should send: the first SYN passes,
 * then all the others reach the server before any of their handshake ACKs does. Returns when the backlog is gone;
 * `outcomes` of the result is a promise of the clients' outcomes.
 */
export async function openTogether(namespace, device, options) {
  const tokenBucket = (rate) => {
    namespace.run(...`tc qdisc replace dev ${device} root tbf rate ${rate} burst 100 limit 30000`.split(" "));
  };
  // 100 octets at once, the next frame about 0.1 s later: time enough to call connect() for all.
  tokenBucket("4kbit");
  const clients = startEchoClients(namespace, options);
  await until(clients.program, ({ stderr }) => stderr.includes("opened"));
  // A small frame in 5 ms. The bucket looks at its new rate when its timer for the old one fires.
  tokenBucket("128kbit");
  await sleep(800);
  namespace.run("tc", "qdisc", "del", "dev", device, "root");
  return { outcomes: clients.outcomes() };
}
