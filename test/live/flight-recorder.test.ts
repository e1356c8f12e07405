import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { FrameBatch } from "../../src/capture/frame-batch.js";
import { SegmentBatch } from "../../src/decode/segment-batch.js";
import type { Finding } from "../../src/engine/finding.js";
import { AnalyzeError } from "../../src/errors.js";
import { FlightRecorder, type RecorderLimits } from "../../src/live/flight-recorder.js";
import { packetFileName } from "../../src/live/packet-file.js";
import { useScratchFolder } from "../store/scratch-folder.js";
import { Mounts, skipBecause } from "../support/mounts.js";

const LIMITS: RecorderLimits = { ringBytes: 10_000, ringFrames: 100, fileBytes: 5000, folderBytes: 20_000 };
const ORIGIN = {
  originNs: 1_700_000_000_000_000_000n,
  interfaces: [{ linkType: 1, name: "eth0", snaplen: 65_535, dropped: null }],
};
const FRAME_BYTES = 100;

function finding(flowIds: readonly number[], changes: Partial<Finding> = {}): Finding {
  return {
    ruleId: "connect-teardown-loop",
    severity: "error",
    messageId: "loop",
    message: "",
    why: "",
    remedy: "",
    data: {},
    confidence: "strong",
    vantage: "unknown",
    alternatives: [],
    subject: "10.0.0.1 -> 10.0.0.2:80",
    flowIds,
    evidence: [],
    startNs: 0,
    endNs: 0,
    fingerprint: "0123456789abcdef",
    ...changes,
  };
}
const NAME = "connect-teardown-loop-10.0.0.1_-_10.0.0.2_80-01234567.pcapng";

describe("the flight recorder", () => {
  const mounts = new Mounts();
  // Before the folder is removed.
  afterEach(() => mounts.undo());
  const scratch = useScratchFolder();
  let taken = 0;

  function open(limits: Partial<RecorderLimits> = {}): FlightRecorder {
    return FlightRecorder.open(scratch.path("packets"), ORIGIN, { ...LIMITS, ...limits });
  }

  /** A frame for each flow, numbered on; those of flow 0 hold no segment. */
  function take(recorder: FlightRecorder, ...flows: number[]): void {
    const frames = new FrameBatch(flows.length);
    const segments = new SegmentBatch(flows.length);
    frames.length = flows.length;
    frames.bytes = new Uint8Array(flows.length * FRAME_BYTES);
    for (const [row, flow] of flows.entries()) {
      frames.frame[row] = ++taken;
      frames.at[row] = row * FRAME_BYTES;
      frames.capturedLength[row] = FRAME_BYTES;
      frames.wireLength[row] = FRAME_BYTES;
      frames.bytes[row * FRAME_BYTES] = taken;
      if (flow === 0) continue;
      segments.frame[segments.length] = taken;
      segments.flow[segments.length++] = flow;
    }
    recorder.take(frames, segments, []);
  }

  /** First octet of each frame in the file. */
  function savedFrames(name = NAME): number[] {
    const file = readFileSync(scratch.path(`packets/${name}`));
    const first: number[] = [];
    for (let at = 0; at < file.length; at += file.readUInt32LE(at + 4)) {
      // An enhanced packet block; its frame begins 28 octets on. draft-ietf-opsawg-pcapng, section 4.3.
      if (file.readUInt32LE(at) === 6) first.push(file[at + 28]!);
    }
    return first;
  }

  beforeEach(() => {
    taken = 0;
  });

  it("names files by rule, subject and fingerprint, without anything that a file system minds", () => {
    expect(packetFileName(finding([1]))).to.equal(NAME);
    expect(packetFileName(finding([1], { subject: "../\u0000[::1]:80/x" }), 2)).to.equal(
      "connect-teardown-loop-1_80_x-01234567-2.pcapng",
    );
    expect(packetFileName(finding([1], { subject: "é".repeat(300) + "a".repeat(300) })).length).to.be.below(
      200,
    );
  });

  it("writes the frames of a finding's flows only", () => {
    const recorder = open();
    take(recorder, 1, 2, 0, 1);
    recorder.save([{ id: 5, finding: finding([1]) }]);
    expect(savedFrames()).to.deep.equal([1, 4]);
    expect(recorder.savedOf(5)).to.deep.equal({ path: scratch.path(`packets/${NAME}`), frames: 2 });
  });

  it("adds what came since, though the ring has forgotten what was written", () => {
    const recorder = open({ ringFrames: 2 });
    take(recorder, 1, 1);
    recorder.save([{ id: 5, finding: finding([1]) }]);
    take(recorder, 1, 2);
    recorder.save([{ id: 5, finding: finding([1, 2]) }]);
    expect(savedFrames()).to.deep.equal([1, 2, 3, 4]);
    expect(recorder.savedOf(5)?.frames).to.equal(4);
  });

  it("writes a file anew that somebody has changed meanwhile", () => {
    const recorder = open();
    take(recorder, 1);
    recorder.save([{ id: 5, finding: finding([1]) }]);
    writeFileSync(scratch.path(`packets/${NAME}`), "something else");
    take(recorder, 1);
    recorder.save([{ id: 5, finding: finding([1]) }]);
    expect(savedFrames()).to.deep.equal([1, 2]);
  });

  it("gives two findings of one name a file each", () => {
    const recorder = open();
    take(recorder, 1, 2);
    recorder.save([
      { id: 1, finding: finding([1]) },
      { id: 2, finding: finding([2]) },
    ]);
    expect(savedFrames()).to.deep.equal([1]);
    expect(savedFrames(NAME.replace(".pcapng", "-2.pcapng"))).to.deep.equal([2]);
  });

  it("bounds a file by leaving out the oldest frames", () => {
    const recorder = open({ fileBytes: 2 * FRAME_BYTES });
    take(recorder, 1, 1, 1);
    recorder.save([{ id: 1, finding: finding([1]) }]);
    expect(savedFrames()).to.deep.equal([2, 3]);
  });

  it("bounds all files together, and says so once", () => {
    const recorder = open({ folderBytes: 500 });
    take(recorder, 1, 2, 3, 4);
    const findings = [1, 2, 3, 4].map((id) => ({ id, finding: finding([id], { subject: `s${id}` }) }));
    recorder.save(findings);
    recorder.save(findings);
    expect(readdirSync(scratch.path("packets"))).to.have.length(2);
    expect(recorder.notes).to.have.length(1);
    expect(recorder.savedOf(4)).to.equal(null);
  });

  it("says once that the disk is full, leaves no part of a file, and saves again when there is room", function () {
    const why = mounts.mount(scratch.path("packets"), "size=16k");
    if (why !== null) skipBecause(this, why);
    const recorder = open();
    writeFileSync(scratch.path("packets/other"), new Uint8Array(16 * 1024));
    take(recorder, 1, 2);
    recorder.save([{ id: 1, finding: finding([1]) }]);
    recorder.save([{ id: 2, finding: finding([2], { subject: "other" }) }]);
    expect(readdirSync(scratch.path("packets"))).to.deep.equal(["other"]);
    expect(recorder.notes).to.have.length(1);
    expect(recorder.notes[0]).to.match(
      /^cannot write the packets .*: the disk is full; capturing goes on\.$/,
    );

    execFileSync("rm", [scratch.path("packets/other")]);
    recorder.save([{ id: 1, finding: finding([1]) }]);
    expect(savedFrames()).to.deep.equal([1]);
  });

  it("refuses a folder that is a file, with a sentence", () => {
    writeFileSync(scratch.path("packets"), "");
    expect(() => open()).to.throw(AnalyzeError, "it is not a folder");
  });
});
