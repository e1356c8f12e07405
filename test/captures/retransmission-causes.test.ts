import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { openCapture } from "../../src/capture/open-capture.js";
import { Decoder } from "../../src/decode/decode.js";
import { SegmentBatch } from "../../src/decode/segment-batch.js";
import { type CauseName, causeConfidence, causeName, PROOF_DSACK } from "../../src/flows/causes/cause.js";
import { FlowTable } from "../../src/flows/flow-table.js";

const folder = fileURLToPath(new URL("../../captures/", import.meta.url));

interface Row {
  readonly sender: "client" | "server";
  readonly cause: CauseName;
  readonly confidence: string | null;
  readonly hasDsack: boolean;
}

/** Every repeated segment of a capture. */
async function repeatsOf(file: string): Promise<Row[]> {
  const source = await openCapture(folder + file, { batchFrames: 128 });
  const decoder = new Decoder(source.interfaces);
  const batch = new SegmentBatch(128);
  const table = new FlowTable();
  const rows: Row[] = [];
  const drain = (all: boolean) =>
    table.repeats.drain((row) => {
      rows.push({
        sender: row.fromServer === 1 ? "server" : "client",
        cause: causeName(row.cause)!,
        confidence: causeConfidence(row.cause),
        hasDsack: row.proof === PROOF_DSACK,
      });
    }, all);
  for await (const frames of source.batches()) {
    decoder.decode(frames, batch);
    table.track(batch, 1, 0, () => {});
    drain(false);
  }
  drain(true);
  await source.close();
  table.close();
  return rows;
}

/** How often each cause was found in what `sender` sent; 0 for those not found. */
function countsOf(rows: readonly Row[], sender: Row["sender"]): (cause: CauseName) => number {
  return (cause) => rows.filter((row) => row.sender === sender && row.cause === cause).length;
}

/** What the kernel of one end counted, from the capture's page; 0 for what it does not list. */
function kernelCounters(page: string, host: Row["sender"]): (name: string) => number {
  const text = readFileSync(folder + page, "utf8");
  const section = new RegExp(`## nstat of the ${host} at the end\\n\\n\`\`\`text\\n([^]*?)\`\`\``).exec(text);
  const values = new Map<string, number>();
  for (const [, name, value] of section![1]!.matchAll(/^(\w+) +(\d+)$/gm)) values.set(name!, Number(value));
  return (name) => values.get(name) ?? 0;
}

/**
 * The kernel counts a retransmission once in TcpRetransSegs, and by kind: fast ones, those in slow start after a
 * timeout, and those of the handshake; TCPTimeouts are timers expired, those of SYN-ACKs included. Of its loss probes
 * some are new data.
 */
const SENT_BY_THE_SERVER = [
  "loss-recovery",
  "needless-retransmissions",
  "needless-retransmissions-receiver",
] as const;

describe("causes beside what the kernel that sent the segments counted", () => {
  for (const name of SENT_BY_THE_SERVER) {
    it(name, async () => {
      const found = countsOf(await repeatsOf(`${name}.pcap`), "server");
      const kernel = kernelCounters(`${name}.md`, "server");
      const handshake = found("syn-ack-timer") + found("repeated-syn");
      expect(found("fast")).to.equal(kernel("TcpExtTCPFastRetrans"));
      expect(found("timeout")).to.equal(
        kernel("TcpExtTCPTimeouts") - found("syn-ack-timer") + kernel("TcpExtTCPSlowStartRetrans"),
      );
      expect(handshake).to.equal(kernel("TcpExtTCPSynRetrans"));
      expect(found("unknown")).to.equal(0);
      expect(found("fast") + found("timeout") + handshake + found("tail-loss-probe")).to.equal(
        kernel("TcpRetransSegs"),
      );
      expect(found("tail-loss-probe")).to.be.at.most(kernel("TcpExtTCPLossProbes"));
    });
  }

  it("keepalives-and-window-probes", async () => {
    const found = countsOf(await repeatsOf("keepalives-and-window-probes.pcap"), "client");
    const kernel = kernelCounters("keepalives-and-window-probes.md", "client");
    expect(found("keepalive")).to.equal(kernel("TcpExtTCPKeepAlive"));
    expect(found("window-probe")).to.equal(kernel("TcpExtTCPWinProbe"));
    expect(found("tail-loss-probe")).to.equal(kernel("TcpRetransSegs"));
  });

  for (const name of ["needless-retransmissions", "needless-retransmissions-receiver"]) {
    it(`${name}: every one is proved needless by D-SACK`, async () => {
      const rows = await repeatsOf(`${name}.pcap`);
      const sentAgain = rows.filter(({ cause }) => cause !== "network-duplicate" && cause !== "reordering");
      const kernel = kernelCounters(`${name}.md`, "server");
      expect(sentAgain).to.have.length(kernel("TcpRetransSegs"));
      expect(sentAgain.filter(({ hasDsack }) => hasDsack)).to.have.length(kernel("TcpExtTCPDSACKRecvSegs"));
    });
  }

  it("at the receiver the two segments that the path delayed are late, and the one that it doubled is doubled", async () => {
    const found = countsOf(await repeatsOf("needless-retransmissions-receiver.pcap"), "server");
    expect([found("reordering"), found("network-duplicate")]).to.deep.equal([2, 1]);
  });

  it("healthy-veth: nearly all, though some were lost before the capture and some behind it", async () => {
    const rows = await repeatsOf("healthy-veth.pcap");
    const kernel = kernelCounters("healthy-veth.md", "server");
    const found = countsOf(rows, "server");
    expect(found("unknown")).to.equal(0);
    expect(found("timeout")).to.equal(kernel("TcpExtTCPTimeouts"));
    expect(found("fast")).to.be.within(0.95 * kernel("TcpExtTCPFastRetrans"), kernel("TcpExtTCPFastRetrans"));
    expect(countsOf(rows, "client")("tail-loss-probe")).to.equal(
      kernelCounters("healthy-veth.md", "client")("TcpRetransSegs"),
    );
  });
});
