import type { Agreement } from "../../src/compare/agreement.js";
import { AnalyzeError } from "../../src/errors.js";
import { corpusCapture, corpusText } from "../support/corpus.js";
import { compareWithTcptrace, type StatisticsAgreement } from "./tcptrace.js";
import { compareWithTshark } from "./tshark.js";
import { compareWithZeek, type ZeekAgreement } from "./zeek.js";

const TCPTRACE_SUFFIX = ".tcptrace.csv.gz";

/** What the comparison of one capture with the other tools' answers gave. Plain data, sent between processes. */
export interface CaptureMeasurement {
  readonly name: string;
  readonly tshark: Agreement | null;
  readonly tcptrace: StatisticsAgreement | null;
  readonly zeek: ZeekAgreement | null;
  /** The exception that ended the measurement; null when there was none. */
  readonly failure: string | null;
}

/** Never rejects: an exception is a result, and a bug to be fixed. */
export async function measureCapture(name: string): Promise<CaptureMeasurement> {
  const nothing = { name, tshark: null, tcptrace: null, zeek: null, failure: null };
  try {
    const tshark = await compareWithTshark(name);
    return { ...nothing, tshark, tcptrace: await measureTcptrace(name), zeek: await compareWithZeek(name) };
  } catch (error) {
    const failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { ...nothing, failure };
  }
}

/** Null without an answer of tcptrace's, or when the capture is refused: that shows in its frames. */
async function measureTcptrace(name: string): Promise<StatisticsAgreement | null> {
  const csv = corpusText(name, TCPTRACE_SUFFIX);
  if (csv === null) return null;
  try {
    return await compareWithTcptrace(corpusCapture(name), csv);
  } catch (error) {
    if (error instanceof AnalyzeError) return null;
    throw error;
  }
}
