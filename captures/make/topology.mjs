/** The two places a pathology is made in: one host's loopback, or two hosts on one veth link. */
import { createNamespace, joinByVeth } from "./namespace.mjs";

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
