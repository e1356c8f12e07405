import type { Random } from "../two-hosts/random.js";
import type { FaultTime } from "./faults.js";
import type { RecordedFrame } from "./recording.js";

/** What a capture can be lacking in, made from one that lacks nothing. */
export interface Flaw {
  readonly name: string;
  readonly make: (frames: readonly RecordedFrame[], random: Random, time: FaultTime) => RecordedFrame[];
  /** The rule that must tell of it, or THE_FAULTS: one that must tell of the fault all the same; null for what is no flaw. */
  readonly rule: string | null;
  /** In what share of its captures it must. */
  readonly leastTold: number;
}

const SYN_FIN_RST = 0x07;
const SECOND_NS = 1e9;

const momentOf = (random: Random, from: number, to: number): number => random.between(from, to) * SECOND_NS;
const delayed = (frame: RecordedFrame, byNs: number): RecordedFrame => ({
  ...frame,
  timeNs: frame.timeNs + Math.round(byNs),
});
const inOrder = (frames: readonly RecordedFrame[]): RecordedFrame[] =>
  frames.toSorted((a, b) => a.timeNs - b.timeNs);
const oneEnd = (frames: readonly RecordedFrame[], random: Random): string =>
  random.pick([...new Set(frames.map(({ source }) => source))].sort() as [string, ...string[]]);

/** Any of the rules that may blame the fault. */
export const THE_FAULTS = "the fault's";

/** What any capture of a connection that goes on is like. */
const NO_FLAW = { rule: null, leastTold: 0 };

export const FLAWS: readonly Flaw[] = [
  {
    name: "begun late",
    make(frames, random) {
      const beginNs = frames[0]!.timeNs + momentOf(random, 1, 6);
      return frames.filter(({ timeNs }) => timeNs >= beginNs);
    },
    ...NO_FLAW,
  },
  {
    // As by somebody who begins to record because something hangs.
    name: "begun while it lasts",
    make(frames, random, { beginMs }) {
      const beginNs = frames[0]!.timeNs + beginMs * 1e6 + momentOf(random, 0.3, 1.8);
      return frames.filter(({ timeNs }) => timeNs >= beginNs);
    },
    rule: THE_FAULTS,
    leastTold: 0.2,
  },
  {
    name: "ended early",
    make(frames, random) {
      const endNs = frames[0]!.timeNs + momentOf(random, 4, 10);
      return frames.filter(({ timeNs }) => timeNs <= endNs);
    },
    ...NO_FLAW,
  },
  {
    name: "frames dropped here and there",
    make(frames, random) {
      const share = random.pick([0.005, 0.02, 0.1]);
      return frames.filter(() => random.next() >= share);
    },
    rule: "capture-lossy",
    leastTold: 0.7,
  },
  {
    name: "frames dropped for a while",
    make(frames, random) {
      const beginNs = frames[0]!.timeNs + momentOf(random, 1, 8);
      const endNs = beginNs + momentOf(random, 0.3, 2);
      return frames.filter(({ timeNs }) => timeNs < beginNs || timeNs >= endNs);
    },
    rule: "capture-lossy",
    leastTold: 0.4,
  },
  {
    name: "recorded twice",
    make(frames, random) {
      const laterNs = random.pick([2000, 20_000, 150_000]);
      return inOrder(frames.flatMap((frame) => [frame, delayed(frame, laterNs * random.between(0.5, 1.5))]));
    },
    rule: "capture-duplicated",
    leastTold: 0.9,
  },
  {
    name: "one direction only",
    make(frames, random) {
      const end = oneEnd(frames, random);
      return frames.filter(({ source }) => source === end);
    },
    rule: "capture-filtered",
    leastTold: 0.9,
  },
  {
    name: "only data",
    make: (frames) => frames.filter(({ payloadBytes }) => payloadBytes > 0),
    rule: "capture-filtered",
    leastTold: 0.8,
  },
  {
    name: "only SYN, FIN and RST",
    make: (frames) => frames.filter(({ tcpFlags }) => (tcpFlags & SYN_FIN_RST) !== 0),
    rule: "capture-filtered",
    leastTold: 0.8,
  },
  {
    name: "one direction by another clock",
    make(frames, random) {
      const end = oneEnd(frames, random);
      // Some more than the path takes, or its clock only makes the path longer or shorter.
      const aheadNs = momentOf(random, 0.25, 1.5) * random.pick([1, -1]);
      return inOrder(frames.map((frame) => (frame.source === end ? delayed(frame, aheadNs) : frame)));
    },
    rule: "capture-clock",
    leastTold: 0.8,
  },
  {
    name: "clock set back",
    make(frames, random) {
      const atNs = frames[0]!.timeNs + momentOf(random, 2, 8);
      const backNs = momentOf(random, 0.5, 60);
      return frames.map((frame) => (frame.timeNs < atNs ? frame : delayed(frame, -backNs)));
    },
    rule: "capture-clock",
    leastTold: 0.8,
  },
  {
    name: "clock set forward",
    make(frames, random) {
      const atNs = frames[0]!.timeNs + momentOf(random, 2, 8);
      const byNs = momentOf(random, 0.7, 60);
      return frames.map((frame) => (frame.timeNs < atNs ? frame : delayed(frame, byNs)));
    },
    rule: "capture-clock",
    leastTold: 0.5,
  },
  {
    name: "times in milliseconds",
    make: (frames) => frames.map((frame) => delayed(frame, -(((frame.timeNs % 1e6) + 1e6) % 1e6))),
    rule: "capture-clock",
    leastTold: 0.8,
  },
];
