import {
  SYN_AUTHENTICATION,
  SYN_DATA,
  SYN_ECN,
  SYN_FAST_OPEN,
  SYN_MD5,
  SYN_MULTIPATH,
  SYN_SACK_PERMITTED,
  SYN_TIMESTAMPS,
  SYN_WINDOW_SCALE,
} from "../../decode/syn-extensions.js";

/** What each is called, and the setting of Linux by which a client goes without. */
const WORDS = [
  [SYN_ECN, "ECN", "net.ipv4.tcp_ecn=2"],
  [SYN_FAST_OPEN, "Fast Open", "net.ipv4.tcp_fastopen=0"],
  [SYN_DATA, "data", "net.ipv4.tcp_fastopen=0"],
  [SYN_MULTIPATH, "Multipath TCP", "net.mptcp.enabled=0"],
  [SYN_WINDOW_SCALE, "window scaling", "net.ipv4.tcp_window_scaling=0"],
  [SYN_SACK_PERMITTED, "SACK", "net.ipv4.tcp_sack=0"],
  [SYN_TIMESTAMPS, "timestamps", "net.ipv4.tcp_timestamps=0"],
] as const;

/** `ECN`; `window scaling, SACK and timestamps`. `extensions`: bits of syn-extensions.ts. */
export function extensionNames(extensions: number): string {
  const names = WORDS.filter(([bit]) => extensions & bit).map(([, name]) => name);
  const last = names.pop() ?? "";
  return names.length === 0 ? last : `${names.join(", ")} and ${last}`;
}

/** Settings of a Linux client that does without, for `sysctl -w`: `net.ipv4.tcp_ecn=2`. */
export function settingsWithout(extensions: number): string {
  return [...new Set(WORDS.filter(([bit]) => extensions & bit).map(([, , setting]) => setting))].join(" ");
}

/** Words that end a remedy's sentence: for ECN there is a tool that probes the way hop by hop. */
export function probeOf(extensions: number, port: number | string): string {
  if (extensions !== SYN_ECN) return "";
  return `, and \`traceroute -T -O ecn -p ${port} ADDRESS\` beside \`-O syn\` shows behind which hop`;
}

export type Signature = "TCP-MD5" | "TCP-AO";

/** How a SYN is signed; null when it is not. `facts`: those of an endpoint. RFC 2385 and RFC 5925. */
export function signatureOf(facts: number): Signature | null {
  if (facts & SYN_AUTHENTICATION) return "TCP-AO";
  return facts & SYN_MD5 ? "TCP-MD5" : null;
}
