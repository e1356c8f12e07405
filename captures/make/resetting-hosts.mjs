import { counters } from "./observe.mjs";
import { outcomeTable } from "./page.mjs";
import { echoClients, startEchoClients, startListener } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onRouter } from "./topology.mjs";

const PORT = 8080;
/** Clients of the host whose RSTs are not heard, and for how long they wait. */
export const COUNT = 4;
export const GIVE_UP_SECONDS = 6;

/** Display filters: what clients send to a host, and its RSTs. */
export const requestsTo = (address) => `ip.dst == ${address} && tcp.len > 0`;
export const resetsOf = (address) => `ip.src == ${address} && tcp.flags.reset == 1`;

/**
 * Three addresses behind a router, recorded on their host: its packet filter answers requests to two of them by RST, and the
 * router drops the RSTs of the first. `filterRules` returns the filter's rules, as nft takes them, for these two and a match for requests; there
 * are a table `filter` and its chain `input`.
 */
export async function recordResets(file, filterRules) {
  const { client, router, hosts, addresses, clientAddress } = onRouter({ family: 4 });
  const [unheard, heard, open] = addresses;
  for (const namespace of [router, hosts]) namespace.run("nft", "add table ip filter");
  hosts.run("nft", "add chain ip filter input { type filter hook input priority 0 ; }");
  router.run("nft", "add chain ip filter forward { type filter hook forward priority 0 ; }");
  for (const rule of filterRules([unheard, heard], `tcp dport ${PORT} tcp flags & psh == psh`))
    hosts.run("nft", rule);
  router.run("nft", `add rule ip filter forward ip saddr ${unheard} tcp flags & rst == rst counter drop`);

  for (const address of addresses)
    await startListener(hosts, { address, port: PORT, backlog: 16, accepting: true });
  const recording = await record(hosts, { device: "hosts", file });
  const waiting = startEchoClients(client, {
    host: unheard,
    port: PORT,
    count: COUNT,
    gapMs: 200,
    giveUpMs: GIVE_UP_SECONDS * 1000,
  });
  await echoClients(client, { host: heard, port: PORT, count: 2 });
  await echoClients(client, { host: open, port: PORT, count: 2 });
  const outcomes = await waiting.outcomes();
  const recordedBy = await recording.stop();
  return {
    unheard,
    heard,
    open,
    recordedBy,
    setup: [
      `client ${clientAddress}, a router, and ${unheard}, ${heard} and ${open} behind it; recorded on the servers' host`,
    ],
    observed: [
      ["nftables on the router", router.run("nft", "list chain ip filter forward").trim()],
      ["nftables on the servers' host", hosts.run("nft", "list chain ip filter input").trim()],
      ["nstat of the client at the end", counters(client)],
      [`The clients of ${unheard}`, outcomeTable(outcomes)],
    ],
  };
}
