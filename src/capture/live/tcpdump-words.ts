import type { LiveFailure } from "./live-failure.js";
import type { LiveDrops } from "./live-source.js";

const COUNTS =
  /(\d{1,15}) packets? received by filter[\s,]+(\d{1,15}) packets? dropped by kernel(?:[\s,]+(\d{1,15}) packets? dropped by interface)?/g;

/** What tcpdump last said on its standard error of what it counted, on SIGUSR1 or at its end; null when nothing. */
export function parseTcpdumpCounts(text: string): LiveDrops | null {
  const last = [...text.matchAll(COUNTS)].at(-1);
  if (last === undefined) return null;
  return {
    received: Number(last[1]),
    droppedByKernel: Number(last[2]),
    // It is not mentioned while it is 0, nor where libpcap does not ask for it.
    droppedByInterface: last[3] === undefined ? null : Number(last[3]),
  };
}

/** tcpdump prints this when it is about to capture. */
export function isListening(text: string): boolean {
  return /^(?:tcpdump: )?listening on /m.test(text);
}

/** What tcpdump complained of in its words: the lines that are neither a heading nor a count. */
export function tcpdumpComplaint(text: string): string {
  const lines = text
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^\d+ packets? |listening on |, \d+ packets? /.test(line))
    .map((line) => line.replace(/^tcpdump: (?:pcap_loop: )?/, ""));
  return lines.join(" ");
}

/** What the words mean that a backend refuses with. */
export function failureOfWords(words: string, interfaceName: string, filter: string): LiveFailure {
  return { kind: kindOf(words, filter), interfaceName, words };
}

function kindOf(words: string, filter: string): LiveFailure["kind"] {
  if (/No such device/.test(words)) return "noInterface";
  if (/permission|not permitted|Permission denied/.test(words)) return "notPermitted";
  if (/is not up|Network is down/.test(words)) return "interfaceDown";
  const isAboutFilter = /filter|expression|syntax|illegal|unknown|not supported|primitive/i.test(words);
  return filter !== "" && isAboutFilter ? "badFilter" : "other";
}
