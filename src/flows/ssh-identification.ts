import type { SegmentBatch } from "../decode/segment-batch.js";

/** "SSH-", with which each end of SSH begins. RFC 4253, section 4.2. */
const SSH_IDENTIFICATION = [0x53, 0x53, 0x48, 0x2d] as const;

/** Whether the payload of that row, as captured, begins with the identification of SSH. */
export function isSshIdentification(
  { bytes, payloadAt, payloadCaptured }: SegmentBatch,
  row: number,
): boolean {
  if (payloadCaptured[row]! < SSH_IDENTIFICATION.length) return false;
  const at = payloadAt[row]!;
  return SSH_IDENTIFICATION.every((octet, index) => bytes[at + index] === octet);
}
