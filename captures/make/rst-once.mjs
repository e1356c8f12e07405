/**
 * A packet filter of a server's host answers one request of a connection by RST and drops what follows, as a ban does; a
 * router before it drops RSTs. Recorded on that host.
 */
import { writePage } from "./page.mjs";
import { COUNT, GIVE_UP_SECONDS, recordResets, requestsTo, resetsOf } from "./resetting-hosts.mjs";

const FILE = "rst-once.pcap";
const CONNECTION = "ip daddr . tcp sport";

const { unheard, heard, open, recordedBy, setup, observed } = await recordResets(
  FILE,
  (addresses, isRequest) => [
    "add set ip filter banned { type ipv4_addr . inet_service ; flags dynamic ; }",
    `add rule ip filter input ${CONNECTION} @banned counter drop`,
    ...addresses.map(
      (address) =>
        `add rule ip filter input ip daddr ${address} ${isRequest} add @banned { ${CONNECTION} } counter reject with tcp reset`,
    ),
  ],
);

writePage({
  file: FILE,
  recordedBy,
  setup,
  happened: `
A packet filter on the host of ${unheard} and ${heard} lets handshakes pass, answers the first request of each connection by RST and drops all that comes on it later.
The RST of ${heard} ends its clients' connections at once; that of ${unheard} is dropped by the router, so that its ${COUNT} clients send their request again and again,
draw nothing any more, and give up after ${GIVE_UP_SECONDS} s. ${open} answers as it should.`,
  signature: [
    [`requests to ${unheard}`, requestsTo(unheard), 4 * COUNT, 8 * COUNT],
    [`RSTs from there`, resetsOf(unheard), COUNT],
    [`requests to ${heard}`, requestsTo(heard), 2],
    [`RSTs from there`, resetsOf(heard), 2],
    [`RSTs from ${open}`, resetsOf(open), 0],
  ],
  example: resetsOf(unheard),
  observed,
});
