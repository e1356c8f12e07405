import { readUint32 } from "../../decode/octets.js";
import {
  OPTION_END,
  OPTION_MULTIPATH,
  OPTION_SACK,
  OPTION_WINDOW_SCALE,
  optionLengthBytes,
  SACK_BLOCK_LENGTH,
  WINDOW_SCALE_LENGTH,
  WINDOW_SCALE_MAX,
} from "../../decode/tcp-options.js";
import type { Flow } from "../flow.js";
import type { LabelState } from "./label-state.js";
import type { MultipathGroups } from "./multipath-groups.js";

/** tshark keeps so many SACK blocks of a segment. */
const MAX_SACK_BLOCKS = 3;

/**
 * Takes the window scale and the SACK blocks of a segment into its sender's state, and the operations of Multipath TCP
 * into the flow's. Options that are malformed or cut end the list; `isCutInSack`: the list ends in a SACK option, of
 * which the blocks that are whole count.
 */
export function readLabelOptions(
  flow: Flow,
  sender: LabelState,
  groups: MultipathGroups,
  bytes: Uint8Array,
  at: number,
  lengthBytes: number,
  isCutInSack: boolean,
): void {
  const end = at + lengthBytes;
  for (let option = at; option < end && bytes[option] !== OPTION_END; ) {
    const length = optionLengthBytes(bytes, option, end);
    if (length === 0) {
      if (isCutInSack) sender.labelSackedBytes = sackedBytes(bytes, option + 2, end - option - 2);
      break;
    }
    switch (bytes[option]) {
      case OPTION_WINDOW_SCALE:
        if (length === WINDOW_SCALE_LENGTH) {
          sender.labelScalePlusTwo = Math.min(bytes[option + 2]!, WINDOW_SCALE_MAX) + 2;
        }
        break;
      case OPTION_SACK:
        sender.labelSackedBytes = sackedBytes(bytes, option + 2, length - 2);
        break;
      case OPTION_MULTIPATH:
        if (length > 2) groups.note(flow, bytes, option, length);
        break;
    }
    option += length;
  }
}

/** Octets within the first blocks, modulo 2^32. */
function sackedBytes(bytes: Uint8Array, at: number, lengthBytes: number): number {
  const blocks = Math.min(Math.floor(lengthBytes / SACK_BLOCK_LENGTH), MAX_SACK_BLOCKS);
  let sum = 0;
  for (let block = at; block < at + blocks * SACK_BLOCK_LENGTH; block += SACK_BLOCK_LENGTH) {
    sum = (sum + readUint32(bytes, block + 4) - readUint32(bytes, block)) >>> 0;
  }
  return sum;
}
