import type { KernelCause, KernelEvent } from "./kernel-events.js";
import type { Packet } from "./packets.js";

/** What was sent again at one end, and why. */
export interface SentAgain {
  readonly causes: ReadonlyMap<Packet, KernelCause>;
  /** Events without a packet: it could not be sent, or another event has it. */
  readonly unmatched: number;
}

/** The event comes when the packet has been sent, which takes no longer than this. */
const LONGEST_SENDING_NS = 1_000_000;
/** An event's time lacks up to one microsecond, and the clocks may disagree by as much. */
const ROUNDING_NS = 2000;

/** Finds the packets that each event sent: those that its socket put on the wire right before, since the event before. */
export function findSentAgain(events: readonly KernelEvent[], packets: readonly Packet[]): SentAgain {
  const repeats = repeatsOf(packets);
  const causes = new Map<Packet, KernelCause>();
  const previous = new Map<string, number>();
  let unmatched = 0;
  for (const event of events) {
    const socket = socketOf(event);
    const begin = Math.max(previous.get(socket) ?? 0, event.timeNs - LONGEST_SENDING_NS);
    const end = event.timeNs + ROUNDING_NS;
    previous.set(socket, end);
    const sent = (repeats.get(socket) ?? []).filter(
      (packet) => packet.timeNs >= begin && packet.timeNs <= end && !causes.has(packet),
    );
    // A large buffer is sent again as several packets.
    for (const packet of sent) causes.set(packet, event.cause);
    if (sent.length === 0) unmatched++;
  }
  return { causes, unmatched };
}

/** By socket, the packets that carry sequence numbers which it had passed before. */
function repeatsOf(packets: readonly Packet[]): Map<string, Packet[]> {
  const repeats = new Map<string, Packet[]>();
  // Numbers count from the first, so that they do not wrap.
  const sent = new Map<string, { first: number; next: number }>();
  for (const packet of packets) {
    if (packet.length === 0) continue;
    const socket = socketOf(packet);
    let numbers = sent.get(socket);
    if (numbers === undefined || (packet.isSyn && packet.seq !== numbers.first)) {
      // A connection of its own, perhaps on ports that were used before.
      numbers = { first: packet.seq, next: 0 };
      sent.set(socket, numbers);
    }
    const begin = (packet.seq - numbers.first) >>> 0;
    if (begin < numbers.next) {
      const others = repeats.get(socket);
      if (others === undefined) repeats.set(socket, [packet]);
      else others.push(packet);
    }
    numbers.next = Math.max(numbers.next, begin + packet.length);
  }
  return repeats;
}

function socketOf({ sourcePort, destinationPort }: Packet | KernelEvent): string {
  return `${sourcePort} ${destinationPort}`;
}
