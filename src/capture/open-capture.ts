import type { Readable } from "node:stream";
import { AnalyzeError } from "../errors.js";
import type { ByteSource } from "./byte-source.js";
import { ByteWindow } from "./byte-window.js";
import type { CaptureSource } from "./capture-source.js";
import { decompress, identifyCompression } from "./decompress.js";
import { ERF_LOOK_BYTES, ErfParser, isErf } from "./erf-file.js";
import { FileSource } from "./file-source.js";
import type { FrameParser } from "./frame-parser.js";
import { describeLookAlike, TEXT_FILE } from "./look-alike.js";
import { ParsedCapture } from "./parsed-capture.js";
import { isPcap, PCAP_HEADER_BYTES, PcapParser } from "./pcap-file.js";
import { isPcapng } from "./pcapng-blocks.js";
import { PcapngParser } from "./pcapng-file.js";
import { PrefixedSource } from "./prefixed-source.js";
import { isSnoop, SNOOP_HEADER_BYTES, SnoopParser, snoopLinkType } from "./snoop-file.js";
import { StreamSource } from "./stream-source.js";
import { lookAtText, TEXT_LOOK_BYTES } from "./tcpdump-text/identify-text.js";
import { TcpdumpTextParser } from "./tcpdump-text/tcpdump-text-parser.js";
import { TcpdumpTextSource } from "./tcpdump-text/tcpdump-text-source.js";

/** The path that stands for standard input. */
export const STANDARD_INPUT = "-";

export interface OpenOptions {
  /** Rows of a batch, at least 1. Default 4096. */
  readonly batchFrames?: number;
  /** Epoch nanoseconds of timeNs = 0; default: the first frame's time. For the later files of a series. */
  readonly originNs?: bigint | undefined;
  /** What the path `-` stands for. */
  readonly input?: Readable | undefined;
}

const DEFAULT_BATCH_FRAMES = 4096;
/** The most that any magic number takes. */
const MAGIC_BYTES = 12;
/** As much as describeLookAlike can use. */
const LOOK_BYTES = 512;

/**
 * Opens a capture, its format and compression told by magic numbers, never by its name.
 *
 * Throws AnalyzeError CAPTURE_NOT_FOUND, CAPTURE_UNREADABLE, CAPTURE_EMPTY or CAPTURE_UNRECOGNIZED. Damage behind the
 * file header is no error: it shows in `damage` of the result once the frames before it are delivered.
 */
export async function openCapture(path: string, options: OpenOptions = {}): Promise<CaptureSource> {
  const outer = await openBytes(path, options);
  let source = outer;
  try {
    let window = new ByteWindow(outer);
    await window.fill(MAGIC_BYTES);
    const compression = identifyCompression(window.bytes.subarray(window.start, window.end));
    if (compression !== null) {
      const compressed = new PrefixedSource(window.bytes.slice(window.start, window.end), outer);
      const isFile = outer.bytesTotal !== null;
      source = await decompress(compression, compressed, isFile ? () => FileSource.open(path) : null);
      window = new ByteWindow(source);
      await window.fill(MAGIC_BYTES);
    }
    const textSource = await findText(path, source, window);
    if (textSource !== null) {
      source = textSource;
      window = new ByteWindow(source);
      await window.fill(PCAP_HEADER_BYTES);
    }
    const parser =
      textSource === null
        ? await startParser(path, source, window, options.originNs)
        : new TcpdumpTextParser(textSource, window, options.originNs);
    return new ParsedCapture(
      path,
      compression,
      source,
      window,
      parser,
      options.batchFrames ?? DEFAULT_BATCH_FRAMES,
    );
  } catch (error) {
    await source.close();
    throw error;
  }
}

function nameOf(path: string): string {
  return path === STANDARD_INPUT ? "Standard input" : path;
}

async function openBytes(path: string, options: OpenOptions): Promise<ByteSource> {
  if (path !== STANDARD_INPUT) return FileSource.open(path);
  if (options.input === undefined)
    throw new AnalyzeError("USAGE", "There is no standard input to read from.");
  return new StreamSource(options.input);
}

/** Null when the window does not begin with a text in which tcpdump printed TCP segments. */
async function findText(
  path: string,
  source: ByteSource,
  window: ByteWindow,
): Promise<TcpdumpTextSource | null> {
  if (window.end === 0 || describeLookAlike(window.bytes.subarray(0, window.end)) !== TEXT_FILE) return null;
  await window.fill(TEXT_LOOK_BYTES);
  const bytes = window.bytes.subarray(0, window.end);
  const look = lookAtText(bytes.subarray(0, TEXT_LOOK_BYTES));
  if (look.hasPackets)
    return new TcpdumpTextSource(new PrefixedSource(bytes.slice(), source), look.areClocksDeltas);
  if (!look.isQuiet) return null;
  throw new AnalyzeError(
    "CAPTURE_UNRECOGNIZED",
    `${nameOf(path)} is text that tcpdump -q printed, which has no sequence numbers: print it again without -q.`,
  );
}

/** The parser for what the window begins with; the window holds MAGIC_BYTES octets unless the source is shorter. */
async function startParser(
  path: string,
  source: ByteSource,
  window: ByteWindow,
  originNs: bigint | undefined,
): Promise<FrameParser> {
  const name = nameOf(path);
  const bytes = window.bytes.subarray(0, window.end);
  if (isPcapng(bytes)) return new PcapngParser(originNs);
  if (isPcap(bytes)) {
    if (await window.fill(PCAP_HEADER_BYTES)) return new PcapParser(window, originNs);
    throw new AnalyzeError(
      "CAPTURE_EMPTY",
      `${name} ends in the middle of its pcap header; it holds no frames.`,
    );
  }
  if (isSnoop(bytes)) return startSnoop(name, window, originNs);
  if (source.damage !== null) throw new AnalyzeError("CAPTURE_UNREADABLE", `${name} ${source.damage}.`);
  if (bytes.length === 0) throw new AnalyzeError("CAPTURE_EMPTY", `${name} is empty.`);
  await window.fill(ERF_LOOK_BYTES);
  const look = window.bytes.subarray(0, Math.min(window.end, LOOK_BYTES));
  const lookAlike =
    identifyCompression(look) === null ? describeLookAlike(look) : "compressed more than once";
  if (lookAlike === null && isErf(window.bytes.subarray(0, Math.min(window.end, ERF_LOOK_BYTES))))
    return new ErfParser(originNs);
  const reason = lookAlike === null ? "neither a pcap, pcapng, snoop nor ERF file" : lookAlike;
  throw new AnalyzeError(
    "CAPTURE_UNRECOGNIZED",
    `${name} is not a capture that can be read: it is ${reason}.`,
  );
}

async function startSnoop(
  name: string,
  window: ByteWindow,
  originNs: bigint | undefined,
): Promise<SnoopParser> {
  if (!(await window.fill(SNOOP_HEADER_BYTES)))
    throw new AnalyzeError(
      "CAPTURE_EMPTY",
      `${name} ends in the middle of its snoop header; it holds no frames.`,
    );
  const linkType = snoopLinkType(window);
  if (typeof linkType === "number") return new SnoopParser(window, linkType, originNs);
  throw new AnalyzeError(
    "CAPTURE_UNRECOGNIZED",
    `${name} is a snoop capture of data link type ${linkType}, which is not supported.`,
  );
}
