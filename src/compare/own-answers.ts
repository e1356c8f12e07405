import { openCapture } from "../capture/open-capture.js";
import { Decoder } from "../decode/decode.js";
import { SegmentBatch } from "../decode/segment-batch.js";
import { createFlowCursor } from "../flows/flow.js";
import { FlowTable } from "../flows/flow-table.js";
import { COMPLETENESS_SYN } from "../flows/labels/completeness.js";
import { REUSED_PORTS } from "../flows/labels/label.js";
import { ACK, SYN } from "../tcp/flags.js";
import type { FrameAnswer } from "./frame-answer.js";

/** What this tool says of a frame, and what helps to see why. */
export interface OwnAnswer extends FrameAnswer {
  /** Nanoseconds since the capture's first frame. */
  readonly timeNs: number;
  readonly fromServer: boolean;
  readonly isCopy: boolean;
  /** Octets since the sender's and the receiver's ISN. */
  readonly relativeSeq: number;
  readonly relativeAck: number;
  /** Window field as sent, not scaled. */
  readonly window: number;
}

/**
 * The answers to every TCP frame of a capture, in the order of the frames. Throws what openCapture throws. Frames go
 * one at a time, because the flow's record tells only what holds after the latest segment.
 */
export async function* ownAnswers(path: string): AsyncGenerator<OwnAnswer, void, undefined> {
  const source = await openCapture(path, { batchFrames: 1 });
  const decoder = new Decoder(source.interfaces);
  const batch = new SegmentBatch(1);
  const table = new FlowTable();
  const flow = createFlowCursor();
  /** By flow id: completeness after its latest segment. */
  const completeness: number[] = [];
  try {
    for await (const frames of source.batches()) {
      decoder.decode(frames, batch);
      if (batch.length === 0) continue;
      table.track(batch, 1, 0, () => {});
      const id = batch.flow[0]!;
      const before = completeness[id] ?? firstCompleteness(batch);
      table.seek(flow, id);
      completeness[id] = flow.completeness;
      yield answerOf(batch, before, flow.initialRttNs);
    }
  } finally {
    table.close();
    await source.close();
  }
}

/** tshark shows what came before the frame, but counts the SYN that takes over used ports at once. */
function firstCompleteness(batch: SegmentBatch): number {
  const isSyn = (batch.flags[0]! & (SYN | ACK)) === SYN;
  return isSyn && batch.analysis[0]! & REUSED_PORTS ? COMPLETENESS_SYN : 0;
}

function answerOf(batch: SegmentBatch, completeness: number, initialRttNs: number): OwnAnswer {
  return {
    frame: batch.frame[0]!,
    stream: batch.flow[0]!,
    sourcePort: batch.sourcePort[0]!,
    destinationPort: batch.destinationPort[0]!,
    seq: batch.seq[0]!,
    ack: batch.ack[0]!,
    payloadLength: batch.payloadLength[0]!,
    flags: batch.flags[0]!,
    labels: batch.analysis[0]!,
    completeness,
    initialRttNs,
    ackRttNs: batch.ackRttNs[0]!,
    bytesInFlight: batch.bytesInFlight[0]!,
    duplicateAckNumber: batch.duplicateAckNumber[0]!,
    rtoNs: batch.rtoNs[0]!,
    timeNs: batch.timeNs[0]!,
    fromServer: batch.fromServer[0] === 1,
    isCopy: batch.isCopy[0] === 1,
    relativeSeq: batch.relativeSeq[0]!,
    relativeAck: batch.relativeAck[0]!,
    window: batch.window[0]!,
  };
}
