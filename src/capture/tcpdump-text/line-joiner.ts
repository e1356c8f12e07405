import { beginsWithIp, type LineTime, readLineStart } from "./line-time.js";
import { parsePacket } from "./parse-packet.js";
import type { TextPacket } from "./text-packet.js";

/** A packet and where it stands. */
export interface FoundPacket {
  /** Null for one that is no TCP segment: its time counts where times are differences. */
  readonly packet: TextPacket | null;
  readonly time: LineTime | null;
  /** 1-based number of its first line. */
  readonly line: number;
}

/** Characters and lines that one packet may take; prose that looks like a beginning swallows no more. */
const MAX_PACKET_CHARACTERS = 4096;
const MAX_PACKET_LINES = 16;

/** Marks of a quotation in mail. */
const QUOTE = /^(?:[ \t]{0,8}>){1,8}[ \t]?/;
const ENDPOINTS = /^[^\s>]{1,300} > [^\s>]{1,300}: /;
/** What may follow on the next line although the packet could be whole: only before 4.0. */
const MORE = /^(?:<|\(DF\)|\(ttl |\[tos |urg )/;
/** tcpdump -v breaks the line behind the IP header. */
const IP_HEADER_END = /\((?:tos|class|flowlabel|hlim) .{0,300}\)$/;

/** A packet on its way: what its lines say so far. */
interface Pending {
  text: string;
  readonly time: LineTime | null;
  readonly line: number;
  readonly isQuoted: boolean;
  lines: number;
}

/** Puts physical lines together to packets: wrapped ones, quoted ones, those of -v; counts the lines that are none. */
export class LineJoiner {
  /** Lines so far, and those of them that belong to no segment (empty ones not counted). */
  lines = 0;
  otherLines = 0;
  /** Lines of `tcpdump -q`, which tell no sequence numbers. */
  quietLines = 0;
  #pending: Pending | null = null;

  /** Takes the next line; returns the packet that ended before it, if any. */
  push(line: string): FoundPacket | null {
    this.lines++;
    const quote = QUOTE.exec(line);
    const pending = this.#pending;
    const isArrow = quote !== null && pending !== null && !pending.isQuoted && !pending.text.includes(" > ");
    const text = (quote === null || isArrow ? line : line.slice(quote[0].length)).trim();
    if (text === "" || text === "...") return this.end();
    const start = readLineStart(text);
    const isBeginning = start.time !== null || beginsWithIp(start.rest) || ENDPOINTS.test(text);
    // The datagram that an ICMP error quotes is no packet of its own.
    const isQuotedDatagram =
      start.time === null &&
      start.rest === text &&
      pending?.text.includes("ICMP") === true &&
      (pending.time !== null || /^\s/.test(line));
    if (
      pending !== null &&
      start.time === null &&
      hasRoom(pending, text) &&
      (isQuotedDatagram || goesOn(pending, text, isBeginning))
    ) {
      pending.text += ` ${text}`;
      pending.lines++;
      return null;
    }
    const found = this.end();
    if (isBeginning)
      this.#pending = {
        // What protocols say behind the length may be longer.
        text: start.rest.slice(0, MAX_PACKET_CHARACTERS),
        time: start.time,
        line: this.lines,
        isQuoted: quote !== null,
        lines: 1,
      };
    else this.otherLines++;
    return found;
  }

  /** The packet that the lines so far end with, if any. */
  end(): FoundPacket | null {
    const pending = this.#pending;
    this.#pending = null;
    if (pending === null) return null;
    const packet = parsePacket(pending.text);
    if (packet === null) {
      this.otherLines += pending.lines;
      if (/ > [^\s>]{1,300}: tcp \d/.test(pending.text)) this.quietLines++;
    }
    return { packet, time: pending.time, line: pending.line };
  }
}

function hasRoom(pending: Pending, text: string): boolean {
  return pending.lines < MAX_PACKET_LINES && pending.text.length + text.length < MAX_PACKET_CHARACTERS;
}

function goesOn(pending: Pending, text: string, isBeginning: boolean): boolean {
  // Only the time stood on the line before.
  if (pending.text === "") return true;
  if (isBeginning)
    return (
      !text.startsWith("IP") && (/^IP6?$/.test(pending.text) || IP_HEADER_END.test(pending.text.slice(-400)))
    );
  const packet = parsePacket(pending.text);
  return packet === null || !packet.isWhole || (MORE.test(text) && !pending.text.includes("Flags ["));
}
