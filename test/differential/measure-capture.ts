import type { Agreement } from "../../src/compare/agreement.js";
import { compareWithTshark } from "./tshark.js";
import { compareWithZeek, type ZeekAgreement } from "./zeek.js";

/** What the comparison of one capture with the other tools' answers gave. Plain data, sent between processes. */
export interface CaptureMeasurement {
  readonly name: string;
  readonly tshark: Agreement | null;
  readonly zeek: ZeekAgreement | null;
  /** The exception that ended the measurement; null when there was none. */
  readonly failure: string | null;
}

/** Never rejects: an exception is a result, and a bug to be fixed. */
export async function measureCapture(name: string): Promise<CaptureMeasurement> {
  const measurement = { name, tshark: null, zeek: null, failure: null };
  try {
    return { ...measurement, tshark: await compareWithTshark(name), zeek: await compareWithZeek(name) };
  } catch (error) {
    const failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { ...measurement, failure };
  }
}
