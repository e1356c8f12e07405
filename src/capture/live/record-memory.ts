import { type Libpcap, NativeMemory, type Pointer } from "./libpcap-library.js";

/** A stream in memory that pcap_dump writes records to. */
export class RecordMemory {
  /** A FILE, which is what libpcap's dumper is as well. */
  readonly stream: Pointer;
  readonly capacityBytes: number;
  readonly #pcap: Libpcap;
  readonly #memory: NativeMemory;

  constructor(pcap: Libpcap, capacityBytes: number) {
    this.#pcap = pcap;
    this.capacityBytes = capacityBytes;
    this.#memory = new NativeMemory(capacityBytes);
    const stream = pcap.openMemory(this.#memory.pointer, capacityBytes, "w");
    if (stream === null) throw new Error("fmemopen failed");
    this.stream = stream;
  }

  /** Octets written since the last rewind. */
  get lengthBytes(): number {
    return this.#pcap.tell(this.stream);
  }

  rewind(): void {
    this.#pcap.rewind(this.stream);
  }

  /** What was written since the last rewind; lies in the memory itself. */
  written(): Uint8Array {
    this.#pcap.flush(this.stream);
    return this.#memory.bytes.subarray(0, this.lengthBytes);
  }

  close(): void {
    this.#pcap.closeFile(this.stream);
    this.#memory.free();
  }
}
