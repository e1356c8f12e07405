import { type FoundPacket, LineJoiner } from "./line-joiner.js";
import type { LineTime } from "./line-time.js";
import { areDeltas } from "./text-clock.js";

/** How much of a text is looked at for a packet: a letter may say much before it comes to the point. */
export const TEXT_LOOK_BYTES = 64 * 1024;

export interface TextLook {
  /** Whether some line tells a TCP segment with its numbers. */
  readonly hasPackets: boolean;
  /** Whether some line is one of `tcpdump -q`, without numbers. */
  readonly isQuiet: boolean;
  /** Whether times are those since the packet before (`-ttt`). */
  readonly areClocksDeltas: boolean;
}

/** Looks for packets that tcpdump printed. `bytes`: the beginning of a text, up to TEXT_LOOK_BYTES. */
export function lookAtText(bytes: Uint8Array): TextLook {
  const joiner = new LineJoiner();
  const times: (LineTime | null)[] = [];
  let hasPackets = false;
  const note = (found: FoundPacket | null): void => {
    if (found === null) return;
    times.push(found.time);
    hasPackets ||= found.packet !== null;
  };
  if (!bytes.includes(0)) {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
    for (const line of text.split("\n")) {
      note(joiner.push(line));
    }
    note(joiner.end());
  }
  return {
    hasPackets,
    isQuiet: joiner.quietLines > 0,
    areClocksDeltas: areDeltas(times),
  };
}
