import { WINDOW_SCALE_MAX } from "../../decode/tcp-options.js";
import { ACK, SYN } from "../../tcp/flags.js";
import type { Direction } from "./direction.js";
import { SENT_SCALED_WINDOW, SENT_WINDOW_SCALE } from "./statistics-state.js";

/** The window in octets: scaled when both SYNs asked for it, and never in a SYN. RFC 7323, section 2.2. */
export function scaledWindow(sender: Direction, receiver: Direction, flags: number, window: number): number {
  if (!(flags & (ACK | SYN))) return 0;
  const isScaled = (sender.sentFacts & receiver.sentFacts & SENT_WINDOW_SCALE) !== 0 && !(flags & SYN);
  return isScaled ? window << Math.min(sender.windowShift, WINDOW_SCALE_MAX) : window;
}

/** What only one side asked for is not used. */
export function agreeOnScale(sender: Direction, receiver: Direction): void {
  if (sender.sentFacts & receiver.sentFacts & SENT_WINDOW_SCALE) return;
  if (sender.windowShift !== 0) sender.windowShift = 0;
  if (receiver.windowShift !== 0) receiver.windowShift = 0;
}

/** Windows in SYNs are not scaled: with the first scaled one the extremes begin anew. */
export function noteWindow(sender: Direction, receiver: Direction, flags: number, window: number): void {
  sender.windowLast = window;
  if (!(flags & (ACK | SYN))) return;
  if (window === 0) {
    if (flags & ACK) sender.zeroWindows++;
    return;
  }
  const isScaled = (sender.sentFacts & receiver.sentFacts & SENT_WINDOW_SCALE) !== 0 && !(flags & SYN);
  if (isScaled && !(sender.sentFacts & SENT_SCALED_WINDOW)) {
    sender.sentFacts |= SENT_SCALED_WINDOW;
    sender.scaledSegments = 1;
    sender.windowMaximum = sender.windowMinimum = sender.windowTotal = window;
    return;
  }
  sender.windowTotal += window;
  if (window > sender.windowMaximum) sender.windowMaximum = window;
  if (sender.windowMinimum === 0 || window < sender.windowMinimum) sender.windowMinimum = window;
}
