import type { IndexWriter } from "./sqlite-file/index-writer.js";
import { RecordWriter } from "./sqlite-file/record-writer.js";

/** A row of `flow_statistics`; what each column means stands in schema.sql. Integers are exact up to 2^53-1. */
export interface StatisticsRow {
  flowId: number;
  sender: "client" | "server";
  segments: number;
  ackSegments: number;
  pureAckSegments: number;
  synSegments: number;
  finSegments: number;
  rstSegments: number;
  otherIsnSyns: number;
  dataSegments: number;
  dataBytes: number;
  uniqueBytes: number;
  pushedSegments: number;
  urgentSegments: number;
  urgentBytes: number;
  truncatedSegments: number;
  truncatedBytes: number;
  retransmittedSegments: number;
  retransmittedBytes: number;
  retransmissionsMax: number;
  retransmitMinNs: number | null;
  retransmitMaxNs: number | null;
  retransmitAvgNs: number | null;
  retransmitStdevNs: number | null;
  outOfOrderSegments: number;
  reorderingBytes: number | null;
  zeroWindowProbes: number;
  zeroWindowProbeBytes: number;
  linkDuplicates: number;
  segmentMinBytes: number | null;
  segmentMaxBytes: number | null;
  windowMinBytes: number | null;
  windowMaxBytes: number | null;
  windowAvgBytes: number;
  zeroWindows: number;
  initialWindowBytes: number;
  initialWindowSegments: number;
  inFlightMinBytes: number | null;
  inFlightMaxBytes: number | null;
  streamBytes: number | null;
  missingBytes: number | null;
  firstDataNs: number | null;
  lastDataNs: number | null;
  firstAckNs: number | null;
  idleMaxNs: number;
  throughputBytesPerSecond: number | null;
  sackSegments: number;
  sackAcks: number;
  duplicateSacks: number;
  sackBlocksMax: number;
  options: string | null;
  ttlMin: number;
  ttlMax: number;
  rttSamples: number;
  rttMinNs: number | null;
  rttMaxNs: number | null;
  rttAvgNs: number | null;
  rttStdevNs: number | null;
  rttHandshakeNs: number | null;
  fullSizeBytes: number | null;
  fullSizeRttSamples: number;
  fullSizeRttMinNs: number | null;
  fullSizeRttMaxNs: number | null;
  fullSizeRttAvgNs: number | null;
  fullSizeRttStdevNs: number | null;
  postLossAcks: number;
  ambiguousAcks: number;
  ambiguousRttMinNs: number | null;
  ambiguousRttMaxNs: number | null;
  ambiguousRttAvgNs: number | null;
  ambiguousRttStdevNs: number | null;
  cumulativelyAckedSegments: number;
  duplicateAcks: number;
  tripleDuplicateAcks: number;
}

/** Columns of `flow_statistics` in schema.sql. */
const COLUMNS = 74;
/** A record of so many columns has 128 octets or more, but for the shortest connections. */
const SIZE_BYTES = 2;

/** Appends rows to `flow_statistics` in the order of its key: by flow, the client's before the server's. */
export class StatisticsRows {
  readonly #table: IndexWriter;
  readonly #record: RecordWriter;

  /** A table WITHOUT ROWID is stored like an index, its primary key first. */
  constructor(table: IndexWriter) {
    this.#table = table;
    this.#record = new RecordWriter(table.bytes);
  }

  /** `row` may be reused by the caller. */
  append(row: StatisticsRow): void {
    const record = this.#record;
    record.begin(this.#table.begin(SIZE_BYTES), COLUMNS);
    record.integer(row.flowId);
    record.text(row.sender);
    record.integer(row.segments);
    record.integer(row.ackSegments);
    record.integer(row.pureAckSegments);
    record.integer(row.synSegments);
    record.integer(row.finSegments);
    record.integer(row.rstSegments);
    record.integer(row.otherIsnSyns);
    record.integer(row.dataSegments);
    record.integer(row.dataBytes);
    record.integer(row.uniqueBytes);
    record.integer(row.pushedSegments);
    record.integer(row.urgentSegments);
    record.integer(row.urgentBytes);
    record.integer(row.truncatedSegments);
    record.integer(row.truncatedBytes);
    record.integer(row.retransmittedSegments);
    record.integer(row.retransmittedBytes);
    record.integer(row.retransmissionsMax);
    record.integerOrNull(row.retransmitMinNs);
    record.integerOrNull(row.retransmitMaxNs);
    record.integerOrNull(row.retransmitAvgNs);
    record.integerOrNull(row.retransmitStdevNs);
    record.integer(row.outOfOrderSegments);
    record.integerOrNull(row.reorderingBytes);
    record.integer(row.zeroWindowProbes);
    record.integer(row.zeroWindowProbeBytes);
    record.integer(row.linkDuplicates);
    record.integerOrNull(row.segmentMinBytes);
    record.integerOrNull(row.segmentMaxBytes);
    record.integerOrNull(row.windowMinBytes);
    record.integerOrNull(row.windowMaxBytes);
    record.integer(row.windowAvgBytes);
    record.integer(row.zeroWindows);
    record.integer(row.initialWindowBytes);
    record.integer(row.initialWindowSegments);
    record.integerOrNull(row.inFlightMinBytes);
    record.integerOrNull(row.inFlightMaxBytes);
    record.integerOrNull(row.streamBytes);
    record.integerOrNull(row.missingBytes);
    record.integerOrNull(row.firstDataNs);
    record.integerOrNull(row.lastDataNs);
    record.integerOrNull(row.firstAckNs);
    record.integer(row.idleMaxNs);
    record.integerOrNull(row.throughputBytesPerSecond);
    record.integer(row.sackSegments);
    record.integer(row.sackAcks);
    record.integer(row.duplicateSacks);
    record.integer(row.sackBlocksMax);
    record.textOrNull(row.options);
    record.integer(row.ttlMin);
    record.integer(row.ttlMax);
    record.integer(row.rttSamples);
    record.integerOrNull(row.rttMinNs);
    record.integerOrNull(row.rttMaxNs);
    record.integerOrNull(row.rttAvgNs);
    record.integerOrNull(row.rttStdevNs);
    record.integerOrNull(row.rttHandshakeNs);
    record.integerOrNull(row.fullSizeBytes);
    record.integer(row.fullSizeRttSamples);
    record.integerOrNull(row.fullSizeRttMinNs);
    record.integerOrNull(row.fullSizeRttMaxNs);
    record.integerOrNull(row.fullSizeRttAvgNs);
    record.integerOrNull(row.fullSizeRttStdevNs);
    record.integer(row.postLossAcks);
    record.integer(row.ambiguousAcks);
    record.integerOrNull(row.ambiguousRttMinNs);
    record.integerOrNull(row.ambiguousRttMaxNs);
    record.integerOrNull(row.ambiguousRttAvgNs);
    record.integerOrNull(row.ambiguousRttStdevNs);
    record.integer(row.cumulativelyAckedSegments);
    record.integer(row.duplicateAcks);
    record.integer(row.tripleDuplicateAcks);
    this.#table.end(record.end());
  }

  /** Writes the last pages of the table. */
  finish(): void {
    this.#table.finish();
  }
}
