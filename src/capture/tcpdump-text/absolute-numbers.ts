import { ACK, FIN, SYN, type TextPacket } from "./text-packet.js";

/** Raw numbers of a segment, 0 to 2^32-1. */
export interface RawNumbers {
  readonly seq: number;
  readonly ack: number;
  /** To be added to the SACK edges as printed. */
  readonly sackBase: number;
}

/** One end's stream. */
interface Side {
  /** What tcpdump subtracts from this end's numbers; null until known. */
  base: number | null;
  /** True when `base` was not printed but taken from what stood before. */
  isBaseGuessed: boolean;
  /** Raw number expected next; null until known. */
  next: number | null;
  /** What was expected before a SYN with another number came: two hosts may have answered one SYN. */
  before: number | null;
}

interface Conversation {
  readonly sides: readonly [Side, Side];
  /** Whether numbers were found to be printed relative to the bases; null until a segment could tell. */
  isRelative: boolean | null;
}

/** Connections remembered; the oldest are forgotten first. */
const MAX_CONVERSATIONS = 100_000;

/**
 * Turns printed numbers into those of the headers. Without -S tcpdump prints numbers absolutely where the ACK bit is
 * missing, in SYNs, and in the first segment with ACK that it sees of a connection; these give the base of either
 * direction, from which all others are counted. With -S all are absolute. Which of the two a connection's segments
 * are shows in the first one behind the bases: it is what fits what was expected next.
 *
 * What is cut out of a longer text may begin with relative numbers; they are then taken as they are.
 */
export class AbsoluteNumbers {
  readonly #conversations = new Map<string, Conversation>();

  /** @param connection the same for both directions; @param from 0 or 1, the direction. */
  resolve(connection: string, from: 0 | 1, packet: TextPacket): RawNumbers {
    const conversation = this.#take(connection);
    const sender = conversation.sides[from];
    const receiver = conversation.sides[from === 0 ? 1 : 0];
    const numbers = this.#rawNumbers(conversation, sender, receiver, packet);
    const taken = (packet.flags & SYN ? 1 : 0) + (packet.flags & FIN ? 1 : 0) + packet.lengthBytes;
    const end = (numbers.seq + taken) >>> 0;
    if (packet.flags & SYN && sender.next !== end) sender.before = sender.next;
    // A new SYN starts over; nothing else goes back.
    if (sender.next === null || packet.flags & SYN || distance(end, sender.next) > 0) sender.next = end;
    if (packet.flags & ACK && (receiver.next === null || distance(numbers.ack, receiver.next) > 0))
      receiver.next = numbers.ack;
    return numbers;
  }

  #rawNumbers(conversation: Conversation, sender: Side, receiver: Side, packet: TextPacket): RawNumbers {
    const { flags } = packet;
    const ack = packet.ack ?? 0;
    if ((flags & ACK) === 0)
      return { seq: packet.seq ?? sender.next ?? 0, ack, sackBase: receiver.base ?? 0 };
    const isOpening = (flags & SYN) !== 0;
    if (isOpening || sender.base === null || receiver.base === null) {
      const seq = this.#firstNumber(sender, packet);
      conversation.isRelative = null;
      receiver.base = (ack - 1) >>> 0;
      receiver.isBaseGuessed = false;
      return { seq, ack, sackBase: receiver.base };
    }
    this.#correctGuess(sender, packet);
    conversation.isRelative ??= seemsRelative(sender, receiver, packet);
    const isRelative = conversation.isRelative === true;
    const seqBase = isRelative ? sender.base : 0;
    const ackBase = isRelative ? receiver.base : 0;
    const seq = packet.seq === null ? (sender.next ?? sender.base) : (packet.seq + seqBase) >>> 0;
    return { seq, ack: (ack + ackBase) >>> 0, sackBase: isRelative ? receiver.base : 0 };
  }

  /** The number of the first segment with ACK, which becomes the base. */
  #firstNumber(sender: Side, packet: TextPacket): number {
    const seq = packet.seq ?? sender.next ?? 0;
    const expected = sender.next;
    // A text from which the SYN-ACK is missing: tcpdump saw it, and goes on relative to the SYN.
    const isRelative =
      (packet.flags & SYN) === 0 &&
      packet.seq !== null &&
      expected !== null &&
      Math.abs(distance((expected - 1 + packet.seq) >>> 0, expected)) < Math.abs(distance(seq, expected));
    sender.base = isRelative ? (expected - 1) >>> 0 : seq;
    sender.isBaseGuessed = packet.seq === null;
    return isRelative ? (sender.base + seq) >>> 0 : seq;
  }

  /** A base that was not printed is the ISN where the next number is counted from it, else the first octet's. */
  #correctGuess(sender: Side, packet: TextPacket): void {
    if (!sender.isBaseGuessed || packet.seq === null) return;
    sender.isBaseGuessed = false;
    if (packet.seq === 1 && sender.base !== null) sender.base = (sender.base - 1) >>> 0;
  }

  #take(connection: string): Conversation {
    let conversation = this.#conversations.get(connection);
    if (conversation === undefined) {
      const side = (): Side => ({ base: null, isBaseGuessed: false, next: null, before: null });
      conversation = { sides: [side(), side()], isRelative: null };
      if (this.#conversations.size >= MAX_CONVERSATIONS) {
        const oldest = this.#conversations.keys().next();
        if (oldest.done !== true) this.#conversations.delete(oldest.value);
      }
      this.#conversations.set(connection, conversation);
    }
    return conversation;
  }
}

/** Whether the numbers fit better when the bases are added; null when it makes no difference. */
function seemsRelative(sender: Side, receiver: Side, packet: TextPacket): boolean | null {
  let relative = 0;
  let absolute = 0;
  const compare = (printed: number | null, side: Side): void => {
    if (printed === null || side.base === null || side.next === null) return;
    relative += distanceFrom((printed + side.base) >>> 0, side.next, side.before);
    absolute += distanceFrom(printed, side.next, side.before);
  };
  compare(packet.seq, sender);
  compare(packet.ack, receiver);
  return relative === absolute ? null : relative < absolute;
}

/** To the nearer of the two. */
function distanceFrom(raw: number, next: number, before: number | null): number {
  const fromNext = Math.abs(distance(raw, next));
  return before === null ? fromNext : Math.min(fromNext, Math.abs(distance(raw, before)));
}

/** Signed distance from raw number `b` to `a`. RFC 9293, section 3.4. */
function distance(a: number, b: number): number {
  return (a - b) | 0;
}
