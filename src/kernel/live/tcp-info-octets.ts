import { type TcpInfo, type TcpInfoField, tcpInfo } from "../tcp-info.js";
import { HOST_IS_LITTLE_ENDIAN } from "./netlink-message.js";

/** Where struct tcp_info of linux/tcp.h has numbers of 32 bits; later kernels append, so that an old one ends earlier. */
const COUNTS: readonly (readonly [number, TcpInfoField])[] = [
  [16, "mssBytes"],
  [20, "receiveMssBytes"],
  [24, "unackedSegments"],
  [28, "sackedSegments"],
  [32, "lostSegments"],
  [36, "outstandingRetransmissions"],
  [60, "pathMtuBytes"],
  [64, "receiveSsthreshBytes"],
  [76, "ssthreshSegments"],
  [80, "cwndSegments"],
  [84, "advertisedMssBytes"],
  [88, "reorderingSegments"],
  [96, "receiveSpaceBytes"],
  [100, "retransmissions"],
  [136, "sentSegments"],
  [140, "receivedSegments"],
  [144, "unsentBytes"],
  [152, "receivedDataSegments"],
  [156, "sentDataSegments"],
  [192, "deliveredSegments"],
  [216, "duplicateSacks"],
  [220, "reorderingEvents"],
  [228, "sendWindowBytes"],
  [232, "receiveWindowBytes"],
];
const MICROSECONDS: readonly (readonly [number, TcpInfoField])[] = [
  [8, "rtoNs"],
  [12, "atoNs"],
  [68, "rttNs"],
  [72, "rttDeviationNs"],
  [92, "receiveRttNs"],
  [148, "minRttNs"],
];
const MILLISECONDS: readonly (readonly [number, TcpInfoField])[] = [
  [44, "sinceSentNs"],
  [52, "sinceReceivedNs"],
  [56, "sinceAckNs"],
];
/** Numbers of 64 bits: octets, and what they are multiplied by. */
const LONG_COUNTS: readonly (readonly [number, TcpInfoField, number])[] = [
  [104, "pacingBitsPerSecond", 8],
  [120, "ackedBytes", 1],
  [128, "receivedBytes", 1],
  [160, "deliveryBitsPerSecond", 8],
  [168, "busyNs", 1000],
  [176, "windowLimitedNs", 1000],
  [184, "sendBufferLimitedNs", 1000],
  [200, "sentBytes", 1],
  [208, "retransmittedBytes", 1],
];
const BACKOFF_AT = 4;
const OPTIONS_AT = 5;
const SCALES_AT = 6;
/** TCPI_OPT_WSCALE */
const HAS_SCALES = 4;
/** minRttNs before the first measurement. */
const NOTHING_MEASURED = 0xffffffff;
/** What the fields have before anything has set them, which ss does not print: TCP_TIMEOUT_FALLBACK, TCP_INFINITE_SSTHRESH and above. */
const FIRST_RTO_NS = 3_000_000_000;
const INFINITE_SSTHRESH = 0xffff;
const FIRST_REORDERING = 3;

/** What struct tcp_info says, null where ss would print nothing; durations are finer than ss prints them. */
export function tcpInfoOfOctets(octets: DataView): TcpInfo {
  const known: Partial<Record<TcpInfoField, number | null>> = {};
  const read = (list: readonly (readonly [number, TcpInfoField])[], factor: number): void => {
    for (const [at, field] of list) {
      if (at + 4 > octets.byteLength) continue;
      const value = octets.getUint32(at, HOST_IS_LITTLE_ENDIAN);
      const isTold = value !== 0 && !(field === "minRttNs" && value === NOTHING_MEASURED);
      known[field] = isTold ? value * factor : null;
    }
  };
  read(COUNTS, 1);
  read(MICROSECONDS, 1000);
  read(MILLISECONDS, 1_000_000);
  for (const [at, field, factor] of LONG_COUNTS) {
    if (at + 8 > octets.byteLength) continue;
    const value = Number(octets.getBigUint64(at, HOST_IS_LITTLE_ENDIAN)) * factor;
    // A rate without limit is all ones.
    known[field] = value !== 0 && Number.isSafeInteger(value) ? value : null;
  }
  readScales(octets, known);
  if (octets.byteLength > BACKOFF_AT) known.backoff = octets.getUint8(BACKOFF_AT) || null;
  if (known.rtoNs === FIRST_RTO_NS) known.rtoNs = null;
  if ((known.ssthreshSegments ?? 0) >= INFINITE_SSTHRESH) known.ssthreshSegments = null;
  if (known.reorderingSegments === FIRST_REORDERING) known.reorderingSegments = null;
  derive(known);
  return tcpInfo(known);
}

function readScales(octets: DataView, known: Partial<Record<TcpInfoField, number | null>>): void {
  if (octets.byteLength <= SCALES_AT || (octets.getUint8(OPTIONS_AT) & HAS_SCALES) === 0) return;
  const scales = octets.getUint8(SCALES_AT);
  const [low, high] = [scales & 15, scales >> 4];
  // Bit fields of C begin at the end at which octets of a number do.
  known.sendWindowScale = HOST_IS_LITTLE_ENDIAN ? low : high;
  known.receiveWindowScale = HOST_IS_LITTLE_ENDIAN ? high : low;
}

/** Fields that ss prints in pairs, or reckons. */
function derive(known: Partial<Record<TcpInfoField, number | null>>): void {
  const { rttNs, mssBytes, cwndSegments } = known;
  known.rttDeviationNs = rttNs ? (known.rttDeviationNs ?? 0) : null;
  if (known.retransmissions || known.outstandingRetransmissions) {
    known.retransmissions ??= 0;
    known.outstandingRetransmissions ??= 0;
  }
  if (rttNs && mssBytes && cwndSegments)
    known.sendBitsPerSecond = Math.round((cwndSegments * mssBytes * 8e9) / rttNs);
}
