import type { CaptureSource } from "./capture-source.js";
import type { CaptureStream } from "./expand-inputs.js";
import { type OpenOptions, openCapture } from "./open-capture.js";

/**
 * Opens a stream's captures one after the other, each once the one before is done with, all counting time from the
 * same origin. A source is closed when the next is asked for or the loop is left; its numbers stay readable. Also
 * captures without frames come, so that their damage and drop counts are seen. Throws as openCapture does.
 */
export async function* readSeries(
  stream: CaptureStream,
  options: OpenOptions = {},
): AsyncGenerator<CaptureSource, void, undefined> {
  let { originNs } = options;
  for (const path of stream.paths) {
    const source = await openCapture(path, { ...options, originNs });
    try {
      yield source;
    } finally {
      await source.close();
    }
    originNs = source.originNs;
  }
}
