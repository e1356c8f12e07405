import { expect } from "chai";
import { FrameBatch } from "../../../src/capture/frame-batch.js";
import { MergedRuns } from "../../../src/capture/live/merge-runs.js";
import { pcapFile } from "../../support/capture-bytes.js";

const ORIGIN_NS = 1_000_000_000n;
const HEADER_BYTES = 24;

/** A pcap file of frames of one octet each, at these nanoseconds of second 1; the octet is the time. */
function fileOf(...times: number[]): Buffer {
  const frames = times.map((timeNs) => ({ timeNs, bytes: Uint8Array.of(timeNs) }));
  return Buffer.from(pcapFile(frames, { epochSeconds: 1 }));
}

function records(...times: number[]): Buffer {
  return fileOf(...times).subarray(HEADER_BYTES);
}

function mergerOf(interfaces: number): MergedRuns {
  const each = { name: "x", header: fileOf(), snaplenBytes: 1 };
  return new MergedRuns(
    Array.from({ length: interfaces }, () => each),
    ORIGIN_NS,
    3,
  );
}

/** Every frame as [number, interface, time, octet]. */
function framesOf(merged: MergedRuns, lists: readonly Buffer[], batchFrames: number): number[][] {
  const bytes = Buffer.concat(lists);
  let start = 0;
  const runs = lists.map((list, interfaceIndex) => {
    const run = { interfaceIndex, start, end: start + list.length };
    start = run.end;
    return run;
  });
  merged.begin({ bytes, runs });
  const batch = new FrameBatch(batchFrames);
  const frames: number[][] = [];
  while (merged.fill(batch))
    for (let row = 0; row < batch.length; row++)
      frames.push([
        batch.frame[row]!,
        batch.interfaceIndex[row]!,
        batch.timeNs[row]!,
        batch.bytes[batch.at[row]!]!,
      ]);
  return frames;
}

describe("the frames of several interfaces", () => {
  for (const batchFrames of [1, 2, 3, 100])
    it(`come in the order of time, at ${batchFrames} frames a batch`, () => {
      const merged = mergerOf(2);
      expect(framesOf(merged, [records(1, 4, 5, 9), records(2, 3, 8)], batchFrames)).to.deep.equal([
        [1, 0, 1, 1],
        [2, 1, 2, 2],
        [3, 1, 3, 3],
        [4, 0, 4, 4],
        [5, 0, 5, 5],
        [6, 1, 8, 8],
        [7, 0, 9, 9],
      ]);
      expect(framesOf(merged, [records(7)], batchFrames)).to.deep.equal([[8, 0, 7, 7]]);
    });

  it("keep the order in which each of them gave its own", () => {
    expect(
      framesOf(mergerOf(2), [records(5, 2), records(3)], 10).map(([, , timeNs]) => timeNs),
    ).to.deep.equal([3, 5, 2]);
  });

  it("end where a record claims an impossible length", () => {
    const merged = mergerOf(1);
    const broken = Buffer.from(records(1, 2));
    broken.writeUInt32LE(0xffffffff, 17 + 8);
    expect(framesOf(merged, [broken], 10)).to.have.lengthOf(1);
    expect(merged.damage).to.match(/frame 2 claims 4294967295 octets/);
  });

  for (const interfaces of [1, 2])
    it(`of ${interfaces} are numbered from 1 again when 32 bits are used up, and still counted`, () => {
      const merged = mergerOf(interfaces);
      merged.frames = 2 ** 32 - 3;
      const lists = [records(1, 3, 5), records(2, 4)].slice(0, interfaces);
      const numbers = framesOf(merged, lists, 10).map(([number]) => number);
      expect(numbers).to.deep.equal([2 ** 32 - 2, 2 ** 32 - 1, 1, 2, 3].slice(0, numbers.length));
      expect(merged.frames).to.equal(2 ** 32 - 3 + numbers.length);
    });
});
