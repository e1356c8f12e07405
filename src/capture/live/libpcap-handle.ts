import { IS_LITTLE_ENDIAN, type Libpcap, NativeMemory, type Pointer } from "./libpcap-library.js";
import type { LiveFailure } from "./live-failure.js";
import type { ResolvedLiveOptions } from "./live-options.js";
import type { RecordMemory } from "./record-memory.js";

/** Status codes of pcap_activate, pcap/pcap.h. */
const NO_SUCH_DEVICE = -5;
const PERMISSION_DENIED = -8;
const INTERFACE_NOT_UP = -9;
const PROMISCUOUS_DENIED = -11;
/** PCAP_ERRBUF_SIZE. */
const ERROR_TEXT_BYTES = 256;
const NANOSECONDS = 1;
const NETMASK_UNKNOWN = 0xffffffff;
const LINUX_SLL2 = 276;
/** struct bpf_program: a count and a pointer. */
const PROGRAM_BYTES = 16;

/** Every Linux network namespace has one loopback device, of this name. */
const LOOPBACK = "lo";

/** asm-generic/socket.h and linux/if_packet.h. */
const SOL_SOCKET = 1;
const SO_ATTACH_FILTER = 26;
const SOL_PACKET = 263;
const PACKET_IGNORE_OUTGOING = 23;
/** struct sock_fprog: a count of 16 bits, padding, a pointer; struct sock_filter: 8 octets. */
const FILTER_PROGRAM_BYTES = 16;
/** BPF_RET | BPF_K: how many octets of a frame to keep. */
const RETURN_CONSTANT = 0x06;

/** An interface opened by libpcap, for one thread. */
export class LibpcapHandle {
  readonly descriptor: number;
  readonly linkType: number;
  readonly snaplenBytes: number;
  readonly #pcap: Libpcap;
  readonly #handle: Pointer;
  /** struct pcap_stat: three counts of 32 bits. Serves other calls as well. */
  readonly #memory = new NativeMemory(32);

  private constructor(pcap: Libpcap, handle: Pointer, isLoopback: boolean) {
    this.#pcap = pcap;
    this.#handle = handle;
    this.descriptor = pcap.descriptor(handle);
    this.linkType = pcap.linkType(handle);
    this.snaplenBytes = pcap.snaplen(handle);
    if (isLoopback) this.#ignoreOutgoing();
  }

  static open(
    pcap: Libpcap,
    interfaceName: string,
    options: ResolvedLiveOptions,
  ): LibpcapHandle | LiveFailure {
    const errorText = new NativeMemory(ERROR_TEXT_BYTES);
    let handle: Pointer | null = null;
    try {
      handle = pcap.create(interfaceName, errorText.pointer);
      if (handle === null) return { kind: "other", interfaceName, words: errorText.text() };
      const failure =
        activate(pcap, handle, interfaceName, options) ?? setFilter(pcap, handle, interfaceName, options);
      if (failure !== null) return failure;
      if (pcap.setNonblocking(handle, 1, errorText.pointer) < 0)
        return { kind: "other", interfaceName, words: errorText.text() };
      const opened = new LibpcapHandle(pcap, handle, interfaceName === LOOPBACK);
      handle = null;
      return opened;
    } finally {
      if (handle !== null) pcap.close(handle);
      errorText.free();
    }
  }

  /** The file header of what `dump` writes. Rewinds the memory. */
  header(memory: RecordMemory): Uint8Array {
    memory.rewind();
    if (this.#pcap.openDump(this.#handle, memory.stream) === null)
      throw new Error(this.#pcap.errorText(this.#handle));
    return memory.written().slice();
  }

  /**
   * Appends the records of at most `most` frames that are waiting. How many there were, negative when the interface is
   * gone: `errorText` says why.
   */
  dump(memory: RecordMemory, most: number): number {
    return this.#pcap.dispatch(this.#handle, most, this.#pcap.dump, memory.stream);
  }

  errorText(): string {
    return this.#pcap.errorText(this.#handle);
  }

  /** Counts of 32 bits that start again after the largest: received (drops included), dropped by kernel, by interface. */
  statistics(): readonly [number, number, number] | null {
    const { view, pointer } = this.#memory;
    if (this.#pcap.statistics(this.#handle, pointer) < 0) return null;
    return [
      view.getUint32(0, IS_LITTLE_ENDIAN),
      view.getUint32(4, IS_LITTLE_ENDIAN),
      view.getUint32(8, IS_LITTLE_ENDIAN),
    ];
  }

  /** From now on the kernel accepts no frame; those in its buffer stay. pcap_setfilter would throw them away. */
  refuseFrames(): void {
    const program = new NativeMemory(FILTER_PROGRAM_BYTES + 8);
    program.view.setUint16(0, 1, IS_LITTLE_ENDIAN);
    program.view.setBigUint64(8, program.pointer + BigInt(FILTER_PROGRAM_BYTES), IS_LITTLE_ENDIAN);
    program.view.setUint16(FILTER_PROGRAM_BYTES, RETURN_CONSTANT, IS_LITTLE_ENDIAN);
    this.#pcap.setSocketOption(
      this.descriptor,
      SOL_SOCKET,
      SO_ATTACH_FILTER,
      program.pointer,
      FILTER_PROGRAM_BYTES,
    );
    program.free();
  }

  close(): void {
    this.#pcap.close(this.#handle);
    this.#memory.free();
  }

  /**
   * On the loopback device each frame passes twice, and libpcap throws the outgoing one away. Where the kernel can do that
   * itself (Linux 4.20) it costs no room in the buffer, and the counts are those of frames.
   */
  #ignoreOutgoing(): void {
    const { view, pointer } = this.#memory;
    view.setInt32(0, 1, IS_LITTLE_ENDIAN);
    this.#pcap.setSocketOption(this.descriptor, SOL_PACKET, PACKET_IGNORE_OUTGOING, pointer, 4);
  }
}

function activate(
  pcap: Libpcap,
  handle: Pointer,
  interfaceName: string,
  { snaplenBytes, bufferBytes, isPromiscuous, flushIntervalMs }: ResolvedLiveOptions,
): LiveFailure | null {
  pcap.setSnaplen(handle, snaplenBytes);
  pcap.setPromiscuous(handle, isPromiscuous ? 1 : 0);
  pcap.setBufferBytes(handle, bufferBytes);
  pcap.setTimeoutMs(handle, flushIntervalMs);
  pcap.setTimestampPrecision(handle, NANOSECONDS);
  const status = pcap.activate(handle);
  // Positive ones are warnings.
  if (status >= 0) return null;
  const words = pcap.errorText(handle) || pcap.statusText(status);
  switch (status) {
    case NO_SUCH_DEVICE:
      return { kind: "noInterface", interfaceName, words };
    case PERMISSION_DENIED:
    case PROMISCUOUS_DENIED:
      return { kind: "notPermitted", interfaceName, words };
    case INTERFACE_NOT_UP:
      return { kind: "interfaceDown", interfaceName, words };
    default:
      return { kind: "other", interfaceName, words };
  }
}

function setFilter(
  pcap: Libpcap,
  handle: Pointer,
  interfaceName: string,
  { filter }: ResolvedLiveOptions,
): LiveFailure | null {
  // What is captured on all interfaces names the one it came from only in the newer header.
  if (interfaceName === "any") pcap.setLinkType(handle, LINUX_SLL2);
  if (filter === "") return null;
  const program = new NativeMemory(PROGRAM_BYTES);
  try {
    if (pcap.compile(handle, program.pointer, filter, 1, NETMASK_UNKNOWN) < 0)
      return { kind: "badFilter", interfaceName, words: pcap.errorText(handle) };
    const isSet = pcap.setFilter(handle, program.pointer) >= 0;
    pcap.freeCode(program.pointer);
    return isSet ? null : { kind: "other", interfaceName, words: pcap.errorText(handle) };
  } finally {
    program.free();
  }
}
