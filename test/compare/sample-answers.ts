import type { FrameAnswer } from "../../src/compare/frame-answer.js";

/** An answer to one frame, a plain ACK unless told otherwise. */
export function answer(frame: number, changes: Partial<FrameAnswer> = {}): FrameAnswer {
  return {
    frame,
    stream: 0,
    sourcePort: 40000,
    destinationPort: 80,
    seq: 1000,
    ack: 5000,
    payloadLength: 0,
    flags: 0x10,
    labels: 0,
    completeness: 0,
    initialRttNs: 0,
    ackRttNs: 0,
    bytesInFlight: 0,
    duplicateAckNumber: 0,
    rtoNs: 0,
    ...changes,
  };
}
