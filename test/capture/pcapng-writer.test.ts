import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { expect } from "chai";
import { openCapture } from "../../src/capture/open-capture.js";
import { pcapngFrame, pcapngInterface, pcapngSectionHeader } from "../../src/capture/pcapng-writer.js";

const FIRST_NS = 1_706_702_399_000_000_001n;
const FRAMES = [
  { interfaceId: 0, epochNs: FIRST_NS, bytes: Uint8Array.of(1, 2, 3, 4, 5), wireLength: 60 },
  { interfaceId: 1, epochNs: FIRST_NS + 2_000_000_007n, bytes: new Uint8Array(64).fill(9), wireLength: 64 },
];
const file = (): Buffer =>
  Buffer.concat([
    pcapngSectionHeader(),
    pcapngInterface({ linkType: 1, name: "eth0 \u2192 é", snaplen: 96, dropped: null }),
    pcapngInterface({ linkType: 113, name: null, snaplen: 0, dropped: null }),
    ...FRAMES.map(pcapngFrame),
  ]);

describe("the pcapng writer", () => {
  it("writes what the reader reads: interfaces, lengths, octets, times to the nanosecond", async () => {
    const source = await openCapture("-", { input: Readable.from([file()]) });
    const seen: unknown[] = [];
    for await (const batch of source.batches()) {
      for (let row = 0; row < batch.length; row++) {
        const at = batch.at[row]!;
        seen.push({
          interfaceId: batch.interfaceIndex[row],
          epochNs: source.originNs! + BigInt(batch.timeNs[row]!),
          bytes: batch.bytes.slice(at, at + batch.capturedLength[row]!),
          wireLength: batch.wireLength[row],
        });
      }
    }
    expect(source.damage).to.equal(null);
    expect(seen.map((each) => JSON.stringify(each, bigintAsText))).to.deep.equal(
      FRAMES.map((each) => JSON.stringify(each, bigintAsText)),
    );
    expect(source.interfaces.map(({ linkType, name, snaplen }) => [linkType, name, snaplen])).to.deep.equal([
      [1, "eth0 \u2192 é", 96],
      [113, null, 0],
    ]);
  });

  it("writes what tshark reads", function () {
    const folder = mkdtempSync(join(tmpdir(), "pcapng-writer-"));
    try {
      writeFileSync(join(folder, "a.pcapng"), file());
      const fields = ["frame.time_epoch", "frame.len", "frame.cap_len", "frame.interface_id"];
      const args = [
        "-n",
        "-r",
        join(folder, "a.pcapng"),
        "-T",
        "fields",
        ...fields.flatMap((each) => ["-e", each]),
      ];
      let printed: string;
      try {
        printed = execFileSync("tshark", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") return this.skip();
        throw error;
      }
      expect(printed.trim().split("\n")).to.deep.equal([
        "1706702399.000000001\t60\t5\t0",
        "1706702401.000000008\t64\t64\t1",
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

function bigintAsText(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
