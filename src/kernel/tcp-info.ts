/** Numbers that ss prints as they are: its name, ours. */
const COUNTS = {
  backoff: "backoff",
  mss: "mssBytes",
  pmtu: "pathMtuBytes",
  rcvmss: "receiveMssBytes",
  advmss: "advertisedMssBytes",
  cwnd: "cwndSegments",
  ssthresh: "ssthreshSegments",
  bytes_sent: "sentBytes",
  bytes_retrans: "retransmittedBytes",
  bytes_acked: "ackedBytes",
  bytes_received: "receivedBytes",
  segs_out: "sentSegments",
  segs_in: "receivedSegments",
  data_segs_out: "sentDataSegments",
  data_segs_in: "receivedDataSegments",
  delivered: "deliveredSegments",
  unacked: "unackedSegments",
  lost: "lostSegments",
  sacked: "sackedSegments",
  reordering: "reorderingSegments",
  dsack_dups: "duplicateSacks",
  reord_seen: "reorderingEvents",
  notsent: "unsentBytes",
  rcv_space: "receiveSpaceBytes",
  rcv_ssthresh: "receiveSsthreshBytes",
  snd_wnd: "sendWindowBytes",
  rcv_wnd: "receiveWindowBytes",
} as const;

/** Durations that ss prints in milliseconds. */
const DURATIONS = {
  rto: "rtoNs",
  ato: "atoNs",
  minrtt: "minRttNs",
  rcv_rtt: "receiveRttNs",
  lastsnd: "sinceSentNs",
  lastrcv: "sinceReceivedNs",
  lastack: "sinceAckNs",
  busy: "busyNs",
  rwnd_limited: "windowLimitedNs",
  sndbuf_limited: "sendBufferLimitedNs",
} as const;

/** Rates that ss prints behind their name, in bits per second. */
const RATES = {
  send: "sendBitsPerSecond",
  pacing_rate: "pacingBitsPerSecond",
  delivery_rate: "deliveryBitsPerSecond",
} as const;

type PairField =
  | "sendWindowScale"
  | "receiveWindowScale"
  | "rttNs"
  | "rttDeviationNs"
  | "outstandingRetransmissions"
  | "retransmissions";

export type TcpInfoField =
  | (typeof COUNTS)[keyof typeof COUNTS]
  | (typeof DURATIONS)[keyof typeof DURATIONS]
  | (typeof RATES)[keyof typeof RATES]
  | PairField;

/** What the kernel's struct tcp_info says of a connection; null where ss printed nothing, as it does for 0. */
export type TcpInfo = Readonly<Record<TcpInfoField, number | null>>;

/** Every field, in the order of the columns of `sockets`. */
export const TCP_INFO_FIELDS: readonly TcpInfoField[] = [
  "rttNs",
  "rttDeviationNs",
  "retransmissions",
  "outstandingRetransmissions",
  "sendWindowScale",
  "receiveWindowScale",
  ...Object.values(DURATIONS),
  ...Object.values(COUNTS),
  ...Object.values(RATES),
];

/** The fields given, and null for all the others. */
export function tcpInfo(known: Partial<TcpInfo>): TcpInfo {
  const none = Object.fromEntries(TCP_INFO_FIELDS.map((field) => [field, null]));
  // Object.fromEntries forgets which names it was given; these are all of them.
  return { ...(none as Record<TcpInfoField, null>), ...known };
}

/** Words of ss that stand alone and are no congestion control. */
const FLAGS =
  /^(ts|sack|ecn|ecnseen|fastopen|app_limited|bidir|qack|cork|tfo|mptcp|tcp-ulp.*|<->|-->|<--|---)$/;

/** Reads what `ss -i` prints of a connection; words it does not know are passed over. */
export function parseTcpInfo(words: readonly string[]): {
  readonly tcpInfo: TcpInfo;
  readonly congestionControl: string | null;
} {
  const known: Partial<Record<TcpInfoField, number | null>> = {};
  let congestionControl: string | null = null;
  for (const [at, word] of words.entries()) {
    const colon = word.indexOf(":");
    if (colon < 0) {
      const rate = fieldNamed(RATES, word);
      if (rate !== undefined) known[rate] = bitsPerSecond(words[at + 1]);
      else if (congestionControl === null && /^[a-z][a-z0-9_-]{1,15}$/.test(word) && !FLAGS.test(word))
        congestionControl = word;
      continue;
    }
    const name = word.slice(0, colon);
    const value = word.slice(colon + 1);
    const count = fieldNamed(COUNTS, name);
    const duration = fieldNamed(DURATIONS, name);
    if (count !== undefined) known[count] = wholeNumber(value);
    else if (duration !== undefined) known[duration] = millisecondsToNs(value);
    else readPair(name, value, known);
  }
  return { tcpInfo: tcpInfo(known), congestionControl };
}

function readPair(name: string, value: string, known: Partial<Record<TcpInfoField, number | null>>): void {
  const [first = "", second = ""] = value.split(/[,/]/);
  if (name === "wscale") {
    known.sendWindowScale = wholeNumber(first);
    known.receiveWindowScale = wholeNumber(second);
  } else if (name === "rtt") {
    known.rttNs = millisecondsToNs(first);
    known.rttDeviationNs = millisecondsToNs(second);
  } else if (name === "retrans") {
    known.outstandingRetransmissions = wholeNumber(first);
    known.retransmissions = wholeNumber(second);
  }
}

function fieldNamed<Field extends string>(
  table: Readonly<Record<string, Field>>,
  name: string,
): Field | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function wholeNumber(text: string): number | null {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : null;
}

/** `204`, `0.019`, `12ms`, `0ms(0.0%)`: milliseconds. */
function millisecondsToNs(text: string): number | null {
  const match = /^(\d{1,9})(?:\.(\d{1,6}))?(?:ms)?(?:\([\d.]+%\))?$/.exec(text);
  if (match === null) return null;
  return Number(match[1]) * 1_000_000 + Number((match[2] ?? "").padEnd(6, "0"));
}

const UNITS: Readonly<Record<string, number>> = { "": 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/** `72089600000bps`, `72.1Gbps`; of `pacing_rate 10bps/20bps` the first. */
function bitsPerSecond(text = ""): number | null {
  const match = /^(\d{1,16}(?:\.\d{1,9})?)([KMGT]?)bps/.exec(text);
  if (match === null) return null;
  const value = Math.round(Number(match[1]) * UNITS[match[2]!]!);
  return Number.isSafeInteger(value) ? value : null;
}
