/** Writes TCP segments of made-up connections to a pcap file (microseconds, Ethernet), without allocation per frame. */
import { closeSync, openSync, writeSync } from "node:fs";

export const [FIN, SYN, RST, PSH, ACK] = [0x01, 0x02, 0x04, 0x08, 0x10];

const CHUNK_BYTES = 4 << 20;
const RECORD_HEADER_BYTES = 16;
/** Ethernet, IPv6, TCP with 40 octets of options, and payload that a snaplen of up to 2000 may keep. */
const LARGEST_RECORD_BYTES = RECORD_HEADER_BYTES + 2000;

export class FrameWriter {
  /** Frames written so far. */
  frames = 0;
  #file;
  #chunk = Buffer.alloc(CHUNK_BYTES);
  #used = 24;
  #snaplen;

  /** `snaplen` is 98 to 2000 octets: a header is never cut. */
  constructor(path, snaplen) {
    this.#file = openSync(path, "w");
    this.#snaplen = snaplen;
    this.#chunk.writeUInt32LE(0xa1b2c3d4, 0);
    this.#chunk.writeUInt16LE(2, 4);
    this.#chunk.writeUInt16LE(4, 6);
    this.#chunk.writeUInt32LE(snaplen, 16);
    this.#chunk.writeUInt32LE(1, 20);
  }

  /**
   * One segment. `sender` and `receiver` are sides of a connection (synthetic-traffic.mjs); `seq` and `ack` are relative
   * to the ISNs of both; a SACK block is there when `sackLast` > 0. Checksum: IPv4 right, TCP 0.
   */
  segment(timeUs, sender, receiver, flags, seq, ack, payloadBytes, sackFirst, sackLast) {
    if (this.#used > CHUNK_BYTES - LARGEST_RECORD_BYTES) this.#flush();
    const bytes = this.#chunk;
    const start = this.#used + RECORD_HEADER_BYTES;
    const ipBytes = sender.family === 4 ? 20 : 40;
    const tcp = start + 14 + ipBytes;
    const optionsEnd = this.#options(tcp + 20, timeUs, sender, receiver, flags, sackFirst, sackLast);
    const tcpBytes = optionsEnd - tcp;

    bytes.writeUInt16BE(sender.port, tcp);
    bytes.writeUInt16BE(receiver.port, tcp + 2);
    bytes.writeUInt32BE((sender.isn + seq) >>> 0, tcp + 4);
    bytes.writeUInt32BE(flags & ACK ? (receiver.isn + ack) >>> 0 : 0, tcp + 8);
    bytes[tcp + 12] = (tcpBytes >> 2) << 4;
    bytes[tcp + 13] = flags;
    bytes.writeUInt16BE(flags & SYN ? 64240 : 502, tcp + 14);
    bytes.writeUInt32BE(0, tcp + 16);
    if (sender.family === 4) this.#ipv4(start, sender, receiver, tcpBytes + payloadBytes);
    else this.#ipv6(start, sender, receiver, tcpBytes + payloadBytes);

    const wireBytes = 14 + ipBytes + tcpBytes + payloadBytes;
    const capturedBytes = Math.min(wireBytes, this.#snaplen);
    bytes.fill(0x78, optionsEnd, start + capturedBytes);
    bytes.writeUInt32LE(Math.floor(timeUs / 1e6), this.#used);
    bytes.writeUInt32LE(Math.floor(timeUs % 1e6), this.#used + 4);
    bytes.writeUInt32LE(capturedBytes, this.#used + 8);
    bytes.writeUInt32LE(wireBytes, this.#used + 12);
    this.#used = start + capturedBytes;
    this.frames++;
  }

  close() {
    this.#flush();
    closeSync(this.#file);
  }

  #flush() {
    writeSync(this.#file, this.#chunk, 0, this.#used);
    this.#used = 0;
  }

  /** TCP options from `at`; returns their end. In the order Linux writes them. */
  #options(at, timeUs, sender, receiver, flags, sackFirst, sackLast) {
    const bytes = this.#chunk;
    const isSyn = (flags & SYN) !== 0;
    let end = at;
    if (isSyn) {
      bytes.writeUInt32BE(0x02040000 | sender.mss, end);
      bytes.writeUInt16BE(sender.timestamps ? 0x0402 : 0x0101, end + 4);
      bytes.writeUInt16BE(sender.timestamps ? 0x080a : 0x0402, end + 6);
      end += 8;
    } else if (sender.timestamps && !(flags & RST)) {
      bytes.writeUInt32BE(0x0101080a, end);
      end += 4;
    }
    if (sender.timestamps && !(flags & RST)) {
      const clock = Math.floor(timeUs / 1000) >>> 0;
      const echoesNothing = isSyn && !(flags & ACK);
      bytes.writeUInt32BE((sender.clockOffset + clock) >>> 0, end);
      bytes.writeUInt32BE(echoesNothing ? 0 : (receiver.clockOffset + receiver.lastClock) >>> 0, end + 4);
      sender.lastClock = clock;
      end += 8;
    }
    if (isSyn) {
      bytes.writeUInt32BE(0x01030307, end);
      end += 4;
    }
    if (sackLast > 0) {
      bytes.writeUInt32BE(0x0101050a, end);
      bytes.writeUInt32BE((receiver.isn + sackFirst) >>> 0, end + 4);
      bytes.writeUInt32BE((receiver.isn + sackLast) >>> 0, end + 8);
      end += 12;
    }
    return end;
  }

  #ethernet(at, sender, receiver, etherType) {
    const bytes = this.#chunk;
    bytes.writeUInt16BE(0x0200, at);
    bytes.writeUInt32BE(receiver.address, at + 2);
    bytes.writeUInt16BE(0x0200, at + 6);
    bytes.writeUInt32BE(sender.address, at + 8);
    bytes.writeUInt16BE(etherType, at + 12);
  }

  #ipv4(start, sender, receiver, contentBytes) {
    this.#ethernet(start, sender, receiver, 0x0800);
    const bytes = this.#chunk;
    const at = start + 14;
    bytes.writeUInt16BE(0x4500, at);
    bytes.writeUInt16BE(20 + contentBytes, at + 2);
    sender.ipId = (sender.ipId + 1) & 0xffff;
    bytes.writeUInt16BE(sender.ipId, at + 4);
    bytes.writeUInt16BE(0x4000, at + 6);
    bytes.writeUInt32BE(0x40060000, at + 8);
    bytes.writeUInt32BE(sender.address, at + 12);
    bytes.writeUInt32BE(receiver.address, at + 16);
    let sum = 0;
    for (let i = at; i < at + 20; i += 2) sum += (bytes[i] << 8) | bytes[i + 1];
    sum = (sum & 0xffff) + (sum >>> 16);
    bytes.writeUInt16BE(~(sum + (sum >>> 16)) & 0xffff, at + 10);
  }

  #ipv6(start, sender, receiver, contentBytes) {
    this.#ethernet(start, sender, receiver, 0x86dd);
    const bytes = this.#chunk;
    const at = start + 14;
    bytes.writeUInt32BE((0x60000000 | sender.flowLabel) >>> 0, at);
    bytes.writeUInt16BE(contentBytes, at + 4);
    bytes.writeUInt16BE(0x0640, at + 6);
    bytes.fill(0, at + 8, at + 40);
    bytes.writeUInt16BE(0xfd77, at + 8);
    bytes.writeUInt32BE(sender.address, at + 20);
    bytes.writeUInt16BE(0xfd77, at + 24);
    bytes.writeUInt32BE(receiver.address, at + 36);
  }
}
