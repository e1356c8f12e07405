/** A column of Tstat without `c_` or `s_`, and the same in SQL: `f` is the flow, `s` its row of `flow_statistics`. */
export interface TstatColumn {
  readonly name: string;
  readonly sql: string;
  /** Milliseconds with fractions; all others are whole numbers. */
  readonly isTime?: true;
}

/** What Tstat adds to a divisor that may be 0. Its Average(), as tcptrace's. */
const AVERAGE_BIAS = 0.0001;

const ms = (ns: string): string => `(${ns}) / 1e6`;
const sinceStart = (column: string): string => ms(`coalesce(s.${column} - f.start_ns, 0)`);
const offers = (option: string): string => `(',' || coalesce(s.options, '') || ',' LIKE '%,${option},%')`;
/** Tstat keeps an MSS in 16 bits with a sign. */
const signed = (value: string): string =>
  `CASE WHEN ${value} > 32767 THEN ${value} - 65536 ELSE ${value} END`;

/**
 * What can be compared. Not here: windows (`win_max`, `win_min`), which Tstat scales in a SYN that is sent again and takes
 * unscaled from the first; `c_win_scl` is compared where both ends scale. Names of networks, protocols and contents are not ours.
 */
export const TSTAT_COLUMNS: readonly TstatColumn[] = [
  { name: "pkts_all", sql: "s.segments" },
  { name: "rst_cnt", sql: "s.rst_segments" },
  { name: "ack_cnt", sql: "s.ack_segments" },
  { name: "ack_cnt_p", sql: "s.pure_ack_segments" },
  { name: "bytes_uniq", sql: "s.unique_bytes" },
  { name: "pkts_data", sql: "s.data_segments" },
  { name: "bytes_all", sql: "s.data_bytes" },
  { name: "pkts_retx", sql: "s.retransmitted_segments" },
  { name: "bytes_retx", sql: "s.retransmitted_bytes" },
  { name: "pkts_ooo", sql: "s.out_of_order_segments" },
  { name: "syn_cnt", sql: "s.syn_segments" },
  { name: "fin_cnt", sql: "s.fin_segments" },
  { name: "syn_retx", sql: "s.other_isn_syns" },
  { name: "ttl_min", sql: "s.ttl_min" },
  { name: "ttl_max", sql: "s.ttl_max" },
  { name: "tm_opt", sql: offers("TS") },
  { name: "sack_opt", sql: offers("sackOK") },
  { name: "sack_cnt", sql: "s.sack_segments" },
  { name: "mss", sql: signed("coalesce(mss, 0)") },
  { name: "mss_max", sql: "coalesce(s.segment_max_bytes, 0)" },
  { name: "mss_min", sql: "coalesce(s.segment_min_bytes, 0)" },
  { name: "win_0", sql: "s.zero_windows" },
  {
    name: "win_scl",
    sql: "CASE WHEN client_window_scale NOTNULL AND server_window_scale NOTNULL THEN scale ELSE 0 END",
  },
  { name: "cwin_max", sql: "coalesce(s.in_flight_max_bytes, 0)" },
  { name: "cwin_min", sql: "coalesce(s.in_flight_min_bytes, 0)" },
  { name: "cwin_ini", sql: "s.initial_window_bytes" },
  { name: "first", sql: sinceStart("first_data_ns"), isTime: true },
  { name: "last", sql: sinceStart("last_data_ns"), isTime: true },
  { name: "first_ack", sql: sinceStart("first_ack_ns"), isTime: true },
  { name: "rtt_cnt", sql: "s.rtt_samples" },
  { name: "rtt_min", sql: ms("coalesce(s.rtt_min_ns, 0)"), isTime: true },
  { name: "rtt_max", sql: ms("coalesce(s.rtt_max_ns, 0)"), isTime: true },
  {
    name: "rtt_avg",
    sql: ms(`coalesce(s.rtt_avg_ns, 0) * s.rtt_samples / (s.rtt_samples + ${AVERAGE_BIAS})`),
    isTime: true,
  },
  { name: "rtt_std", sql: ms("coalesce(s.rtt_stdev_ns, 0)"), isTime: true },
];

/** Tstat's kinds of segments sent again, and those of ours that mean the same: counted beside each other only. */
export const TSTAT_KINDS: ReadonlyMap<string, readonly string[]> = new Map([
  ["pkts_rto", ["timeout", "syn-timer", "syn-ack-timer", "tail-loss-probe"]],
  ["pkts_fs", ["fast"]],
  ["pkts_reor", ["reordering"]],
  ["pkts_dup", ["network-duplicate"]],
  ["pkts_fc", ["window-probe", "keepalive"]],
  ["pkts_unk", ["unknown", "repeated-syn"]],
]);
