/** What help texts name of commands: here, so that a command is loaded only when it runs. */

/** Differing frames that `compare` shows of a capture. */
export const DEFAULT_LIMIT = 10;

export const DEFAULT_BASELINE = "tcptrace.baseline.json";
/** Days for which a finding is accepted when nobody says. */
export const DEFAULT_DAYS = 90;

export const EXPORT_FORMATS = ["xplot", "pcapng", "parquet"] as const;

export const BACKENDS = ["auto", "libpcap", "tcpdump", "cap"] as const;
export const LIVE_FORMATS = ["text", "jsonl"] as const;
