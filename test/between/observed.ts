import type { End, Observation, ObservedFlow, ObservedSegment } from "../../src/between/observation.js";
import { ACK } from "../../src/tcp/flags.js";

/** A segment with ACK at so many milliseconds; whatever is not said is usual. */
export function segment(
  timeMs: number,
  seq: number,
  length: number,
  given: Partial<ObservedSegment> = {},
): ObservedSegment {
  return {
    frame: 1,
    timeNs: timeMs * 1e6,
    flags: ACK,
    seq,
    ack: 1,
    length,
    tsval: null,
    tsecr: null,
    ipId: null,
    ttl: 64,
    options: null,
    isRepeated: false,
    ...given,
  };
}

/** The same segment `delayMs` later, in another capture. */
export function taken(sent: ObservedSegment, delayMs: number, given: Partial<ObservedSegment> = {}) {
  return { ...sent, timeNs: sent.timeNs + delayMs * 1e6, ...given };
}

export function flow(id: number, given: Partial<ObservedFlow> = {}): ObservedFlow {
  return {
    id,
    clientAddress: "192.0.2.1",
    clientPort: 40_000 + id,
    serverAddress: "192.0.2.7",
    serverPort: 80,
    clientIsn: id * 1000,
    serverIsn: id * 2000,
    ...given,
  };
}

/** What a capture holds that lasts, from 0 s to 100 s if not said: segments of each flow and end. */
export function observation(
  name: string,
  held: readonly {
    readonly flow: ObservedFlow;
    readonly segments: Readonly<Record<End, ObservedSegment[]>>;
  }[],
  { fromMs = 0, toMs = 100_000 } = {},
): Observation {
  const span = { startNs: fromMs * 1e6, endNs: toMs * 1e6 };
  return {
    name,
    ...span,
    spans: [span],
    flows: held.map((each) => each.flow),
    segmentsOf: (asked, end) => held.find((each) => each.flow === asked)?.segments[end] ?? [],
  };
}
