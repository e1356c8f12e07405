/** A packet filter of a server's host rejects requests by RST, and a router before it drops these RSTs. Recorded on that host. */
import { writePage } from "./page.mjs";
import { COUNT, GIVE_UP_SECONDS, recordResets, requestsTo, resetsOf } from "./resetting-hosts.mjs";

const FILE = "rst-unheard.pcap";

const { unheard, heard, open, recordedBy, setup, observed } = await recordResets(
  FILE,
  (addresses, isRequest) =>
    addresses.map(
      (address) => `add rule ip filter input ip daddr ${address} ${isRequest} counter reject with tcp reset`,
    ),
);

writePage({
  file: FILE,
  recordedBy,
  setup,
  happened: `
A packet filter on the host of ${unheard} and ${heard} lets handshakes pass and answers requests by RST. Those of ${heard} end its clients' connections at once;
those of ${unheard} are dropped by the router, so that its ${COUNT} clients send their request again and again, draw a RST each time, and give up after ${GIVE_UP_SECONDS} s.
${open} answers as it should.`,
  signature: [
    [`requests to ${unheard}`, requestsTo(unheard), 4 * COUNT, 8 * COUNT],
    [`RSTs from there`, resetsOf(unheard), 4 * COUNT, 10 * COUNT],
    [`requests to ${heard}`, requestsTo(heard), 2],
    [`RSTs from there`, resetsOf(heard), 2],
    [`RSTs from ${open}`, resetsOf(open), 0],
  ],
  example: resetsOf(unheard),
  observed,
});
