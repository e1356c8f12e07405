import { ACK, FIN, PSH, RST, SYN } from "../../src/tcp/flags.js";
import {
  type CaptureFrame,
  concatBytes,
  ethernetFrame,
  ipv4Packet,
  tcpSegment,
  u32,
} from "./capture-bytes.js";

/** Connections that take turns. */
const CONNECTIONS = 40;
const WINDOWS = [0, 0, 1, 4, 10, 100, 100, 100, 8192, 65535];
const LENGTHS = [1, 1, 2, 3, 4, 10, 10, 10, 100, 1400];
/** Below and above every time that tshark compares with: 3 and 20 ms, and round trips in between. */
const STEPS_NS = [
  0, 1000, 20_000, 400_000, 2_900_000, 3_000_000, 3_100_000, 19_000_000, 21_000_000, 900_000_000,
];
const MAX_CONNECTION_SEGMENTS = 60;

class Side {
  next = 0;
  window = 100;
  /** Numbers that it has begun segments at. */
  readonly begun: number[] = [];
  readonly address: Uint8Array;
  port = 0;

  constructor(address: Uint8Array) {
    this.address = address;
  }
}

/**
 * Segments of TCP connections that do everything, also what no stack does: every control bit, numbers just below
 * 2^32, repeated, skipped and overtaken octets, acknowledgments of anything, closed windows and their probes,
 * window scales, SACK blocks, Multipath TCP, ports taken over, and a clock that goes back. The same for the same seed.
 */
export function erraticTraffic(frames: number, seed: number): CaptureFrame[] {
  const random = randomNumbers(seed);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const chance = (share: number): boolean => random() < share;
  const captured: CaptureFrame[] = [];
  let timeNs = 1_000_000_000;

  const connections = Array.from({ length: CONNECTIONS }, (_, index) => {
    const sides = [
      new Side(Uint8Array.of(10, 0, 0, index)),
      new Side(Uint8Array.of(10, 0, 1, index)),
    ] as const;
    return { sides, segments: 0, limit: 0 };
  });

  const open = (index: number): void => {
    const { sides } = connections[index]!;
    // Half of the time on the ports that were used before.
    if (sides[0].port === 0 || chance(0.5)) sides[0].port = 1024 + Math.floor(random() * 60000);
    sides[1].port = 80;
    for (const side of sides) {
      side.next = pick([0, 0xffffff00, 0x7fffffff, Math.floor(random() * 2 ** 32)]);
      side.begun.length = 0;
    }
    connections[index]!.segments = 0;
    connections[index]!.limit = 5 + Math.floor(random() * MAX_CONNECTION_SEGMENTS);
  };

  const send = (from: Side, to: Side): void => {
    let flags = ACK;
    let seq = from.next;
    let ack = to.next;
    let length = chance(0.5) ? pick(LENGTHS) : 0;
    const kind = random();
    if (kind < 0.06) flags = chance(0.5) ? SYN : SYN | ACK;
    else if (kind < 0.1) flags |= FIN;
    else if (kind < 0.12) flags = chance(0.5) ? RST : RST | ACK;
    else if (kind < 0.14) flags = 0;
    else if (length > 0) flags |= PSH;
    if (flags & SYN && chance(0.8)) length = 0;
    const place = random();
    if (place < 0.12 && from.begun.length > 0) seq = pick(from.begun);
    else if (place < 0.2) [seq, length] = [seq - 1, chance(0.6) ? Math.min(length, 1) : length];
    else if (place < 0.25) seq += pick(LENGTHS);
    else if (place < 0.28) seq -= pick(LENGTHS);
    const target = random();
    if (target < 0.15 && to.begun.length > 0) ack = pick(to.begun);
    else if (target < 0.2) ack += pick([1, 1, 10, 1400]);
    else if (target < 0.25) ack -= pick(LENGTHS);
    else if (target < 0.26) ack = 0;
    // Up to the edge of the window that the other side offered, or the one octet that probes a closed one.
    if (to.window <= 100 && length > 0 && chance(0.3)) length = Math.max(1, to.window);
    if (chance(0.15)) from.window = pick(WINDOWS);
    emit(from, to, flags, seq >>> 0, ack >>> 0, length);
    const end = (seq + length + (flags & (SYN | FIN) ? 1 : 0)) >>> 0;
    from.begun.push(seq >>> 0, end);
    if (((end - from.next) | 0) > 0 && chance(0.9)) from.next = end;
  };

  /** Repeats of one acknowledgment, and soon or late the octets that they ask for. */
  const askAgain = (from: Side, to: Side): void => {
    const wanted = from.begun.length > 0 ? pick(from.begun) : from.next;
    to.window = 8192;
    for (let count = 1 + Math.floor(random() * 4); count >= 0; count--)
      emit(to, from, ACK, to.next, wanted, 0);
    if (chance(0.8)) emit(from, to, ACK | PSH, wanted, to.next, pick(LENGTHS));
  };

  const emit = (from: Side, to: Side, flags: number, seq: number, ack: number, length: number): void => {
    const segment = tcpSegment({
      source: from.address,
      destination: to.address,
      sourcePort: from.port,
      destinationPort: to.port,
      seq,
      ack,
      flags,
      window: from.window,
      options: options(flags, ack),
      payload: new Uint8Array(length),
    });
    timeNs += pick(STEPS_NS);
    const packet = ipv4Packet({ source: from.address, destination: to.address }, segment);
    captured.push({
      timeNs: chance(0.01) ? timeNs - 5_000_000 : timeNs,
      bytes: ethernetFrame(0x0800, packet),
    });
  };

  const options = (flags: number, ack: number): Uint8Array => {
    const parts: Uint8Array[] = [];
    if (flags & SYN ? chance(0.6) : chance(0.02)) parts.push(Uint8Array.of(3, 3, pick([0, 1, 7, 14, 15])));
    if (chance(0.08)) {
      const blocks = Array.from({ length: 1 + Math.floor(random() * 4) }, () => {
        const left = (ack + pick(LENGTHS)) >>> 0;
        return concatBytes([u32(left), u32((left + pick([1, 10, 100])) >>> 0)]);
      });
      parts.push(concatBytes([Uint8Array.of(5, 2 + blocks.length * 8), ...blocks]));
    }
    if (parts.length === 0 && chance(0.01)) parts.push(Uint8Array.of(30, 4, pick([0x20, 0x30, 0x50]), 0));
    return concatBytes(parts);
  };

  while (captured.length < frames) {
    const index = Math.floor(random() * CONNECTIONS);
    const connection = connections[index]!;
    if (connection.segments++ >= connection.limit) open(index);
    const [first, second] = connection.sides;
    if (chance(0.02)) askAgain(first, second);
    else if (chance(0.55)) send(first, second);
    else send(second, first);
  }
  return captured;
}

/** Marsaglia's xorshift with 32 bits of state; numbers in [0, 1). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
