/** What a file's name says about the series it may belong to. */
export interface SeriesName {
  /** Equal for the files of one series. */
  readonly key: string;
  /** True when only a rotating tool names files like this, false when it may as well be somebody's numbering. */
  readonly isRotation: boolean;
}

const COMPRESSION_SUFFIX = /\.(?:gz|zst|zstd|xz|lz4)$/i;
/** dumpcap's ring buffer and editcap: `name_00001_20240101120000.pcapng`. */
const DUMPCAP = /^(.*)_\d{5,}_\d{14}(\.\w+)?$/;
/** `tcpdump -C`: `dump.pcap1`, with -W `dump.pcap01`; logrotate: `dump.pcap.1`; both after the base `dump.pcap`. */
const COUNTED = /^(.*?\.(?:pcap|pcapng|cap|dmp|dump))\.?\d+$/i;
/** A date in a name, of `tcpdump -G`: 20240101, 2024-01-01, 2024_01_01 12:00:00, 1704110400 (%s). */
const DATE =
  /(?:19|20)\d\d([-_.]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?:\D?(?:[01]\d|2[0-3])(?:\D?[0-5]\d){0,2})?(?!\d)|(?<!\d)1\d{9}(?!\d)/;
/** The last number in a name, before its suffix. */
const LAST_NUMBER = /\d+(?=\D*$)/;

/** Reads a file name without its folder; null when nothing in it counts. */
export function readSeriesName(fileName: string): SeriesName | null {
  const name = fileName.replace(COMPRESSION_SUFFIX, "");
  const dumpcap = DUMPCAP.exec(name);
  if (dumpcap !== null) return { key: `${dumpcap[1]}_#_date${dumpcap[2] ?? ""}`, isRotation: true };
  // With -G and -C together, and with -G and -W, tcpdump appends the count to the dated name.
  const base = COUNTED.exec(name)?.[1] ?? name;
  if (DATE.test(base)) return { key: `${base.replace(DATE, "date")}#`, isRotation: true };
  if (base !== name) return { key: `${base}#`, isRotation: true };
  return LAST_NUMBER.test(name) ? { key: name.replace(LAST_NUMBER, "number"), isRotation: false } : null;
}

/** The key that the other files of a series have whose first is named like this: of `dump.pcap`, that of `dump.pcap1`. */
export function baseSeriesKey(fileName: string): string {
  return `${fileName.replace(COMPRESSION_SUFFIX, "")}#`;
}
