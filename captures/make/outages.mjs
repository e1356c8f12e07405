/** Addresses that cannot be reached while their neighbours can: refused, swallowed one way or the other, or by the host itself. */
import { sleep } from "./command.mjs";
import { counters } from "./observe.mjs";
import { writePage } from "./page.mjs";
import { startTalk, startTalkServer } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onRouter } from "./topology.mjs";
import { watch } from "./watch.mjs";

const PORT = 8080;
const OUTAGE_MS = 6000;
/** Long enough for the timer of a sender that backs off to fire once more. */
const RECOVERY_MS = 7500;

/**
 * Two connections to each of three hosts; `breakRoute` and `mendRoute` change a routing table. `push`: the hosts send.
 * With `watched` the counters, sockets and routes of that namespace are recorded beside the packets.
 */
async function outage({
  name,
  family,
  push = false,
  watched,
  breakRoute,
  mendRoute,
  outageMs = OUTAGE_MS,
  ...page
}) {
  const place = onRouter({ family });
  const { client, hosts, addresses } = place;
  await startTalkServer(hosts, PORT);
  const recording = await record(client, { device: "uplink", file: `${name}.pcap` });
  const watching = watched === undefined ? undefined : await watch(place[watched], name, "ss -tino");
  const talk = await startTalk(client, { hosts: addresses, port: PORT, count: 2, push, everyMs: 250 });
  await sleep(2000);
  breakRoute(place);
  await sleep(outageMs);
  mendRoute(place);
  await sleep(RECOVERY_MS);
  await talk.stop();
  const commands = (await watching?.stop()) ?? {};
  const recordedBy = await recording.stop();
  const [host] = addresses;
  writePage({
    file: `${name}.pcap`,
    recordedBy,
    setup: [
      `client ${place.clientAddress}, router, and three hosts ${addresses.join(", ")} in ${place.prefix} behind it, two connections to each`,
      ...Object.entries(commands).map(
        ([kind, command]) => `\`${name}.${kind}.txt\`, on the ${watched}: \`${command}\``,
      ),
    ],
    happened: page.happened,
    signature: page.signature(family === 6 ? `ipv6.dst == ${host}` : `ip.dst == ${host}`, host),
    example: page.example,
    observed: [["nstat of the client at the end", counters(client)]],
  });
}

const single = ({ addresses: [host] }, family) => `${host}/${family === 6 ? 128 : 32}`;
const repeats = "tcp.analysis.retransmission && tcp.len > 0";

await Promise.all([
  outage({
    name: "unreachable-host",
    family: 6,
    watched: "router",
    breakRoute: (place) => place.ip(place.router, "route", "add", "unreachable", single(place, 6)),
    mendRoute: (place) => place.ip(place.router, "route", "del", "unreachable", single(place, 6)),
    happened: `
The client sends 100 octets every 250 ms on every connection. After 2 s the router gets an unreachable route for one of the hosts, for
6 s, and answers what goes there with ICMPv6 "no route to destination". The two connections to it repeat their data every 0.2 s
without backing off and go on at once when the route is gone. The other hosts in the same prefix answer all the while.`,
    signature: (to) => [
      ["ICMPv6 errors", "icmpv6.type == 1 && icmpv6.code == 0", 20, 80],
      ["data sent again to the unreachable host", `${repeats} && ${to}`, 20, 80],
    ],
    example: repeats,
  }),
  outage({
    name: "blackhole-forward",
    family: 4,
    breakRoute: (place) => place.ip(place.router, "route", "add", "blackhole", single(place, 4)),
    mendRoute: (place) => place.ip(place.router, "route", "del", "blackhole", single(place, 4)),
    happened: `
The client sends 100 octets every 250 ms on every connection. After 2 s the router gets a blackhole route for one of the hosts, for 6 s.
Nothing tells the client; its timer doubles, and the two connections go on only when it fires next after the repair.`,
    signature: (to) => [
      ["ICMP errors", "icmp", 0],
      ["data sent again to the host behind the blackhole", `${repeats} && ${to}`, 8, 20],
    ],
    example: repeats,
  }),
  outage({
    name: "blackhole-reverse",
    family: 4,
    push: true,
    breakRoute: (place) => place.ip(place.router, "route", "add", "blackhole", single(place, 4)),
    mendRoute: (place) => place.ip(place.router, "route", "del", "blackhole", single(place, 4)),
    happened: `
The hosts send 100 octets every 150 ms. After 2 s the router gets a blackhole route for one of them, for 6 s: what it sends arrives, and the
client's acknowledgments do not. It repeats its data with a timer that doubles, and the client acknowledges each time.`,
    signature: (_to, host) => [
      [
        "data that comes again from the host that hears nothing",
        `${repeats.replace("retransmission", "spurious_retransmission")} && ip.src == ${host}`,
        6,
        20,
      ],
    ],
    example: "tcp.analysis.spurious_retransmission",
  }),
  outage({
    name: "route-blackhole-local",
    family: 6,
    push: true,
    watched: "client",
    breakRoute: (place) => place.ip(place.client, "route", "add", "unreachable", single(place, 6)),
    mendRoute: (place) => place.ip(place.client, "route", "del", "unreachable", single(place, 6)),
    happened: `
The hosts send 100 octets every 150 ms. After 2 s the client itself gets an unreachable route to one of them, for 6 s: its data arrives, is repeated with a
timer that doubles, and the client sends it nothing at all. Not one of the client's counters tells of it.`,
    signature: (to) => [
      ["data that comes again from the host that gets no answer", `${repeats} && !(${to})`, 8, 20],
      ["ICMPv6 errors", "icmpv6.type == 1", 0],
    ],
    example: repeats,
  }),
  outage({
    name: "sticky-unreachable-route",
    family: 6,
    push: true,
    watched: "client",
    breakRoute(place) {
      place.ip(place.client, "route", "del", place.prefix);
      place.ip(place.client, "route", "add", place.prefix, "via", place.gateway);
      place.ip(place.client, "route", "add", "unreachable", single(place, 6));
    },
    mendRoute: (place) => place.ip(place.client, "route", "del", "unreachable", single(place, 6)),
    happened: `
The hosts send 100 octets every 150 ms. After 2 s the client's route to their prefix is deleted and added again, and an unreachable route
for one of them stays behind for 6 s, as old kernels left one in their cache; here it is added by hand. The prefix works, and
that one host gets nothing.`,
    signature: () => [["data that comes again", repeats, 8, 20]],
    example: repeats,
  }),
  outage({
    name: "route-flap-gap",
    family: 6,
    watched: "client",
    outageMs: 700,
    breakRoute(place) {
      place.ip(place.client, "route", "add", "unreachable", "2001:db8:e::/48", "metric", "4096");
      place.ip(place.client, "route", "del", place.prefix);
    },
    mendRoute: (place) => place.ip(place.client, "route", "add", place.prefix, "via", place.gateway),
    happened: `
The client sends 100 octets every 250 ms on every connection. After 2 s its route to the hosts' prefix is deleted, and added again 0.7 s later;
meanwhile an unreachable route for more addresses catches what goes there. All six connections pause, and nothing of that is on the wire.`,
    signature: () => [["data sent again", repeats, 0, 12]],
    example: "tcp.flags == 0x0002",
  }),
]);
