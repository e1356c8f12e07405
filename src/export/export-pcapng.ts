import { openCapture, STANDARD_INPUT } from "../capture/open-capture.js";
import { pcapngFrame, pcapngInterface, pcapngSectionHeader } from "../capture/pcapng-writer.js";
import { AnalyzeError } from "../errors.js";
import type { OpenDatabase } from "../store/open-database.js";

/** A capture and which of its frames are wanted, ascending; with the times that the database has for them. */
interface WantedFrames {
  readonly path: string;
  readonly originNs: bigint;
  readonly frames: Map<number, number>;
}

/**
 * Reads the captures again and writes the frames of the flows, and the ICMP errors about them, as one pcapng file with
 * times in nanoseconds. Returns how many frames. Of a fragmented datagram it has the fragment that completed it.
 * @throws AnalyzeError EXPORT_EMPTY when no packets were kept, EXPORT_SOURCE when a capture is not the one that was
 *   analysed, and what openCapture throws
 */
export async function exportPcapng(
  database: OpenDatabase,
  flows: readonly number[],
  write: (bytes: Uint8Array) => void,
): Promise<number> {
  const captures = wantedFrames(database, flows);
  if (captures.length === 0)
    throw new AnalyzeError(
      "EXPORT_EMPTY",
      "The packets of these flows were not kept: analyse with --timeline all, or flagged when they have findings.",
    );
  write(pcapngSectionHeader());
  let interfaces = 0;
  let written = 0;
  for (const capture of captures) {
    const described = await copyFrames(capture, interfaces, write);
    interfaces += described;
    written += capture.frames.size;
  }
  return written;
}

function wantedFrames(database: OpenDatabase, flows: readonly number[]): WantedFrames[] {
  const wanted = new Map<number, WantedFrames>();
  const list = JSON.stringify(flows);
  const rows = database.selectAll(
    `SELECT capture_id AS capture, frame, time_ns AS time FROM segments
     WHERE flow_id IN (SELECT value FROM json_each(:list))
     UNION SELECT capture_id, frame, time_ns FROM icmp_errors WHERE flow_id IN (SELECT value FROM json_each(:list))
     ORDER BY capture, frame`,
    { list },
  );
  for (const row of rows) {
    const id = Number(row["capture"]);
    let capture = wanted.get(id);
    if (capture === undefined) {
      const [about] = database.selectAll(
        "SELECT source, kind, CAST(origin_ns AS TEXT) AS origin FROM captures WHERE id = :id",
        { id },
      );
      const path = String(about?.["source"]);
      if (path === STANDARD_INPUT || about?.["kind"] === "live") {
        const what = path === STANDARD_INPUT ? "Standard input" : `Interface ${path}`;
        throw new AnalyzeError("EXPORT_SOURCE", `${what} cannot be read again: its frames were not kept.`);
      }
      capture = { path, originNs: BigInt(String(about?.["origin"] ?? 0)), frames: new Map() };
      wanted.set(id, capture);
    }
    capture.frames.set(Number(row["frame"]), Number(row["time"]));
  }
  return [...wanted.values()];
}

/** Copies the wanted frames of one capture; its interfaces get numbers from `firstInterface` on. Returns how many. */
async function copyFrames(
  { path, originNs, frames }: WantedFrames,
  firstInterface: number,
  write: (bytes: Uint8Array) => void,
): Promise<number> {
  const source = await openCapture(path, { originNs });
  let described = 0;
  let found = 0;
  try {
    for await (const batch of source.batches()) {
      for (; described < source.interfaces.length; described++)
        write(pcapngInterface(source.interfaces[described]!));
      for (let row = 0; row < batch.length; row++) {
        const timeNs = frames.get(batch.frame[row]!);
        if (timeNs === undefined) continue;
        if (timeNs !== batch.timeNs[row]) throw changed(path);
        const at = batch.at[row]!;
        write(
          pcapngFrame({
            interfaceId: firstInterface + batch.interfaceIndex[row]!,
            epochNs: originNs + BigInt(Math.round(timeNs)),
            bytes: batch.bytes.subarray(at, at + batch.capturedLength[row]!),
            wireLength: batch.wireLength[row]!,
          }),
        );
        if (++found === frames.size) return described;
      }
    }
  } finally {
    await source.close();
  }
  throw changed(path);
}

function changed(path: string): AnalyzeError {
  return new AnalyzeError("EXPORT_SOURCE", `${path} is not the file that was analysed: analyse it again.`);
}
