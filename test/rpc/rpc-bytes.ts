import { SegmentBatch } from "../../src/decode/segment-batch.js";
import type { RpcCall } from "../../src/rpc/rpc-call.js";
import { RpcObserver } from "../../src/rpc/rpc-observer.js";
import { ACK, PSH } from "../../src/tcp/flags.js";

/** Octets from hexadecimal; spaces are for the reader. */
export function hex(text: string): number[] {
  return text
    .replaceAll(/\s+/g, "")
    .match(/../g)!
    .map((octet) => Number.parseInt(octet, 16));
}

export function word(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

/** A record of one fragment: record mark and message. RFC 5531, section 11. */
export function record(message: readonly number[]): number[] {
  return [...word((0x80000000 | message.length) >>> 0), ...message];
}

/** A call with empty credential and verifier, and so many octets of arguments. RFC 5531, section 9. */
export function call(xid: number, argumentBytes = 0, program = 100003, version = 3, procedure = 1): number[] {
  const header = [xid, 0, 2, program, version, procedure, 0, 0, 0, 0].flatMap(word);
  return record([...header, ...new Array<number>(argumentBytes).fill(0x61)]);
}

/** An accepted reply with so many octets of results. */
export function reply(xid: number, resultBytes = 0): number[] {
  return record([...[xid, 1, 0, 0, 0, 0].flatMap(word), ...new Array<number>(resultBytes).fill(0x62)]);
}

export interface Sent {
  readonly from: "client" | "server";
  readonly bytes: readonly number[];
  /** Relative sequence number of the first octet; default: behind what that side sent last. */
  readonly seq?: number;
  /** Octets that the capture kept; default all. */
  readonly captured?: number;
  readonly ack?: number;
  readonly flow?: number;
  readonly serverPort?: number;
}

/**
 * The calls that the observer finds in segments sent a microsecond apart; frames count from 1. `forgotten`: flows that are
 * forgotten behind them.
 */
export function observe(sent: readonly Sent[], batchRows = 4, forgotten: readonly number[] = []): RpcCall[] {
  const observer = new RpcObserver();
  const next = new Map<string, number>();
  for (let first = 0; first < sent.length; first += batchRows) {
    const part = sent.slice(first, first + batchRows);
    const batch = new SegmentBatch(part.length);
    const octets: number[] = [];
    for (const [row, each] of part.entries()) {
      const { from, bytes, flow = 1, serverPort = 2049, captured = bytes.length, ack = 0 } = each;
      const seq = each.seq ?? next.get(`${flow} ${from}`) ?? 1;
      next.set(`${flow} ${from}`, seq + bytes.length);
      batch.frame[row] = first + row + 1;
      batch.timeNs[row] = (first + row) * 1000;
      batch.flow[row] = flow;
      batch.fromServer[row] = from === "server" ? 1 : 0;
      batch.sourcePort[row] = from === "server" ? serverPort : 700;
      batch.destinationPort[row] = from === "server" ? 700 : serverPort;
      batch.flags[row] = ACK | PSH;
      batch.relativeSeq[row] = seq;
      batch.relativeAck[row] = ack;
      batch.payloadAt[row] = octets.length;
      batch.payloadLength[row] = bytes.length;
      batch.payloadCaptured[row] = captured;
      octets.push(...bytes.slice(0, captured));
    }
    batch.length = part.length;
    batch.captureId = 1;
    batch.bytes = Uint8Array.from(octets);
    observer.observe(batch, 1 + Math.max(...part.map(({ flow = 1 }) => flow)));
  }
  for (const flowId of forgotten) observer.forget(flowId);
  return [...observer.finish()];
}

/** `xid:callFrame>replyFrame`, with `-` for no reply and `?` where there may be one. */
export function brief(calls: readonly RpcCall[]): string[] {
  return calls.map(
    ({ xid, frame, reply: answer, mayHaveReply }) =>
      `${xid}:${frame}>${answer === null ? (mayHaveReply ? "?" : "-") : answer.frame}`,
  );
}
