import type { CaptureInterface } from "../capture/capture-source.js";
import type { FrameBatch } from "../capture/frame-batch.js";
import { DecodeCounts } from "./decode-counts.js";
import { Encapsulations } from "./encapsulations.js";
import { decodeEthernet } from "./ethernet.js";
import { FrameCursor } from "./frame-cursor.js";
import { decodeIcmp, decodeIcmpv6 } from "./icmp.js";
import type { IcmpError } from "./icmp-error.js";
import { decodeIpv4 } from "./ipv4.js";
import { decodeIpv6 } from "./ipv6.js";
import * as layers from "./layer.js";
import { layerOfLinkType } from "./link-type.js";
import { PROTOCOLS } from "./protocols.js";
import type { SegmentBatch } from "./segment-batch.js";
import { decodeTcp } from "./tcp.js";

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
  readonly encapsulations = new Encapsulations();
  readonly #interfaces: readonly CaptureInterface[];
  /** First layer by interface; as long as the interfaces seen so far. */
  readonly #layers: layers.Layer[] = [];
  readonly #cursor = new FrameCursor(this.counts, this.encapsulations);

  /** `interfaces` may grow between batches: those of `CaptureSource`. */
  constructor(interfaces: readonly CaptureInterface[]) {
    this.#interfaces = interfaces;
  }

  /** Fills `segments` anew from `frames`; `segments.capacity` is at least `frames.capacity`. */
  decode(frames: FrameBatch, segments: SegmentBatch): void {
    while (this.#layers.length < this.#interfaces.length)
      this.#layers.push(layerOfLinkType(this.#interfaces[this.#layers.length]!.linkType));
    const cursor = this.#cursor;
    this.icmpErrors.length = 0;
    segments.length = 0;
    segments.bytes = frames.bytes;
    cursor.bytes = frames.bytes;
    for (let index = 0; index < frames.length; index++) {
      const at = frames.at[index]!;
      const capturedLength = frames.capturedLength[index]!;
      const wireLength = Math.min(frames.wireLength[index]!, WIRE_LENGTH_MAX);
      const interfaceIndex = frames.interfaceIndex[index]!;
      cursor.at = at;
      cursor.end = at + capturedLength;
      cursor.wireEnd = at + Math.max(wireLength, capturedLength);
      cursor.encapsulation = 0;
      const layer = this.#walk(this.#layers[interfaceIndex] ?? layers.UNSUPPORTED);
      if (layer === layers.TCP) {
        const row = segments.length;
        if (decodeTcp(cursor, segments, row)) {
          segments.frame[row] = frames.frame[index]!;
          segments.timeNs[row] = frames.timeNs[index]!;
          segments.interfaceIndex[row] = interfaceIndex;
          segments.length = row + 1;
        }
      } else if (layer !== layers.DONE) this.#finish(layer, frames, index, segments.length);
    }
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
