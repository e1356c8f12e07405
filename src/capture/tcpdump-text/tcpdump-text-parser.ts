import type { ByteWindow } from "../byte-window.js";
import type { FrameBatch } from "../frame-batch.js";
import type { FrameParser } from "../frame-parser.js";
import { PcapParser } from "../pcap-file.js";
import type { TcpdumpTextSource } from "./tcpdump-text-source.js";

/** Reads the frames that a text source makes, and says what the text lacks. */
export class TcpdumpTextParser implements FrameParser {
  readonly format = "tcpdump-text";
  readonly #source: TcpdumpTextSource;
  readonly #parser: PcapParser;

  /** The window is over `source` and holds its file header, which is consumed. */
  constructor(source: TcpdumpTextSource, window: ByteWindow, originNs: bigint | undefined) {
    this.#source = source;
    this.#parser = new PcapParser(window, originNs);
  }

  get interfaces(): FrameParser["interfaces"] {
    return this.#parser.interfaces;
  }

  get skipped(): ReadonlyMap<string, number> {
    return this.#source.skipped;
  }

  get notes(): readonly string[] {
    return this.#source.notes;
  }

  get originNs(): bigint | undefined {
    return this.#parser.originNs;
  }

  get frames(): number {
    return this.#parser.frames;
  }

  get damage(): string | null {
    return this.#parser.damage;
  }

  parse(window: ByteWindow, batch: FrameBatch): number {
    return this.#parser.parse(window, batch);
  }

  finish(window: ByteWindow): void {
    this.#parser.finish(window);
  }
}
