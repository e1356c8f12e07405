import type { CaptureInterface } from "./capture-source.js";
import { InterfaceClock } from "./interface-clock.js";
import { visitOptions } from "./pcapng-options.js";

const OPTION_IF_NAME = 2;
const OPTION_IF_TSRESOL = 9;
const OPTION_IF_TSOFFSET = 14;
const OPTION_ISB_IFDROP = 5;
const OPTION_ISB_OSDROP = 7;
const OPTION_EPB_DROPCOUNT = 4;

/** Microseconds, when the description names no resolution. */
const DEFAULT_RESOLUTION = 6;

/** An interface with what is needed to read its frames' times and to keep its drop count. */
export interface PcapngInterface extends CaptureInterface {
  readonly clock: InterfaceClock;
  /** True once statistics, which count everything, replaced the sum of the frames' own drop counts. */
  hasStatistics: boolean;
}

/**
 * Reads the body of an interface description block, at least 8 octets from `at` to `end`.
 * draft-ietf-opsawg-pcapng, section 4.2.
 */
export function readInterface(
  view: DataView,
  at: number,
  end: number,
  isLittleEndian: boolean,
): PcapngInterface {
  let name: string | null = null;
  let resolution = DEFAULT_RESOLUTION;
  let offsetSeconds = 0n;
  visitOptions(view, at + 8, end, isLittleEndian, (code, valueAt, lengthBytes) => {
    if (code === OPTION_IF_NAME) {
      const text = new TextDecoder().decode(
        new Uint8Array(view.buffer, view.byteOffset + valueAt, lengthBytes),
      );
      name = text.replace(/\0+$/, "");
    } else if (code === OPTION_IF_TSRESOL && lengthBytes === 1) resolution = view.getUint8(valueAt);
    else if (code === OPTION_IF_TSOFFSET && lengthBytes === 8)
      offsetSeconds = view.getBigInt64(valueAt, isLittleEndian);
  });
  return {
    linkType: view.getUint16(at, isLittleEndian),
    name,
    snaplen: view.getUint32(at + 4, isLittleEndian),
    dropped: null,
    clock: new InterfaceClock(resolution, offsetSeconds),
    hasStatistics: false,
  };
}

/**
 * Takes the drop counts of an interface statistics block whose options lie from `at` to `end`. They count from the
 * beginning of the capture, so the last block holds. draft-ietf-opsawg-pcapng, section 4.6.
 */
export function readStatistics(
  target: PcapngInterface,
  view: DataView,
  at: number,
  end: number,
  isLittleEndian: boolean,
): void {
  let dropped: number | null = null;
  visitOptions(view, at, end, isLittleEndian, (code, valueAt, lengthBytes) => {
    if (lengthBytes !== 8 || (code !== OPTION_ISB_IFDROP && code !== OPTION_ISB_OSDROP)) return;
    dropped = clampCount((dropped ?? 0) + Number(view.getBigUint64(valueAt, isLittleEndian)));
  });
  if (dropped === null) return;
  target.dropped = dropped;
  target.hasStatistics = true;
}

/** Adds frames that were lost just before one frame of the interface, as that frame's block says. */
export function addDropped(target: PcapngInterface, count: number): void {
  if (!target.hasStatistics) target.dropped = clampCount((target.dropped ?? 0) + count);
}

/** Takes epb_dropcount from an enhanced packet block's options. draft-ietf-opsawg-pcapng, section 4.3. */
export function readFrameOptions(
  target: PcapngInterface,
  view: DataView,
  at: number,
  end: number,
  isLittleEndian: boolean,
): void {
  visitOptions(view, at, end, isLittleEndian, (code, valueAt, lengthBytes) => {
    if (code === OPTION_EPB_DROPCOUNT && lengthBytes === 8)
      addDropped(target, Number(view.getBigUint64(valueAt, isLittleEndian)));
  });
}

/** A broken or hostile file may claim any 64-bit count; 2^50 - 1 leaves room to add up those of many interfaces. */
function clampCount(count: number): number {
  return Math.min(count, 2 ** 50 - 1);
}
