import type { CounterSamples, QueueSamples } from "../report/html/page-data.js";
import { formatEndpoint } from "../tcp/address.js";
import { integer, integerOrNull, type TableReader, text } from "./table-reader.js";

/** Lanes that a reader can still compare. */
const MAX_COUNTERS = 12;
const MAX_QUEUES = 6;
/** Samples of one lane; a sample a second for most of an hour. */
const MAX_SAMPLES = 3000;

/** Of all that grew: what says that segments or connections were lost, refused or sent again. */
const TELLING = [
  "Overflow",
  "Drop",
  "Abort",
  "Retrans",
  "Timeout",
  "Fail",
  "Reset",
  "Rst",
  "Loss",
  "Lost",
  "Prune",
  "Error",
  "Syncookies",
  "ReqQFull",
];

/** Counters that tell of harm and grew, those that grew most often first. */
export function readCounters(reader: TableReader, inside: string): CounterSamples[] {
  const telling = TELLING.map((word) => `name LIKE '%${word}%'`).join(" OR ");
  const names = reader.selectAll(
    `SELECT name, sum(delta > 0) AS times FROM kernel_counters WHERE ${inside} AND delta > 0 AND (${telling})
     GROUP BY name ORDER BY name NOT LIKE '%Listen%', times DESC, name LIMIT ${MAX_COUNTERS}`,
  );
  return names.map((row) => {
    const name = text(row, "name");
    const samples = reader.selectAll(
      `SELECT time_ns, max(0, ifnull(delta, 0)) AS delta FROM kernel_counters
       WHERE name = :name AND ${inside} ORDER BY time_ns LIMIT ${MAX_SAMPLES}`,
      { name },
    );
    return {
      name,
      timesNs: samples.map((sample) => integer(sample, "time_ns")),
      deltas: samples.map((sample) => integer(sample, "delta")),
    };
  });
}

/** Accept queues in which somebody waited, the fullest first. */
export function readQueues(reader: TableReader, inside: string): QueueSamples[] {
  const listeners = reader.selectAll(
    `SELECT addr, port, max(backlog) AS backlog FROM listeners WHERE ${inside}
     GROUP BY addr, port HAVING max(accept_queue) > 0 ORDER BY max(accept_queue) DESC LIMIT ${MAX_QUEUES}`,
  );
  return listeners.map((row) => {
    const addr = text(row, "addr");
    const port = integer(row, "port");
    const samples = reader.selectAll(
      `SELECT time_ns, max(accept_queue) AS accept_queue FROM listeners
       WHERE addr = :addr AND port = :port AND ${inside} GROUP BY time_ns ORDER BY time_ns LIMIT ${MAX_SAMPLES}`,
      { addr, port },
    );
    return {
      listener: formatEndpoint(addr, port),
      timesNs: samples.map((sample) => integer(sample, "time_ns")),
      waiting: samples.map((sample) => integer(sample, "accept_queue")),
      backlog: integerOrNull(row, "backlog"),
    };
  });
}
