import type { ByteWindow } from "./byte-window.js";
import type { FrameBatch } from "./frame-batch.js";
import { ENHANCED_PACKET } from "./pcapng-blocks.js";
import type { PcapngInterface } from "./pcapng-interface.js";

/** Type, length, interface, time, captured and wire length, and the length once more behind the frame. */
const FIXED_BYTES = 32;
const FRAME_AT = 28;

/**
 * The shortcut for what pcapng files are made of: enhanced packet blocks without options, one behind the other.
 * Appends their frames to the batch and moves `window.start` behind them, and stops at the first block that is
 * anything else, cut or not sound; what to do there is for the caller. Every clock's origin must be set. Three to
 * four times as fast as going block by block.
 * @param firstInterface index of the section's interface 0.
 * @param frameNumber number of the frame before.
 * @returns how many frames were appended.
 */
export function readEnhancedPackets(
  window: ByteWindow,
  batch: FrameBatch,
  isLittleEndian: boolean,
  interfaces: readonly PcapngInterface[],
  firstInterface: number,
  frameNumber: number,
): number {
  const { view, end } = window;
  const { frame, at: frameAt, capturedLength, wireLength, timeNs, interfaceIndex, capacity } = batch;
  const interfaceCount = interfaces.length;
  const firstRow = batch.length;
  let at = window.start;
  let row = firstRow;
  while (
    row < capacity &&
    end - at >= FIXED_BYTES &&
    view.getUint32(at, isLittleEndian) === ENHANCED_PACKET
  ) {
    const blockBytes = view.getUint32(at + 4, isLittleEndian);
    const captured = view.getUint32(at + 20, isLittleEndian);
    if (blockBytes > end - at || blockBytes - FIXED_BYTES - captured !== (-captured & 3)) break;
    if (view.getUint32(at + blockBytes - 4, isLittleEndian) !== blockBytes) break;
    const index = firstInterface + view.getUint32(at + 8, isLittleEndian);
    if (index >= interfaceCount) break;
    const high = view.getUint32(at + 12, isLittleEndian);
    const low = view.getUint32(at + 16, isLittleEndian);
    frame[row] = ++frameNumber;
    frameAt[row] = at + FRAME_AT;
    capturedLength[row] = captured;
    wireLength[row] = view.getUint32(at + 24, isLittleEndian);
    timeNs[row] = interfaces[index]!.clock.sinceOriginNs(high, low);
    interfaceIndex[row] = index;
    row++;
    at += blockBytes;
  }
  batch.length = row;
  window.start = at;
  return row - firstRow;
}
