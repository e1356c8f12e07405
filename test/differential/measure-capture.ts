import type { Agreement } from "../../src/compare/agreement.js";
import { compareWithTshark } from "./tshark.js";

/** What the comparison of one capture with the other tools' answers gave. Plain data, sent between processes. */
export interface CaptureMeasurement {
  readonly name: string;
  readonly tshark: Agreement | null;
  /** The exception that ended the measurement; null when there was none. */
  readonly failure: string | null;
}

/** Never rejects: an exception is a result, and a bug to be fixed. */
export async function measureCapture(name: string): Promise<CaptureMeasurement> {
  try {
    return { name, tshark: await compareWithTshark(name), failure: null };
  } catch (error) {
    const failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { name, tshark: null, failure };
  }
}
