import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { summarizeCapture } from "../support/summarize-capture.js";

const folder = fileURLToPath(new URL("../../captures/", import.meta.url));
const captures = readdirSync(folder).filter((name) => /\.pcap(?:ng)?(?:\.gz)?$/.test(name));

/** Which rule must speak, and about how many flows; counted by hand in tshark, see each capture's page. */
const VERDICTS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "accept-queue-overflow": { "syn-ack-after-data": 3, "accept-queue-syn-drop": 2 },
  "accept-queue-overflow-ipv6": { "syn-ack-after-data": 3, "accept-queue-syn-drop": 2 },
  "accept-queue-overflow-veth": { "syn-ack-after-data": 3, "accept-queue-syn-drop": 2 },
  "accept-queue-watched": { "syn-ack-after-data": 3 },
  "both-ends-client": { "loss-rate-high": 6 },
  "both-ends-server": { "loss-rate-high": 6 },
  "begun-late": { "syn-ack-after-data": 3, "unaccepted-connection": 3 },
  "syncookies-watched": { "syncookie-ack-dropped": 3 },
  "unreachable-host": { "unreachable-host": 2 },
  "blackhole-forward": { "blackhole-forward": 2 },
  "not-forwarded": { "not-forwarded": 4 },
  "syns-not-forwarded": { "not-forwarded": 4 },
  "fin-unanswered": { "fin-unanswered": 3 },
  "close-wait-leak": { "close-wait-leak": 12 },
  "connection-cut-off": { "connection-cut-off": 3 },
  "idle-timeout": { "idle-timeout-middlebox": 6 },
  "idle-close-race": { "idle-close-race": 5 },
  "blackhole-reverse": { "blackhole-reverse": 2 },
  "route-blackhole-local": { "route-blackhole-local": 2 },
  // Which route it was only the log tells: kernel-beside.test.ts.
  "sticky-unreachable-route": { "route-blackhole-local": 2 },
  "route-flap-gap": {},
  "connect-teardown-loop": { "connect-teardown-loop": 60 },
  "connect-teardown-loop-reset": { "connect-teardown-loop": 60 },
  "loopback-2003": { "syn-ack-after-data": 1 },
  "nfs-server": { "rpc-call-unanswered": 1 },
  "nfs-teardown-loop": { "connect-teardown-loop": 120 },
  "rpc-reconnect-loop": { "rpc-reconnect-loop": 25 },
  "rpc-unanswered": { "rpc-call-unanswered": 1 },
  "failed-connects": { "syn-unanswered": 4, "syn-refused": 5 },
  "broken-off": { "rst-mid-stream": 3, "half-open-peer": 2, "keepalive-timeout": 1 },
  "narrow-path": { "pmtu-blackhole": 3 },
  mirrored: { "syn-ack-after-data": 3 },
  "abort-on-overflow": { "abort-on-overflow-rst": 3 },
  "two-hosts-one-address": { "syn-ack-wrong-isn": 6 },
  "deep-queue": { "delay-spike": 3 },
  "defer-accept": {},
  "health-checks": {},
  "healthy-many": {},
  "healthy-veth": {},
  "keepalives-and-window-probes": { "zero-window-stall": 1 },
  "loss-recovery": { "loss-rate-high": 5 },
  "lost-handshake-ack": {},
  "needless-retransmissions": {},
  "needless-retransmissions-receiver": {},
  reordering: {},
  "reused-tuple": { "reused-tuple-dropped": 3 },
  "paws-rejected": { "paws-rejected": 3 },
  "paws-rejected-sender": { "paws-rejected": 3 },
  "bad-checksum": { "bad-checksum": 3 },
  "syn-ack-lost": { "syn-ack-lost": 9 },
  "syn-ack-dropped": { "syn-ack-lost": 2, "syn-answered-late": 4, "syn-unanswered": 3 },
  "syn-extension-dropped": { "syn-extension-dropped": 6 },
  "syns-filtered": { "accept-queue-syn-drop": 5 },
  "rst-unheard": { "rst-unheard": 4 },
  "rst-once": { "rst-unheard": 4 },
  "syn-flood": { "syn-flood-suspect": 250 },
  "syn-queue-full": { "syn-queue-full": 7 },
  // Only the counters tell: kernel-beside.test.ts.
  "time-wait-overflow": {},
  "vantage-client": {},
  "vantage-router": {},
  "vantage-server": {},
  "window-limited": { "window-limited": 1 },
  "window-limited-receiver": { "window-limited": 1 },
  "window-scale-lost": { "window-scale-lost": 2 },
  "window-scale-stripped": { "window-scale-lost": 5 },
};

describe("captures made on a real kernel", () => {
  for (const name of captures) {
    const base = name.replace(/\.pcap(?:ng)?(?:\.gz)?$/, "");

    it(`${name}: is described on a page, and judged as before`, async () => {
      expect(existsSync(`${folder}${base}.md`), "page").to.equal(true);
      const summary = await summarizeCapture(folder + name);
      expect(summary).to.equal(readFileSync(`${folder}${base}.expected.txt`, "utf8"));
      const verdict: Record<string, number> = {};
      for (const [, rule, flows] of summary.matchAll(
        /^(?:error|warning) (\S+) .*\n.*\n((?: {2}flow .*\n)*)/gm,
      )) {
        verdict[rule!] = (verdict[rule!] ?? 0) + flows!.trimEnd().split("\n").length;
      }
      if (VERDICTS[base] !== undefined) expect(verdict).to.deep.equal(VERDICTS[base]);
      else expect(Object.keys(verdict), "a syncookies capture").to.include("syncookie-ack-dropped");
    });
  }

  it("is as small as a repository can bear", () => {
    for (const name of captures) expect(readFileSync(folder + name).length, name).to.be.below(300 * 1024);
  });
});
