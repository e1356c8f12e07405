import { writeFileSync } from "node:fs";
import { expect } from "chai";
import { compareCapture } from "../../../src/compare/compare-capture.js";
import type { FrameAnswer } from "../../../src/compare/frame-answer.js";
import { tsharkVersion } from "../../../src/compare/tshark-process.js";
import { SYN } from "../../../src/tcp/flags.js";
import { useScratchFolder } from "../../store/scratch-folder.js";
import { type CaptureFrame, pcapFile } from "../../support/capture-bytes.js";
import { erraticTraffic } from "../../support/erratic-traffic.js";
import { answersOf, expectedLabels, labelNames, labelScriptBytes } from "../../support/label-script.js";
import { LABEL_SCRIPTS } from "./label-scripts.js";

/** The release whose meaning of the labels is ours. */
const TSHARK = /^4\.0\./;
/** Enough for every label a hundred times over; tshark needs a second for them. */
const ERRATIC_FRAMES = 15_000;
const ETHERNET_OCTETS = 14;
const ETHERNET_IP_OCTETS = ETHERNET_OCTETS + 20;
const ETHERNET_IP_TCP_OCTETS = ETHERNET_IP_OCTETS + 20;
const IP_FRAGMENT_AT = 6;
const MORE_FRAGMENTS = [0x20, 0];
const TCP_FLAGS_AT = 13;

describe("the labels of segments", () => {
  const folder = useScratchFolder();

  function write(bytes: Uint8Array): string {
    const path = folder.path("labels.pcap");
    writeFileSync(path, bytes);
    return path;
  }

  /** The frames of which tshark and we say something different, but for the length. */
  async function otherThanLengths(frames: readonly CaptureFrame[]) {
    const { differing } = await compareCapture(write(pcapFile(frames)), frames.length);
    return differing.filter(({ differences }) => differences.some((name) => name !== "tcp.len"));
  }

  for (const [title, script] of Object.entries(LABEL_SCRIPTS)) {
    it(title, async () => {
      const answers = await answersOf(write(labelScriptBytes(script)));
      expect(answers.map(({ labels }) => labelNames(labels))).to.deep.equal(expectedLabels(script));
    });
  }

  describe("against an installed tshark", function () {
    this.timeout(60_000);

    before(async function () {
      const version = await tsharkVersion().catch(() => "none");
      if (!TSHARK.test(version)) {
        this.test!.title += ` (skipped: tshark 4.0 is not installed, found ${version})`;
        this.skip();
      }
    });

    for (const [title, script] of Object.entries(LABEL_SCRIPTS)) {
      it(`agree: ${title}`, async () => {
        const { differing } = await compareCapture(write(labelScriptBytes(script)), 5);
        expect(differing).to.deep.equal([]);
      });
    }

    it("agree on frames that a tool cut and recorded as whole", async () => {
      const cut = (frames: readonly CaptureFrame[]) =>
        frames.map(({ timeNs, bytes }, index) => ({
          timeNs,
          bytes: bytes.subarray(0, index % 3 === 0 ? 100 : 2000),
        }));
      expect(await otherThanLengths(cut(erraticTraffic(2000, 1)))).to.deep.equal([]);
    });

    it("agree on frames that end within the TCP header, and say nothing of them", async () => {
      const frames = erraticTraffic(2000, 1).map(({ timeNs, bytes }, index) => {
        const isShort = index % 3 === 0 && (bytes[ETHERNET_IP_OCTETS + TCP_FLAGS_AT]! & SYN) === 0;
        return { timeNs, bytes: isShort ? bytes.subarray(0, ETHERNET_IP_OCTETS + 20) : bytes };
      });
      expect(await otherThanLengths(frames)).to.deep.equal([]);
    });

    it("agree on frames that a tool cut before a snaplen cut them again", async () => {
      const frames = erraticTraffic(2000, 1).map(({ timeNs, bytes }) => {
        return { timeNs, bytes: bytes.subarray(0, 100), wireLength: Math.min(bytes.length, 900) };
      });
      expect(await otherThanLengths(frames)).to.deep.equal([]);
    });

    it("agree on first fragments that a snaplen cut, and say nothing of them", async () => {
      const frames = erraticTraffic(2000, 1).map(({ timeNs, bytes }, index) => {
        if (index % 2 === 0 || bytes.length <= 100) return { timeNs, bytes };
        const fragment = bytes.slice(0, -1);
        fragment.set(MORE_FRAGMENTS, ETHERNET_OCTETS + IP_FRAGMENT_AT);
        return { timeNs, bytes: fragment, wireLength: bytes.length };
      });
      expect(await otherThanLengths(frames)).to.deep.equal([]);
    });

    it("agree on what follows SACK blocks that a snaplen cut", async () => {
      const cut = (frames: readonly CaptureFrame[]) =>
        frames.map(({ timeNs, bytes }, index) => ({
          timeNs,
          bytes: bytes.subarray(0, ETHERNET_IP_TCP_OCTETS + (index % 40)),
          wireLength: bytes.length,
        }));
      const path = write(pcapFile(cut(erraticTraffic(ERRATIC_FRAMES, 1))));
      const { differing } = await compareCapture(path, ERRATIC_FRAMES);
      // tshark prints nothing of a frame in whose options it finds the end.
      expect(differing.filter(({ theirs }) => theirs === null || saysSomething(theirs))).to.deep.equal([]);
    });

    it("agree frame by frame on traffic that does everything that no stack does", async () => {
      const seed = Math.floor(Math.random() * 2 ** 32);
      const frames = erraticTraffic(ERRATIC_FRAMES, seed);
      const path = write(pcapFile(frames));
      const { differing, agreement } = await compareCapture(path, 3);
      expect(differing, `seed ${seed}`).to.deep.equal([]);
      expect(agreement.sameFrames, `seed ${seed}`).to.equal(frames.length);
      for (const { name, both } of agreement.labels) expect(both, name).to.be.greaterThan(0);
    });
  });
});

/** tshark's analysis of a frame got as far as being printed. */
function saysSomething({ labels, ackRttNs, bytesInFlight }: FrameAnswer): boolean {
  return labels !== 0 || ackRttNs !== 0 || bytesInFlight !== 0;
}
