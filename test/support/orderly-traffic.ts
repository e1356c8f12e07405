import { ACK, FIN, PSH, SYN } from "../../src/tcp/flags.js";
import { type CaptureFrame, ethernetFrame, ipv4Packet, tcpSegment, u32 } from "./capture-bytes.js";

const CONNECTIONS = 20;
const MSS_AND_SCALE = Uint8Array.of(2, 4, 5, 180, 3, 3, 7);
const SERVER_PORT = 80;

/** Numbers below a limit that are the same for the same seed: Marsaglia's xorshift. */
function randomIntegers(seed: number): (below: number) => number {
  let state = seed >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/**
 * Segments of connections as stacks that lose nothing send them, taking turns: handshake, requests, answers in bursts,
 * ACKs, close; now and then a repeated segment, a closed window, a number that passes 2^32. The same for the same seed.
 */
export function orderlyTraffic(frames: number, seed: number): CaptureFrame[] {
  const random = randomIntegers(seed);
  const captured: CaptureFrame[] = [];
  let timeNs = 0;
  let ipId = 0;
  let nextPort = 20_000;

  const open = () => {
    const port = nextPort++;
    const addresses = [Uint8Array.of(10, 0, 0, 1), Uint8Array.of(10, 0, 1, 1)] as const;
    const next = [u32Random(random), random(3) === 0 ? 0xfffff000 : u32Random(random)];
    const isScaled = random(2) === 0;
    const hasTimestamps = random(2) === 0;
    const send = (from: 0 | 1, flags: number, length: number, window = 500, seq = next[from]!): void => {
      timeNs += 1000 * (1 + random(3000));
      ipId = (ipId + 1) & 0xffff;
      const to = from === 0 ? 1 : 0;
      const timestamps = Uint8Array.of(1, 1, 8, 10, ...u32(timeNs / 1e6), 0, 0, 0, 0);
      const options =
        flags & SYN
          ? isScaled
            ? MSS_AND_SCALE
            : new Uint8Array(0)
          : hasTimestamps
            ? timestamps
            : new Uint8Array(0);
      const segment = tcpSegment({
        source: addresses[from],
        destination: addresses[to],
        sourcePort: from === 0 ? port : SERVER_PORT,
        destinationPort: from === 0 ? SERVER_PORT : port,
        seq,
        ack: flags & ACK ? next[to]! : 0,
        flags,
        window,
        options,
        payload: new Uint8Array(length),
      });
      const packet = ipv4Packet(
        { source: addresses[from], destination: addresses[to], identification: ipId },
        segment,
      );
      captured.push({ timeNs, bytes: ethernetFrame(0x0800, packet) });
      const end = (seq + length + (flags & (SYN | FIN) ? 1 : 0)) >>> 0;
      if (((end - next[from]!) | 0) > 0) next[from] = end;
    };
    return steps(send, random, next);
  };

  const live = Array.from({ length: CONNECTIONS }, open);
  while (captured.length < frames) {
    const index = random(CONNECTIONS);
    if (live[index]!.next().done) live[index] = open();
  }
  return captured.slice(0, frames);
}

function u32Random(random: (below: number) => number): number {
  return random(0xffff) * 0x10000 + random(0xffff);
}

function* steps(
  send: (from: 0 | 1, flags: number, length: number, window?: number, seq?: number) => void,
  random: (below: number) => number,
  next: readonly number[],
): Generator<void, void, undefined> {
  yield send(0, SYN, 0);
  yield send(1, SYN | ACK, 0);
  yield send(0, ACK, 0);
  for (let request = random(6); request >= 0; request--) {
    yield send(0, ACK | PSH, 1 + random(600));
    if (random(3) === 0) yield send(1, ACK, 0);
    for (let burst = random(8); burst >= 0; burst--) {
      const first = next[1]!;
      yield send(1, ACK, 1 + random(1400));
      if (random(30) === 0) yield send(1, ACK, 10, 500, first);
      if (random(2) === 0) yield send(0, ACK, 0, random(20) === 0 ? 0 : 500);
    }
    yield send(0, ACK, 0);
  }
  yield send(0, ACK | FIN, 0);
  yield send(1, ACK | FIN, random(3) === 0 ? 5 : 0);
  yield send(0, ACK, 0);
}
