import { IS_LITTLE_ENDIAN, type Libpcap, NativeMemory } from "./libpcap-library.js";

/** struct pollfd: a descriptor of 32 bits, what is asked and what is answered in 16 bits each. poll(2). */
const ENTRY = { descriptorAt: 0, eventsAt: 4, answersAt: 6, lengthBytes: 8 } as const;
const POLLIN = 1;
const POLLERR = 8;

/** Descriptors to wait for together. */
export class PollSet {
  readonly #pcap: Libpcap;
  readonly #memory: NativeMemory;

  constructor(pcap: Libpcap, capacity: number) {
    this.#pcap = pcap;
    this.#memory = new NativeMemory(capacity * ENTRY.lengthBytes);
  }

  /** Waits until one can be read or has an error, at most `timeoutMs`; negative descriptors are passed over. */
  wait(descriptors: readonly number[], timeoutMs: number): void {
    const { view, pointer } = this.#memory;
    for (const [index, descriptor] of descriptors.entries()) {
      const at = index * ENTRY.lengthBytes;
      view.setInt32(at + ENTRY.descriptorAt, descriptor, IS_LITTLE_ENDIAN);
      view.setInt16(at + ENTRY.eventsAt, POLLIN, IS_LITTLE_ENDIAN);
      view.setInt16(at + ENTRY.answersAt, 0, IS_LITTLE_ENDIAN);
    }
    this.#pcap.poll(pointer, descriptors.length, timeoutMs);
  }

  hasError(index: number): boolean {
    const at = index * ENTRY.lengthBytes + ENTRY.answersAt;
    return (this.#memory.view.getInt16(at, IS_LITTLE_ENDIAN) & POLLERR) !== 0;
  }

  free(): void {
    this.#memory.free();
  }
}
