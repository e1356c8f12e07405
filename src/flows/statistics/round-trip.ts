import type { Direction } from "./direction.js";

/**
 * Notes that a segment of `lengthBytes` (a SYN or FIN counting as one) was acknowledged exactly, `elapsedNs` after it
 * was last sent, `repeats` times again. `isPostLoss`: something before it was sent later, so that its acknowledgment
 * waited for that.
 */
export function noteRoundTrip(
  sender: Direction,
  elapsedNs: number,
  lengthBytes: number,
  repeats: number,
  isPostLoss: boolean,
): void {
  // Clocks are set back now and then.
  const rttNs = Math.max(0, elapsedNs);
  if (isPostLoss) {
    sender.postLossAcks++;
  } else if (repeats > 0) {
    // Which transmission was acknowledged is unknown (Karn's algorithm, RFC 6298, section 3).
    if (sender.ambiguousAcks === 0 || rttNs < sender.ambiguousRttMinimumNs)
      sender.ambiguousRttMinimumNs = rttNs;
    if (rttNs > sender.ambiguousRttMaximumNs) sender.ambiguousRttMaximumNs = rttNs;
    sender.ambiguousRttSumNs += rttNs;
    sender.ambiguousRttSquares += rttNs * rttNs;
    sender.ambiguousAcks++;
  } else {
    if (sender.rttSamples === 0 || rttNs < sender.rttMinimumNs) sender.rttMinimumNs = rttNs;
    if (rttNs > sender.rttMaximumNs) sender.rttMaximumNs = rttNs;
    sender.rttSumNs += rttNs;
    sender.rttSquares += rttNs * rttNs;
    sender.rttSamples++;
    if (lengthBytes >= sender.fullSizeBytes) noteFullSize(sender, rttNs, lengthBytes);
  }
}

/** The largest segments are the ones that say most of the path; a larger one makes the samples before it void. */
function noteFullSize(sender: Direction, rttNs: number, lengthBytes: number): void {
  if (lengthBytes > sender.fullSizeBytes) {
    sender.fullSizeBytes = lengthBytes;
    sender.fullRttSamples = 0;
    sender.fullRttMaximumNs = sender.fullRttSumNs = sender.fullRttSquares = 0;
  }
  if (sender.fullRttSamples === 0 || rttNs < sender.fullRttMinimumNs) sender.fullRttMinimumNs = rttNs;
  if (rttNs > sender.fullRttMaximumNs) sender.fullRttMaximumNs = rttNs;
  sender.fullRttSumNs += rttNs;
  sender.fullRttSquares += rttNs * rttNs;
  sender.fullRttSamples++;
}

/** Notes that an unacknowledged segment was sent again, `elapsedNs` after the time before, the `repeats`th time. */
export function noteResend(sender: Direction, elapsedNs: number, repeats: number): void {
  const resendNs = Math.max(0, elapsedNs);
  if (sender.resendTimes === 0 || resendNs < sender.resendMinimumNs) sender.resendMinimumNs = resendNs;
  if (resendNs > sender.resendMaximumNs) sender.resendMaximumNs = resendNs;
  sender.resendSumNs += resendNs;
  sender.resendSquares += resendNs * resendNs;
  sender.resendTimes++;
  if (repeats > sender.resendMaximum) sender.resendMaximum = repeats;
}
