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
 * Client and server in a namespace each, 10.77.0.1 and .2 (or fd77::1 and ::2), joined by a path of `delayUs` each way
 * that obeys `rules` (path.c; end a is the client's).
 */
export async function onPath({ delayUs, rules, family = 4 }) {
  const client = createNamespace();
  const server = createNamespace();
  const [clientDevice, serverDevice] = ["path-client", "path-server"];
  await startPath([client.name, clientDevice, server.name, serverDevice, delayUs, ...rules]);
  const prefix = family === 4 ? "10.77.0." : "fd77::";
  for (const [namespace, device, host] of [
    [client, clientDevice, 1],
    [server, serverDevice, 2],
  ]) {
    const length = family === 4 ? 24 : 64;
    const duplicateAddressDetection = family === 4 ? [] : ["nodad"];
    namespace.run(
      ...["ip", "address", "add", `${prefix}${host}/${length}`, "dev", device],
      ...duplicateAddressDetection,
    );
    namespace.run("ip", "link", "set", device, "up");
  }
  return { client, server, address: `${prefix}2`, clientDevice, serverDevice };
}

/**
 * A client, a router and a network of hosts, in a namespace each. All hosts live in one namespace: their addresses, `.1`
 * to `.3` of 198.51.100.0/24 or `::1` to `::3` of 2001:db8:e:10::/80, stand behind the router.
 */
export function onRouter({ family = 6, offload = false } = {}) {
  const [client, router, hosts] = [createNamespace(), createNamespace(), createNamespace()];
  const is6 = family === 6;
  const length = is6 ? 64 : 24;
  const near = (host) => (is6 ? `2001:db8:1::${host}` : `192.0.2.${host}`);
  const far = (host) => (is6 ? `2001:db8:2::${host}` : `203.0.113.${host}`);
  const addresses = [1, 2, 3].map((host) => (is6 ? `2001:db8:e:10::${host}` : `198.51.100.${host}`));
  const prefix = is6 ? "2001:db8:e:10::/80" : "198.51.100.0/24";
  joinByVeth(
    { namespace: client, device: "uplink", addresses: [`${near(5)}/${length}`] },
    { namespace: router, device: "to-client", addresses: [`${near(254)}/${length}`] },
    { offload },
  );
  joinByVeth(
    { namespace: hosts, device: "hosts", addresses: [`${far(5)}/${length}`] },
    { namespace: router, device: "to-hosts", addresses: [`${far(254)}/${length}`] },
    { offload },
  );
  for (const address of addresses) hosts.run("ip", "address", "add", address, "dev", "lo");
  router.set({ "net.ipv4.ip_forward": 1, "net.ipv6.conf.all.forwarding": 1 });
  const ip = (namespace, ...words) => namespace.run("ip", `-${family}`, ...words);
  ip(client, "route", "add", prefix, "via", near(254));
  ip(router, "route", "add", prefix, "via", far(5));
  ip(hosts, "route", "add", "default", "via", far(254));
  return {
    client,
    router,
    hosts,
    addresses,
    prefix,
    ip,
    clientAddress: near(5),
    gateway: near(254),
    next: far(5),
  };
}
