import { CHECKSUM_VALID, CHECKSUM_WRONG } from "../../decode/checksum.js";
import type { Evidence } from "../../engine/finding.js";
import type { Observer, RuleHooks } from "../../engine/rule.js";
import type { Endpoint } from "../../flows/endpoint.js";
import type { Flow } from "../../flows/flow.js";
import { SYN } from "../../tcp/flags.js";
import { ONE_TIMER_NS } from "./one-timer.js";

/** Of the repetitions that were looked at: with one that is wrong by chance the next is right. */
const FEWEST_WRONG = 2;
/** An Ethernet segment without options holds 1460 octets: where the receiver's MSS was not captured. */
const LARGEST_COMMON_PAYLOAD_BYTES = 1460;

/** Octets that one side sends again and again with a wrong checksum, and that the other never acknowledges so. */
export interface WrongRepeats {
  readonly repeater: "client" | "server";
  /** How many had a wrong checksum of those that were looked at. */
  readonly count: number;
  /** The first and the last of them. */
  readonly first: Evidence;
  readonly last: Evidence;
  /** When they came with a right one; else the last of them. Nanoseconds. */
  readonly endNs: number;
}

export interface WrongChecksums extends RuleHooks {
  /** Null where nothing was wrong, or was accepted all the same. */
  of(flow: Flow): WrongRepeats | null;
}

const FIELDS = [
  "seq",
  "repeats",
  "latestNs",
  "isRight",
  "wrong",
  "firstFrame",
  "firstNs",
  "lastFrame",
  "lastNs",
] as const;
type Fields = Record<(typeof FIELDS)[number], number>;

/**
 * Looks at the checksums of what is repeated a second time and more, of the octets that the receiver waits for: ordinary loss
 * is made good by the first repetition, so that nearly no segment is summed.
 */
export const observeWrongChecksums: Observer<WrongChecksums> = (perFlow) => {
  const kept = { client: perFlow(...FIELDS), server: perFlow(...FIELDS) };
  return {
    repeated(segment, flow) {
      const peer = segment.fromServer ? flow.client : flow.server;
      if (segment.flags & SYN || segment.relativeSeq !== peer.ackedTo) return;
      // Cut by a network card later, or joined by one: its checksum is none of a segment on a wire.
      if (segment.payloadLength > (peer.mss || LARGEST_COMMON_PAYLOAD_BYTES)) return;
      const run = (segment.fromServer ? kept.server : kept.client).of(flow);
      if (run.repeats === 0 || run.seq !== segment.relativeSeq) {
        if (run.wrong >= FEWEST_WRONG) return;
        run.seq = segment.relativeSeq;
        run.repeats = run.wrong = 0;
      } else if (segment.timeNs - run.latestNs < ONE_TIMER_NS) return;
      run.latestNs = segment.timeNs;
      if (++run.repeats < 2) return;
      const { checksum } = segment;
      run.isRight = Number(checksum === CHECKSUM_VALID);
      if (checksum !== CHECKSUM_WRONG) return;
      run.lastFrame = segment.frame;
      run.lastNs = segment.timeNs;
      if (run.wrong++ > 0) return;
      run.firstFrame = segment.frame;
      run.firstNs = segment.timeNs;
    },
    of(flow) {
      return (
        toWrong(kept.client.of(flow), flow, "client", flow.server) ??
        toWrong(kept.server.of(flow), flow, "server", flow.client)
      );
    },
  };
};

function toWrong(
  run: Fields,
  { id: flowId }: Flow,
  repeater: "client" | "server",
  peer: Endpoint,
): WrongRepeats | null {
  if (run.wrong < FEWEST_WRONG) return null;
  // A receiver that accepts it has got another one: the capture was changed since.
  if (run.isRight === 0 && peer.ackedTo > run.seq) return null;
  return {
    repeater,
    count: run.wrong,
    first: { flowId, frame: run.firstFrame, timeNs: run.firstNs },
    last: { flowId, frame: run.lastFrame, timeNs: run.lastNs },
    endNs: run.isRight === 1 ? run.latestNs : run.lastNs,
  };
}
