import type { CaptureInterface } from "../capture/capture-source.js";
import type { FrameBatch } from "../capture/frame-batch.js";
import { DecodeCounts } from "./decode-counts.js";
import { Encapsulations } from "./encapsulations.js";
import { decodeEthernet } from "./ethernet.js";
import { FragmentTable } from "./fragment-table.js";
import { FrameCursor } from "./frame-cursor.js";
import { decodeIcmp, decodeIcmpv6 } from "./icmp.js";
import type { IcmpError } from "./icmp-error.js";
import { decodeIpv4 } from "./ipv4.js";
import { decodeIpv6 } from "./ipv6.js";
import * as layers from "./layer.js";
import { layerOfLinkType, plainLinkOf } from "./link-type.js";
import { type PlainLink, placePlainSegments } from "./plain-segments.js";
import { PROTOCOLS } from "./protocols.js";
import type { SegmentBatch } from "./segment-batch.js";
import { placeTcp, readTcpHeaders } from "./tcp.js";

/** Layers of one frame that are followed; real ones nest 6 to 12, a hostile one thousands. */
const LAYERS_MAX = 32;
/** No link carries more in one frame; a file may claim 4 GiB. */
const WIRE_LENGTH_MAX = 0x3fffffff;

/**
 * Frames to segments. Every frame becomes one segment, one ICMP error, or one count: nothing is thrown and nothing
 * is lost without a name.
 */
export class Decoder {
  /** Errors among the frames of the last batch, in capture order. */
  readonly icmpErrors: IcmpError[] = [];
  readonly counts = new DecodeCounts();
  readonly encapsulations: Encapsulations;
  readonly #interfaces: readonly CaptureInterface[];
  /** First layer by interface; as long as the interfaces seen so far. */
  readonly #layers: layers.Layer[] = [];
  /** How the fast path reads the same interfaces. */
  readonly #plainLinks: (PlainLink | undefined)[] = [];
  readonly #cursor: FrameCursor;

  /**
   * `interfaces` may grow between batches: those of `CaptureSource`. `encapsulations`: shared by decoders whose
   * segments belong to the same flows, as the files of a rotated series; so are `fragments`.
   */
  constructor(
    interfaces: readonly CaptureInterface[],
    encapsulations = new Encapsulations(),
    fragments = new FragmentTable(),
  ) {
    this.#interfaces = interfaces;
    this.encapsulations = encapsulations;
    this.#cursor = new FrameCursor(this.counts, encapsulations, fragments);
  }

  /** Fills `segments` anew from `frames`; `segments.capacity` is at least `frames.capacity`. */
  decode(frames: FrameBatch, segments: SegmentBatch): void {
    for (let index = this.#layers.length; index < this.#interfaces.length; index++) {
      const { linkType } = this.#interfaces[index]!;
      this.#layers.push(layerOfLinkType(linkType));
      this.#plainLinks.push(plainLinkOf(linkType));
    }
    const { bytes, length, interfaceIndex } = frames;
    const view = viewOf(bytes);
    this.icmpErrors.length = 0;
    this.#cursor.beginBatch(bytes);
    segments.length = 0;
    segments.isMarked = false;
    // A miss of the fast path costs as much as a walk, so what follows a frame that it cannot take is walked too.
    let isPlain = true;
    for (let index = 0; index < length; index++) {
      const link = isPlain ? this.#plainLinks[interfaceIndex[index]!] : undefined;
      if (link !== undefined) index = placePlainSegments(frames, index, link, view, segments);
      if (index < length) isPlain = this.#decodeFrame(frames, index, segments);
    }
    segments.bytes = this.#cursor.bytes;
    readTcpHeaders(segments, segments.bytes === bytes ? view : viewOf(segments.bytes));
  }

  /** Decodes one frame of any kind; true when the fast path may well have taken it. */
  #decodeFrame(frames: FrameBatch, index: number, segments: SegmentBatch): boolean {
    const interfaceIndex = frames.interfaceIndex[index]!;
    const wireLength = Math.min(frames.wireLength[index]!, WIRE_LENGTH_MAX);
    this.#cursor.begin(frames.at[index]!, frames.capturedLength[index]!, wireLength, frames.timeNs[index]!);
    const layer = this.#walk(this.#layers[interfaceIndex] ?? layers.UNSUPPORTED);
    const row = segments.length;
    if (layer !== layers.TCP) {
      if (layer !== layers.DONE) this.#finish(layer, frames, index, row);
      return false;
    }
    if (!placeTcp(this.#cursor, segments, row)) return false;
    segments.frame[row] = frames.frame[index]!;
    segments.timeNs[row] = frames.timeNs[index]!;
    segments.interfaceIndex[row] = interfaceIndex;
    segments.length = row + 1;
    return segments.encapsulation[row] === 0;
  }

  /** From `first` to the layer that ends the walk: TCP, ICMP, ICMPV6, UNSUPPORTED, or DONE when it was counted. */
  #walk(first: layers.Layer): layers.Layer {
    const cursor = this.#cursor;
    let layer = first;
    for (let depth = 0; depth < LAYERS_MAX && layer > layers.FINAL_LAYER_MAX; depth++) {
      if (layer === layers.ETHERNET) layer = decodeEthernet(cursor);
      else if (layer === layers.IPV4) layer = decodeIpv4(cursor);
      else if (layer === layers.IPV6) layer = decodeIpv6(cursor);
      else layer = PROTOCOLS[layer]!(cursor);
    }
    return layer > layers.FINAL_LAYER_MAX ? cursor.drop("too many layers") : layer;
  }

  #finish(layer: layers.Layer, frames: FrameBatch, index: number, row: number): void {
    const cursor = this.#cursor;
    if (layer === layers.UNSUPPORTED) {
      const linkType = this.#interfaces[frames.interfaceIndex[index]!]?.linkType ?? 0;
      cursor.dropNumbered("linkType", linkType);
      return;
    }
    const content = layer === layers.ICMP ? decodeIcmp(cursor) : decodeIcmpv6(cursor);
    if (content === undefined) return;
    const frame = frames.frame[index]!;
    const timeNs = frames.timeNs[index]!;
    this.icmpErrors.push({ row, frame, timeNs, ...content });
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
