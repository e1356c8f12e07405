/** The places a pathology is made in: one host's loopback, two hosts on one veth link, two hosts on a faulty path. */
import { createNamespace, joinByVeth } from "./namespace.mjs";
import { startPath } from "./programs.mjs";

/** Client and server in one namespace, on 127.0.0.1 (or ::1 with `family` 6). */
export function onLoopback({ family = 4 } = {}) {
  const namespace = createNamespace();
  return {
    client: namespace,
    server: namespace,
    address: family === 4 ? "127.0.0.1" : "::1",
    clientDevice: "lo",
    serverDevice: "lo",
  };
}

/** Client and server in a namespace each: the client has two addresses, 10.77.0.1 and .3, the server .2. */
export function onVeth({ family = 4, offload = false } = {}) {
  const client = createNamespace();
  const server = createNamespace();
  const prefix = family === 4 ? "10.77.0." : "fd77::";
  const length = family === 4 ? 24 : 64;
  const address = (host) => `${prefix}${host}/${length}`;
  joinByVeth(
    { namespace: client, device: "veth-client", addresses: [address(1), address(3)] },
    { namespace: server, device: "veth-server", addresses: [address(2)] },
    { offload },
  );
  return { client, server, address: `${prefix}2`, clientDevice: "veth-client", serverDevice: "veth-server" };
}

/**
 * Client and server in a namespace each, 10.77.0.1 and .2, joined by a path of `delayUs` each way that obeys `rules`
 * (path.c; end a is the client's).
 */
export async function onPath({ delayUs, rules }) {
  const client = createNamespace();
  const server = createNamespace();
  const [clientDevice, serverDevice] = ["path-client", "path-server"];
  await startPath([client.name, clientDevice, server.name, serverDevice, delayUs, ...rules]);
  for (const [namespace, device, host] of [
    [client, clientDevice, 1],
    [server, serverDevice, 2],
  ]) {
    namespace.run("ip", "address", "add", `10.77.0.${host}/24`, "dev", device);
    namespace.run("ip", "link", "set", device, "up");
  }
  return { client, server, address: "10.77.0.2", clientDevice, serverDevice };
}
